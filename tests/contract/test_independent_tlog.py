"""Ours beside a log, a verifier and a witness that others wrote after C2SP.

Nobody read the other's code: what both take is what the specifications say. Their part
runs in processes of its own (tests/independent.txt says which, and `deploy/setup`
installs it).
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path

import httpx
import pytest

from deploy.town.commands import attempt, run
from deploy.town.ports import Ports
from deploy.town.processes import Party, Processes
from deploy.town.settings_files import write_toml
from keys import clock
from keys.events import EventLog
from signal_index.errors import LedgerForked
from signal_index.proof import (
    NoteKey,
    WitnessKey,
    parse_cosignatures,
    parse_witness_key,
    split_note,
    verify_checkpoint,
    verify_quorum,
)
from signal_index.store.connect import reading
from signal_index.store.witnessing import find_shown
from signal_index.upkeep.cosigning import HttpWitnesses
from signal_index.upkeep.export import export_year
from tests.ledger_builders import an_entry, private_of
from tests.ledger_world import LedgerWorld, a_ledger, key_of
from tests.witness_builders import COSIGNER, a_watch

INDEPENDENT = Path(sys.prefix) / "independent"
ENVIRONMENT = {"PYTHONPATH": str(INDEPENDENT), "PYTHONUTF8": "1"}
THEIR_LOG = "log.other.example/behind-the-sofa"
LOG = f"""
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from aics_tlog import Checkpoint, MerkleTree, sign_checkpoint

key = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
tree = MerkleTree([b"leaf %d" % number for number in range(700)])
forged = MerkleTree([b"forged %d" % number for number in range(700)])

def sign(size, tree=tree):
    head = Checkpoint({THEIR_LOG!r}, size, tree.root(size))
    return sign_checkpoint(head, key, {THEIR_LOG!r}).to_bytes()
"""
THEIR_KEY = NoteKey(THEIR_LOG, private_of(bytes([7]) * 32).public.raw).encode()
FEED = """
from aics_witness.feeder import WitnessClient, WitnessRejected
with WitnessClient(sys.argv[1], sys.argv[2]) as client:
    for size in (3, 300, 300, 700):
        print(client.submit(sign(size), tree.consistency_proof), end="")
    try:
        client.submit(sign(700, forged), forged.consistency_proof)
    except WitnessRejected as refusal:
        print(refusal.status)
