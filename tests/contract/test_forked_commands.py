"""A town's programs run as forks: they end, speak and fail as when started by hand."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.town.commands import attempt, run
from deploy.town.forking import LEAST_COST
from deploy.town.forks import environment
from deploy.town.found import program
from deploy.town.ports import Ports
from deploy.town.processes import Party, PartyFailed, Processes
from deploy.town.settings_files import write_toml
from keys.files import write_secret
from keys.sealing import SCRYPT_COST
from signal_index.ledger import CheckpointKey, note_key

WRONG_USE = ["signal-source", "publish", "--nothing-of-the-kind"]
REFUSED = ["signal-index", "serve", "--settings", "absent.toml"]
ENDING = """
import atexit, sys, threading, time
from deploy.town import forking

def speak():
    time.sleep(0.2)
    print("thread")

def entry():
    atexit.register(print, "end")
    print("said")
    threading.Thread(target=speak).start()
    sys.exit(3)

codes = []
atexit.register(forking.leave, codes)
forking.run_to_its_end(entry, codes)
"""
NEW_KEY = ["signal-keys", "organisation", "new-key", "--into", "."]


@pytest.mark.parametrize("command", [["signal-keys", "--help"], WRONG_USE, REFUSED])
def test_it_says_and_ends_as_the_program_itself(
    command: Sequence[str], tmp_path: Path
) -> None:
    name, *arguments = command
    done = subprocess.run(  # noqa: S603 - our own command
        [program(name), *arguments],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    forked = attempt(command, tmp_path)
    assert forked == (done.returncode, done.stdout, done.stderr)


def test_one_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(PartyFailed, match="--settings gave 2:\nUsage: signal-index"):
        run(REFUSED, tmp_path)


def test_what_waits_for_the_end_is_done_before_a_fork_leaves() -> None:
    """Threads end, what was registered runs, and what was said is written: code 3."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", ENDING],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert (done.returncode, done.stdout) == (3, "said\nthread\nend\n")


def test_what_a_fork_seals_costs_the_least_that_the_product_opens(
    tmp_path: Path,
) -> None:
    passphrase = tmp_path / "passphrase"
    write_secret(passphrase, b"correct horse battery")
    new = ["card", "new", "--id", "holder-1", "--into", ".", "--passphrase"]
    folder = tmp_path / "holder-1"
    folder.mkdir()
    run(["signal-keys", *new, str(passphrase)], folder)
    sealed = json.loads((folder / "ceremony.key").read_text())["seal"]
    assert sealed["cost"] == LEAST_COST < SCRYPT_COST


def test_each_works_in_its_own_folder_also_side_by_side(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(6)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(lambda folder: run(NEW_KEY, folder), folders))
    keys = {(folder / "request-key.jwk").read_text() for folder in folders}
    assert len(keys) == len(folders), "a fork draws its own random numbers"


def test_a_server_that_was_killed_is_known_to_have_ended(tmp_path: Path) -> None:
    run(["signal-index", "witness", "create", "w", "--name", "w"], tmp_path)
    with Ports() as ports, Processes(tmp_path, tmp_path / "log", forks=True) as town:
        port = ports.hold()
        ledger = note_key(CheckpointKey(bytes(32)), "index.test/ledger").encode()
        settings = {"host": "127.0.0.1", "port": port, "logs": [ledger]}
        settings |= {"key": "witness.key", "memory": "memory.json"}
        write_toml(tmp_path / "w" / "w.toml", settings)
        serve = ["signal-index", "witness", "serve", "--settings", "w/w.toml"]
        town.start_together([Party("w", serve, f"http://127.0.0.1:{port}/health")])
        server = town.running["w"]
        assert town.find_dead() is None
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(0.05)
        server.send_signal(signal.SIGKILL)
        assert server.wait(10) == -signal.SIGKILL
        assert town.find_dead() == "w"
        server.send_signal(signal.SIGTERM)
