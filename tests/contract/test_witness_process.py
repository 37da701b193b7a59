"""A witness as its operator runs it: a process, killed and started again."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.town.commands import run
from deploy.town.ports import Ports
from deploy.town.processes import Party, PartyFailed, Processes
from deploy.town.settings_files import write_toml
from signal_index.proof import (
    SIZE_TYPE,
    WitnessKey,
    parse_cosignatures,
    parse_witness_key,
    split_note,
)
from tests.witness_builders import LOG, a_note, a_request


@dataclass(frozen=True)
class Served:
    """Where a witness serves, and the key that it was made with."""

    folder: Path
    port: int
    key: WitnessKey

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def party(self) -> Party:
        settings = str(self.folder / "witness.toml")
        command = ["signal-index", "witness", "serve", "--settings", settings]
        return Party("witness", command, f"{self.url}/health")

    def post(self, old: int, size: int, branch: str = "") -> httpx.Response:
        body = a_request(old, size, branch).encode()
        return httpx.post(f"{self.url}/add-checkpoint", content=body, timeout=20)


@pytest.fixture
def served(tmp_path: Path, ports: Ports) -> Served:
    folder, port = tmp_path / "witness", ports.hold()
    create = ["signal-index", "witness", "create", str(folder), "--name", "w1"]
    key = parse_witness_key(run(create, tmp_path))
    settings = {"key": "witness.key", "memory": "memory.json", "logs": [LOG.encode()]}
    write_toml(folder / "witness.toml", {"host": "127.0.0.1", "port": port, **settings})
    return Served(folder, port, key)


@contextmanager
def running(served: Served) -> Iterator[Processes]:
    log = served.folder.parent / "log"
    with Processes(served.folder, log, forks=True) as processes:
        processes.start_together([served.party])
        yield processes


def test_a_killed_witness_remembers_and_one_that_is_asked_to_stop_stops(
    served: Served,
) -> None:
    with running(served) as processes:
        answer = served.post(0, 12)
        assert answer.status_code == 200
        text, _ = split_note(a_note(12))
        (found,) = parse_cosignatures(answer.text, text, [served.key])
        assert found.key == served.key
        processes.running["witness"].send_signal(signal.SIGKILL)
        processes.running["witness"].wait(10)
    with running(served) as processes:
        again = served.post(0, 12)
        assert (again.status_code, again.text) == (409, "12\n")
        assert again.headers["content-type"] == SIZE_TYPE
        assert served.post(12, 20, "forged ").status_code == 422
        processes.running["witness"].send_signal(signal.SIGTERM)
        assert processes.running["witness"].wait(10) == 0


def test_a_witness_without_its_memory_does_not_start(served: Served) -> None:
    (served.folder / "memory.json").unlink()
    with pytest.raises(PartyFailed, match="retire this witness"), running(served):
        pass
