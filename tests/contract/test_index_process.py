"""`signal-index serve` as a service manager runs it: starts, says so, ends, refuses."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.town.commands import attempt
from deploy.town.forks import Fork, start_fork
from deploy.town.ports import Ports
from deploy.town.readiness import wait_until_ready
from signal_index import clock
from signal_index.cli.commands import app
from tests.dealing import DealingPlan, deal_key
from tests.store_builders import DATABASES, write_settings


class Process:
    """One index in a process of its own."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        self.folder = folder
        self.port = port
        self.ended = (0, "", "")
        self.settings = write_settings(folder, url)
        text = self.settings.read_text().replace("8100", str(self.port))
        trial = f"unwitnessed_until = {clock.now().date() + timedelta(days=1)}"
        text = text.replace("unwitnessed_until = 2099-12-31", trial)
        self.settings.write_text(text)
        for command in (["migrate"], ["keys", "create"]):
            done = CliRunner().invoke(app, [*command, "--settings", str(self.settings)])
            assert done.exit_code == 0, done.output

    def write_key_config(self) -> None:
        now = clock.now()
        plan = DealingPlan(
            holders=3,
            threshold=2,
            valid_from=now - timedelta(days=1),
            valid_until=now + timedelta(days=1),
        )
        dealing = deal_key(plan)
        (self.folder / "key-config.json").write_bytes(dealing.document)
        (self.folder / "pins.json").write_bytes(dealing.pins)

    def command(self, verb: str = "serve") -> list[str]:
        return ["signal-index", verb, "--settings", str(self.settings)]

    @contextmanager
    def running(self, verb: str = "serve") -> Iterator[Fork]:
        """Run it, and stop it as a service manager does; then `ended` tells how."""
        said, complained = self.folder / "said", self.folder / "complained"
        with said.open("wb") as out, complained.open("wb") as err:
            process = start_fork(self.command(verb), self.folder, out, err)
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                code = process.wait(30)
        self.ended = (code, said.read_text(), complained.read_text())

    def ask_health(self, running: Fork) -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}/v1/health"
        wait_until_ready(running, url)
        return httpx.get(url, headers={"Accept": "application/json"})


@pytest.fixture(params=DATABASES)
def process(request: pytest.FixtureRequest, tmp_path: Path, ports: Ports) -> Process:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/index.sqlite"
    else:
        url = request.getfixturevalue("empty_postgres")
    return Process(tmp_path, url, ports.hold())


def _events(stderr: str) -> list[str]:
    return [json.loads(line)["event"] for line in stderr.splitlines()]


def test_it_serves_and_ends_when_it_is_told_to(process: Process) -> None:
    process.write_key_config()
    with process.running() as running:
        assert process.ask_health(running).status_code == 200
        time.sleep(1.5)  # the leader signs the tree of what its own start recorded
    code, out, said = process.ended
    assert (code, out) == (0, "")
    assert {"started", "leading", "stopped"} <= set(_events(said))
    assert "failed" not in " ".join(_events(said))
    outside = json.loads((process.folder / "outside/checkpoint.json").read_text())
    assert str(clock.now().year) in outside


@pytest.mark.parametrize("process", ["postgresql"], indirect=True)
def test_the_upkeep_runs_as_a_process_of_its_own(process: Process) -> None:
    text = process.settings.read_text().replace('"in-process"', '"separate"')
    process.settings.write_text(text)
    outside = process.folder / "outside/checkpoint.json"
    with process.running("upkeep"):
        for _ in range(200):
            if outside.exists():
                break
            time.sleep(0.1)
    assert outside.exists()
    code, _, said = process.ended
    assert code == 0
    now_and_then = {"erased", "keys-changed"}  # once a day; once for new keys
    events = [each for each in _events(said) if each not in now_and_then]
    assert events == ["one-login-for-all", "leading", "stopped"]


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
def test_the_upkeep_of_sqlite_is_not_a_process_of_its_own(process: Process) -> None:
    code, _, said = attempt(process.command("upkeep"), process.folder)
    assert code == 1
    assert "in the serving process" in said


def test_without_a_key_config_it_says_why_it_does_not_start(process: Process) -> None:
    code, _, said = attempt(process.command(), process.folder)
    assert code == 1
    assert "start-refused" in _events(said)


def test_with_an_exposed_key_it_does_not_start(process: Process) -> None:
    process.write_key_config()
    (process.folder / "keys" / "row-key-1.key").chmod(0o644)
    code, _, said = attempt(process.command(), process.folder)
    assert code == 1
    assert "chmod 600" in said
