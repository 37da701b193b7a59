"""Fixtures that every folder of tests shares."""

import gc
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
import typer.testing
from hypothesis import HealthCheck, settings

from deploy.town.ports import Ports
from deploy.town.postgres import PostgresServer, running_postgres
from tests.citizen_builders import CitizensDesk
from tests.databases import TEMPLATE, Copies, make_template, run_apart
from tests.match_builders import open_matching
from tests.row_key_builders import Rotation, open_rotation
from tests.scrypt import spare_passphrases
from tests.statements import share_statements
from tests.store_builders import DATABASES
from tests.world import World, open_world, register_world

NAMED_LOGS = ("signal-desk", "signal-portal", "sources")
BROWSER = Path(__file__).parent / "browser"
LONGEST = {"test_policy.py", "test_when_things_fail.py", "test_overview_and_reports.py"}
CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"

# A busy machine is slow: how long an example takes says nothing.
for profile, examples in {"ci": 25, "full": 400}.items():
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
settings.load_profile("ci")
share_statements()
spare_passphrases()
# Each time a test typed a command, a hundred others were built beside it.
vars(typer.testing).update(_get_command=cache(typer.main.get_command))
# httpx looks for it at each request, and each time every folder is searched in vain.
# None is how Python says that a module is known not to be there.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Run the browser last: its driver keeps an event loop until the session ends.

    Of its files the longest first, so that of two processes none waits at the end.
    Without the published vectors, leave out what reads them: the last lines say so.
    """
    if not CONFORMANCE.is_dir():
        left_out = [one for one in items if _reads_vectors(one)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [one for one in items if not _reads_vectors(one)]
    items.sort(key=_when)


def pytest_collection_finish() -> None:
    """Spare the collector what lasts as long as the session: half a million things.

    And have it look as seldom as in the servers (`signal_index.cli.server_commands`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, in whichever way the run ends."""
    if not CONFORMANCE.is_dir():
        terminalreporter.write_line(
            f"LEFT OUT: tests of published vectors, which are not here: {CONFORMANCE}"
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take each database in turn where a file asks for both, and the test too."""
    test, asked = metafunc.definition, "database_url"
    on_both = test.get_closest_marker("both_databases") is not None
    own = any(mark.args[0] == asked for mark in test.iter_markers("parametrize"))
    if on_both and not own and asked in metafunc.fixturenames:
        metafunc.parametrize(asked, DATABASES, indirect=True)


def runs_in_full(config: pytest.Config) -> bool:
    """Tell whether the run's profile is the full one."""
    return bool(config.getoption("--hypothesis-profile") == "full")


def _reads_vectors(item: pytest.Item) -> bool:
    return "conformance" in getattr(item, "fixturenames", ())


def _when(item: pytest.Item) -> tuple[bool, bool]:
    return BROWSER in item.path.parents, item.path.name not in LONGEST


@pytest.fixture
def anyio_backend() -> str:
    """Everything runs on asyncio; no other loop is supported."""
    return "asyncio"


@pytest.fixture(autouse=True)
def as_quiet_as_before() -> Iterator[None]:
    """End what a command began to log with the test: the next types its own."""
    logs = [logging.getLogger(name) for name in NAMED_LOGS]
    were = [(log, [*log.handlers], log.level, log.propagate) for log in logs]
    yield
    for log, handlers, level, propagate in were:
        log.handlers[:] = handlers
        log.propagate = propagate
        log.setLevel(level)


@pytest.fixture(scope="session")
def times(pytestconfig: pytest.Config) -> int:
    """How many times longer a thing is made that has a short form: ten in full."""
    return 10 if runs_in_full(pytestconfig) else 1


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Give the folder of published vectors; who reads it is left out without it."""
    return CONFORMANCE


@pytest.fixture(scope="session")
def ports() -> Iterator[Ports]:
    """Hold the ports of servers that tests start, until the session ends."""
    with Ports() as held:
        yield held


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run one PostgreSQL for the whole session, with a migrated database to copy."""
    with running_postgres(survives_power_cut=False) as server:
        make_template(server)
        yield server


@pytest.fixture(scope="session")
def copies(postgres_server: PostgresServer) -> Iterator[Copies]:
    """What copies databases on that server."""
    found = Copies(postgres_server)
    yield found
    found.close()


@pytest.fixture
def postgres(copies: Copies) -> Iterator[str]:
    """The URL of a migrated database of this test's own (superuser)."""
    with copies.copy(TEMPLATE) as url:
        yield url


@pytest.fixture(scope="session")
def registered_template(postgres_server: PostgresServer) -> str:
    """The name of a database in which the world of tests/world.py is registered."""
    name = "registered"
    run_apart(register_world(postgres_server.create_database(name, TEMPLATE)))
    return name


@pytest.fixture
def registered_postgres(copies: Copies, registered_template: str) -> Iterator[str]:
    """The URL of a database of this test's own for `open_world` (superuser)."""
    with copies.copy(registered_template) as url:
        yield url


@pytest.fixture
def empty_postgres(copies: Copies) -> Iterator[str]:
    """The URL of a database of this test's own with nothing in it (superuser)."""
    with copies.copy("template1") as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Give where a test's world is: SQLite (None), or by turns (`both_databases`)."""
    on_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    return None if on_sqlite else str(request.getfixturevalue("registered_postgres"))


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, database_url: str | None, tmp_path: Path
) -> AsyncIterator[World]:
    """The world in memory.

    With `matching` the municipality lets two sources hear of each other.
    """
    async with open_world(tmp_path, database_url) as opened:
        if request.node.get_closest_marker("matching"):
            await open_matching(opened)
        yield opened


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[World]:
    """A world on SQLite, in a file whose `world` is on both."""
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(world: World, tmp_path: Path) -> CitizensDesk:
    """The municipality's desk for citizens' rights, in that world."""
    return CitizensDesk(world, tmp_path)


@pytest.fixture
async def rotation(database_url: str | None, tmp_path: Path) -> AsyncIterator[Rotation]:
    """A world whose rows can move to another key."""
    async with open_rotation(tmp_path, database_url) as opened:
        yield opened
