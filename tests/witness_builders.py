"""Trees, requests and witnesses for tests: valid by default, override one thing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.merkle import consistency_ranges, fold
from signal_index.proof import (
    EMPTY_ROOT,
    AddCheckpoint,
    Checkpoint,
    NoteKey,
    hash_leaf,
    origin_of,
)
from signal_index.witness.judge import Logs
from signal_index.witness.keys import Cosigner, make_cosigner
from signal_index.witness.memory import create_memory, open_memory
from signal_index.witness.witness import Witness
from tests.ledger_builders import CHECKPOINT_KEY, NOON, ORIGIN, prove

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
) -> Iterator[Witness]:
    memory = folder / f"{cosigner.public.name.replace('/', '-')}.json"
    if not memory.exists():
        create_memory(memory)
    with open_memory(memory) as opened:
        yield Witness(cosigner, opened, Logs([LOG]), clock)
