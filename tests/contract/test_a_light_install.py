"""An install of one role works with its own packages only, and says what it lacks.

A child process stands for the install: it finds our code and the packages of the
extras that are named, and no other package that happens to be on this machine.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.source_lock import EXTRAS, LOCK, make_lock
from sources.__main__ import VERBS
from sources.cli.lazy import load_verb

ROOT = Path(__file__).parents[2]
OURS = {"desk", "keys", "policy", "portal", "signal_index", "sources"}
INSTALL = """
import sys

class Absent:
    def __init__(self, names):
        self.names = names
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent(set(sys.argv.pop(1).split(","))))
"""
EVERY_VERB = """
import json
from typer.testing import CliRunner
from sources.__main__ import VERBS, app
run = CliRunner().invoke
print(json.dumps({verb: run(app, [verb, "--help"]).exit_code for verb in VERBS}))
"""
EVERY_MODULE = """
import json, pkgutil
from importlib import import_module
import sources
left = []
for found in pkgutil.walk_packages(sources.__path__, "sources."):
    try:
        import_module(found.name)
    except ModuleNotFoundError:
        left.append(found.name)
print(json.dumps(left))
"""


def name_needed(name: str, extra: str = "") -> Iterator[str]:
    """Name a distribution and all that it needs."""
    yield canonicalize_name(name)
    for line in requires(name) or ():
        found = Requirement(line)
        if found.marker is None or found.marker.evaluate({"extra": extra}):
            for inner in found.extras or {""}:
                yield from name_needed(found.name, inner)


def name_absent(*extras: str) -> str:
    """Give the packages on this machine that an install with these extras lacks."""
    there = {one for extra in extras for one in name_needed("signal-index", extra)}
    absent = {
        package
        for package, owners in packages_distributions().items()
        if not there & {canonicalize_name(owner) for owner in owners}
    }
    return ",".join(absent - OURS)


def run(program: str, *extras: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", INSTALL + program, name_absent(*extras)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_an_agency_installs_no_server_and_no_locales() -> None:
    needed = {*name_needed("signal-index", "source")}
    heavy = {"starlette", "uvicorn", "uvloop", "httptools", "fastapi", "babel"}
    assert not needed & heavy
    assert "fastapi" in {*name_needed("signal-index", "index")}


def test_the_container_of_an_agency_installs_its_own_packages_only() -> None:
    lock = LOCK.read_text("utf-8")
    assert lock == make_lock(), "python -m deploy.source_lock"
    pins = [line for line in lock.splitlines() if "==" in line]
    assert lock.count("--hash=sha256:") >= len(pins)
    pinned = {canonicalize_name(line.partition("==")[0]) for line in pins}
    needed = {one for x in EXTRAS for one in name_needed("signal-index", x)}
    assert pinned == needed - {"signal-index"}
    assert not pinned & {"fastapi", "babel", "asyncpg", "cedarpy", "weasyprint"}
    container = (LOCK.parent / "Containerfile").read_text("utf-8")
    assert "deploy/source/requirements.txt" in container
    assert "--require-hashes" in container


def test_every_verb_of_an_agency_shows_its_help() -> None:
    done = run(EVERY_VERB, "source")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout).values()) == {0}


def test_every_module_of_an_agency_is_there_but_the_receiver() -> None:
    done = run(EVERY_MODULE, "source")
    assert done.returncode == 0, done.stderr
    left = json.loads(done.stdout)
    assert left == ["sources.receiving.app", "sources.receiving.serving"]
    assert json.loads(run(EVERY_MODULE, "source", "receiver").stdout) == []


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("desk.__main__", "signal-desk", "desk"),
        ("portal.__main__", "signal-portal", "portal"),
        ("keys.__main__", "signal-keys", "holder"),
        ("policy.__main__", "signal-policy", "index"),
        ("signal_index.__main__", "signal-index", "index"),
    ],
)
def test_a_command_of_another_role_says_how_to_get_it(
    module: str, command: str, extra: str
) -> None:
    program = f"from {module} import main\nmain()"
    done = run(program, "source")
    said = f"This install has no {command}. Add it: pip install 'signal-index[{extra}]'"
    assert (done.returncode, done.stderr) == (2, f"{said}\n")


def test_without_its_extra_an_agency_reads_which_one_it_needs() -> None:
    program = "from sources.__main__ import main\nsys.argv = ['', 'status']\nmain()"
    done = run(program, "")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'signal-index[source]'" in done.stderr


def test_a_receiver_without_a_server_is_refused_in_a_sentence() -> None:
    program = """
from types import SimpleNamespace
from sources.cli.run import _load_receiving
from sources.errors import InvalidAgencySettings
try:
    _load_receiving(SimpleNamespace(receiver=object()), None)
except InvalidAgencySettings as refused:
    print(refused)
"""
    assert "pip install 'signal-index[receiver]'" in run(program, "source").stdout


def test_the_list_of_verbs_says_of_each_what_the_verb_says_itself() -> None:
    for verb in VERBS.values():
        assert load_verb(verb).help.splitlines()[0] == verb.help, verb.module