"""


def ask(*command: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run something of theirs to its end."""
    words = [sys.executable, *(str(one) for one in command)]
    return subprocess.run(  # noqa: S603 - our own test
        words, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def tell(*command: object, folder: Path) -> str:
    done = ask(*command, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Theirs:
    """Their witness, while it serves."""

    folder: Path
    url: str
    key: WitnessKey


@pytest.fixture
def theirs(tmp_path: Path, ports: Ports) -> Iterator[Theirs]:
    folder, port = tmp_path / "theirs", ports.hold()
    folder.mkdir()
    listen = ("--listen", f"127.0.0.1:{port}")
    module = ("-m", "aics_witness")
    tell(*module, "init", "--name", "w.other.example", *listen, folder=folder)
    named = ("--origin", key_of().name, "--vkey", key_of().encode())
    tell(*module, "add-log", *named, folder=folder)
    status = json.loads(tell(*module, "status", "--json", folder=folder))
    with _serving(folder, f"http://127.0.0.1:{port}") as url:
        yield Theirs(folder, url, parse_witness_key(status["witness"]["vkey"]))


@contextmanager
def _serving(folder: Path, url: str) -> Iterator[str]:
    command = [sys.executable, "-m", "aics_witness", "serve"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own test
            command, cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log
        )
        try:
            _wait_for(f"{url}/healthz")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("their witness does not answer")


@asynccontextmanager
async def _seen_by(theirs: Theirs, folder: Path) -> AsyncIterator[LedgerWorld]:
    """Give a ledger of ours that their witness is asked to cosign."""
    await asyncio.to_thread(folder.mkdir)
    url = f"sqlite+aiosqlite:///{folder}/ledger.db"
    log = EventLog(StringIO(), clock.now)
    async with httpx.AsyncClient() as client:
        asked = HttpWitnesses(client, [(theirs.key, theirs.url)], 1, log)
        async with a_ledger(url, folder, witnesses=asked) as ledger:
            yield ledger


async def _grow(ledger: LedgerWorld, *numbers: int) -> str:
    now = clock.now()
    await ledger.record(*(an_entry(one, recorded_at=now) for one in numbers))
    await ledger.sequence(now)
    async with reading(ledger.web) as conn:
        note = await find_shown(conn)
    assert note is not None
    return note


@pytest.mark.anyio
async def test_their_witness_sees_our_ledger_grow_and_cosigns_one_of_a_fork(
    theirs: Theirs, tmp_path: Path
) -> None:
    async with (
        _seen_by(theirs, tmp_path / "one") as one,
        _seen_by(theirs, tmp_path / "other") as other,
    ):
        await _grow(one, *range(1, 4))
        note = await _grow(one, *range(4, 300))
        assert verify_quorum(note, [theirs.key], 1).names == ["w.other.example"]
        place = sha256(key_of().name.encode()).hexdigest()
        async with httpx.AsyncClient() as client:
            kept = (await client.get(f"{theirs.url}/{place}/checkpoint")).text
        assert verify_quorum(kept, [theirs.key], 1).names == ["w.other.example"]
        assert split_note(kept)[0] == split_note(note)[0]
        with pytest.raises(LedgerForked):
            await _grow(other, *range(301, 600))
    evidence = tell("-m", "aics_witness", "evidence", folder=theirs.folder)
    assert key_of().name in evidence


def test_our_witness_sees_their_log_grow_and_refuses_a_fork(
    tmp_path: Path, ports: Ports
) -> None:
    folder, port = tmp_path / "witness", ports.hold()
    create = ["signal-index", "witness", "create", str(folder), "--name", "w1"]
    key = run(create, tmp_path).strip()
    settings = {"key": "witness.key", "memory": "memory.json", "logs": [THEIR_KEY]}
    write_toml(folder / "witness.toml", {"host": "127.0.0.1", "port": port, **settings})
    serve = ["signal-index", "witness", "serve", "--settings", "witness.toml"]
    url = f"http://127.0.0.1:{port}"
    with Processes(folder, tmp_path / "log", forks=True) as processes:
        processes.start_together([Party("witness", serve, f"{url}/health")])
        said = tell("-c", LOG + FEED, url, key, folder=tmp_path).splitlines()
        place = sha256(THEIR_LOG.encode()).hexdigest()
        kept = httpx.get(f"{url}/{place}/checkpoint").text
    assert len(said) == 5
    assert said[-1] == "422"
    text, _ = split_note(kept)
    (found,) = parse_cosignatures(f"{said[3]}\n", text, [parse_witness_key(key)])
    assert found.key.name == "w1"
    assert len(list((folder / "refused").glob("fork-*.json"))) == 1


def test_our_witness_reads_growth_from_their_tiles(tmp_path: Path) -> None:
    state, tiles = tmp_path / "state", tmp_path / "tiles"
    create = ["signal-index", "witness", "create", str(state), "--name", "w1"]
    run(create, tmp_path)
    sign = ["signal-index", "witness", "sign", str(tiles), "--log", THEIR_KEY]
    for begin, size in ((0, 300), (300, 700)):
        leaves = tmp_path / "leaves"
        lines = [f"leaf {number}" for number in range(begin, size)]
        leaves.write_text("\n".join(lines))
        grown = ("--out", tiles, "--size", begin, "--leaves", leaves)
        tell("-m", "aics_tlog", "append-tiles", *grown, folder=tmp_path)
        note = f"{LOG}\nPath({str(tiles)!r}, 'checkpoint').write_bytes(sign({size}))"
        tell("-c", note, folder=tmp_path)
        into = ["--state", str(state), "--into", str(tmp_path / "seen")]
        code, said, wrong = attempt([*sign, *into], tmp_path)
        assert code == 0, said + wrong
        assert f"{size} entries" in said


@pytest.mark.anyio
async def test_their_verifier_reads_our_export(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
    async with (
        a_watch(tmp_path) as watch,
        a_ledger(url, tmp_path, witnesses=watch.asked) as ledger,
    ):
        places: list[Path] = []
        for numbers in (range(1, 100), range(100, 600)):
            await ledger.record_some(numbers)
            await ledger.sequence()
            places.append(tmp_path / f"export-{len(places)}")
            await export_year(
                ledger.web, 2026, places[-1], keys={}, progress=lambda _done, _all: None
            )
    before, now = places
    trusted = ("--tiles", now, "--log-key", key_of().encode())
    witness = ("--witness-key", COSIGNER.public.encode(), "--quorum", 1)
    tlog = ("-m", "aics_tlog")
    tell(*tlog, "verify-checkpoint", *trusted, *witness, folder=tmp_path)
    leaf = tmp_path / "leaf"
    leaf.write_bytes(an_entry(7).leaf)
    tell(*tlog, "verify-inclusion", *trusted, "--leaf", leaf, "--index", 7, folder=now)
    kept = ("--old-checkpoint", before / "checkpoint")
    tell(*tlog, "verify-consistency", *trusted, *kept, folder=tmp_path)
    tile = now / "tile" / "0" / "000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    asked = (*tlog, "verify-consistency", *trusted, *kept)
    assert ask(*asked, folder=tmp_path).returncode == 1
    assert verify_checkpoint((now / "checkpoint").read_text(), [key_of()]).size == 600
