"""An agency's side on a system without `fcntl`, file modes and a loop's signals.

A child process is made to lack what Windows lacks; a stand-in takes the lock. What
that cannot show (a real Windows) stands in docs/agent.md.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from signal_index.wire.deliveries import DeliveryKind
from sources.intake.folder import Folder
from sources.outbox.deliveries import name_rejects, open_delivery
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from sources.typed import quote
from tests.sources_builders import PROFILE, SECRET, a_row, write_rows

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

WITHOUT = """
import asyncio, os, signal, sys, types

class NoFcntl:
    def find_spec(self, name, path=None, target=None):
        if name == "fcntl":
            raise ModuleNotFoundError("No module named 'fcntl'", name=name)

sys.modules.pop("fcntl", None)
sys.meta_path.insert(0, NoFcntl())
for name in ("getuid", "geteuid", "fchmod", "O_NOFOLLOW", "O_DIRECTORY", "killpg"):
    delattr(os, name)
for name in ("SIGHUP", "SIGUSR1", "SIGUSR2"):
    delattr(signal, name)

def refuse(self, number, callback, *given):
    raise NotImplementedError

asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = refuse

held = set()
def lock_descriptor(fd, *, blocking):
    found = os.fstat(fd).st_ino
    free = found not in held
    held.add(found)
    return free
sys.modules["filelock"] = types.SimpleNamespace(lock_descriptor=lock_descriptor)
"""
KEYS_OF_ANY_MODE = """
from pathlib import Path
from sources.agency_keys import create_keys, load_keys
from sources.settings import KeyFiles
folder = Path(sys.argv[1]) / "keys"
create_keys(folder, name="agency", algorithm="Ed25519")
for file in folder.iterdir():
    file.chmod(0o666)
names = ("request-key.jwk", "notice-key.jwk", "oidc-client.jwk", "outbox.key")
places = [folder / name for name in names]
load_keys(KeyFiles(**dict(zip(KeyFiles.model_fields, places))))
"""
ONE_AT_A_TIME = """
from pathlib import Path
from sources.errors import OutboxBusy
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
path, key = Path(sys.argv[1]) / "outbox.sqlite", OutboxKey(bytes(32))
with Outbox(path, key):
    try:
        Outbox(path, key)
    except OutboxBusy:
        print("busy")
"""
TAKES = """
import json
from pathlib import Path
from keys.pinned_keys import take_successors
from tests.attack.test_a_key_is_succeeded_falsely import FIRST, STEPS
pinned = Path(sys.argv[1]) / "receipt.public.jwk"
pinned.write_text(json.dumps(FIRST.public.jwk))
print(take_successors(pinned, STEPS).said == tuple(STEPS))
"""
STOPS = """
from sources.agent.stopping import stop_on_signals
async def wait():
    stopped = asyncio.Event()
    stop_on_signals(asyncio.get_running_loop(), stopped)
    asyncio.get_running_loop().call_later(0.05, signal.raise_signal, signal.SIGINT)
    await asyncio.wait_for(stopped.wait(), 5)
    print("stopped")
asyncio.run(wait())
"""
CHECKS = """
sys.argv[1:] = ["check", *sys.argv[1:]]
sys.stdout.reconfigure(encoding="cp1252", errors="strict")
from sources.__main__ import main
main()
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", WITHOUT + program, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_keys_are_read_where_a_file_has_no_mode(tmp_path: Path) -> None:
    done = run(KEYS_OF_ANY_MODE, str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_two_runs_never_share_an_outbox(tmp_path: Path) -> None:
    assert run(ONE_AT_A_TIME, str(tmp_path)).stdout == "busy\n"


def test_a_successor_is_taken(tmp_path: Path) -> None:
    """An agency reads a pinned key there, and takes what follows on it."""
    assert run(TAKES, str(tmp_path)).stdout == "True\n"


def test_an_agent_stops_when_it_is_asked_to() -> None:
    assert run(STOPS).stdout == "stopped\n"


def test_a_file_is_checked(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "export.csv", [a_row(), a_row(Zaak="Z-2", BSN="1")])
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    rejects = str(tmp_path / "\u0142.csv")
    done = run(CHECKS, str(file), "--profile", str(profile), "--rejects", rejects)
    assert done.returncode == 0, done.stderr
    assert "Zou versturen: 1." in done.stdout
    assert done.stdout.endswith("?.csv\n"), "cp1252 has no such letter"


def test_a_command_is_shown_as_the_shell_of_windows_takes_it() -> None:
    words = ("check", r"C:\Mijn map\export.csv")
    assert quote(*words, windows=True) == r'check "C:\Mijn map\export.csv"'


def test_no_file_has_a_name_that_windows_refuses(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "in", quiet=timedelta(0), keep=timedelta(0))
    folder.prepare()
    export = write_rows(tmp_path / "in" / "inbox" / "export.csv", [a_row()])
    taken = folder.take(export)
    assert taken
    folder.fail(taken, "Niet leesbaar.", NOW)
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        full, profile = DeliveryKind.FULL, parse_profile(PROFILE)
        delivery = open_delivery(outbox, profile, full, b"", now=NOW)
    made = [name_rejects(delivery), *(path.name for path in tmp_path.rglob("*"))]
    assert sum("export.csv" in name for name in made) == 2
    assert [name for name in made if set(name) & set('<>:"\\|?*')] == []
