"""Trees, requests and witnesses for tests: valid by default, override one thing."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from keys.events import EventLog
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.merkle import consistency_ranges, fold
from signal_index.proof import (
    EMPTY_ROOT,
    AddCheckpoint,
    Checkpoint,
    LedgerKey,
    NoteKey,
    hash_leaf,
    origin_of,
)
from signal_index.upkeep.cosigning import HttpWitnesses
from signal_index.witness.app import make_witness_app
from signal_index.witness.judge import Logs
from signal_index.witness.keys import Cosigner, make_cosigner
from signal_index.witness.memory import create_memory, open_memory
from signal_index.witness.witness import Witness
from tests.ledger_builders import CHECKPOINT_KEY, NOON, ORIGIN, prove
from tests.unreachable import unreachable

LOG = NoteKey(origin_of(ORIGIN, 2026), CHECKPOINT_KEY.public)
COSIGNER = make_cosigner("witness.example/w1", b"\x05" * 32)
SECOND = make_cosigner("witness.example/w2", b"\x06" * 32)


def leaves(count: int, branch: str = "") -> list[bytes]:
    """Give leaf hashes; of another branch, all but the first ten differ."""
    return [
        hash_leaf(f"{branch if n >= 10 else ''}leaf {n}".encode()) for n in range(count)
    ]


def root_of(hashes: Sequence[bytes]) -> bytes:
    return fold(hashes) if hashes else EMPTY_ROOT


def a_note(
    size: int,
    branch: str = "",
    *,
    origin: str = LOG.name,
    key: CheckpointKey = CHECKPOINT_KEY,
) -> str:
    return sign_checkpoint(Checkpoint(origin, size, root_of(leaves(size, branch))), key)


def a_request(old: int, size: int, branch: str = "") -> AddCheckpoint:
    path = (
        prove(consistency_ranges(old, size), leaves(size, branch))
        if old <= size
        else ()
    )
    return AddCheckpoint(old, path, a_note(size, branch))


@contextmanager
def a_witness(
    folder: Path,
    *,
    cosigner: Cosigner = COSIGNER,
    clock: Callable[[], datetime] = lambda: NOON,
    log_key: LedgerKey = LOG,
) -> Iterator[Witness]:
    memory = folder / f"{cosigner.public.name.replace('/', '-')}.json"
    if not memory.exists():
        create_memory(memory)
    with open_memory(memory) as opened:
        yield Witness(cosigner, opened, Logs([log_key]), clock)


@dataclass
class Line:
    """The network to one witness: `is_cut` lets nothing through, `answer` lies."""

    app: ASGIApp
    is_cut: bool = False
    lie: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_cut:
            raise httpx.ConnectError("cut")
        await (self.lie or self.app)(scope, receive, send)


@dataclass
class Watch:
    """Two witnesses as a sequencer asks them, each over a line of its own."""

    asked: HttpWitnesses
    witnesses: list[Witness]
    lines: list[Line]
    said: StringIO = field(repr=False)


@asynccontextmanager
async def a_watch(
    folder: Path,
    *,
    clock: Callable[[], datetime] = lambda: NOON,
    count: int = 1,
    quorum: int = 1,
    log_key: LedgerKey = LOG,
) -> AsyncIterator[Watch]:
    """Give witnesses that cosign over HTTP, in memory; `folder` holds their files."""
    said = StringIO()
    log = EventLog(said, clock)
    with ExitStack() as stack:
        cosigners = (COSIGNER, SECOND)[:count]
        witnesses = [
            stack.enter_context(
                a_witness(folder, cosigner=one, clock=clock, log_key=log_key)
            )
            for one in cosigners
        ]
        lines = [Line(make_witness_app(one, log)) for one in witnesses]
        urls = [f"http://w{number}.test" for number in range(count)]
        mounts = {
            url: httpx.ASGITransport(line)
            for url, line in zip(urls, lines, strict=True)
        }
        keys = [one.public for one in cosigners]
        async with httpx.AsyncClient(mounts=mounts, transport=unreachable()) as client:
            places = list(zip(keys, urls, strict=True))
            yield Watch(
                HttpWitnesses(client, places, quorum, log), witnesses, lines, said
            )
