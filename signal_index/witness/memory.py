"""What a witness saw last of each origin, in one file that survives a crash.

- `{"format": …, "seen": {origin: signed note}}`, replaced whole and synced before any
  cosignature leaves.
- The lock beside it keeps a second witness with the same memory out, whether it serves
  or signs a file: comparing and keeping are one step.
- A file that is not there is not an empty memory: `create_memory` makes one, together
  with the key, and never again.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signal_index.proof import Checkpoint, MalformedProof, parse_checkpoint, split_note
from signal_index.witness.errors import WitnessUnusable

_FORMAT = "signal-index/witness/1"


class Memory:
    """The checkpoints seen last; holds the lock for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes = _read(path)

    def find(self, origin: str) -> Checkpoint | None:
        """Give the checkpoint seen last of an origin, if any."""
        note = self._notes.get(origin)
        return None if note is None else _open(note)

    def find_note(self, origin: str) -> str | None:
        """Give that checkpoint as the ledger signed it."""
        return self._notes.get(origin)

    def keep(self, origin: str, note: str) -> None:
        """Remember a checkpoint; durable when this returns."""
        notes = {**self._notes, origin: note}
        _write(self._path, notes)
        self._notes = notes


def create_memory(path: Path) -> None:
    """Make the memory of a new witness, or raise `WitnessUnusable`."""
    if path.exists():
        raise WitnessUnusable(f"{path.name} is there already")
    _write(path, {})


@contextmanager
def open_memory(path: Path) -> Iterator[Memory]:
    """Open a memory for as long as the block lasts, for nobody else.

    Raises `WitnessUnusable` where it is absent, unreadable or in use.
    """
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WitnessUnusable(
                "another process uses this memory; it was left alone"
            ) from None
        yield Memory(path)


def _open(note: str) -> Checkpoint:
    text, _ = split_note(note)
    return parse_checkpoint(text)


def _read(path: Path) -> dict[str, str]:
    try:
        match json.loads(path.read_text("utf-8")):
            case {"format": str(form), "seen": dict(seen)} if form == _FORMAT:
                notes = {str(origin): str(note) for origin, note in seen.items()}
                for note in notes.values():
                    _open(note)
                return notes
    except FileNotFoundError:
        raise WitnessUnusable(
            "the memory is gone: retire this witness and its key, make a new one"
        ) from None
    except (OSError, ValueError, MalformedProof) as cause:
        raise WitnessUnusable("the memory cannot be read") from cause
    raise WitnessUnusable("the memory is not one of a witness")


def _write(path: Path, notes: dict[str, str]) -> None:
    text = json.dumps({"format": _FORMAT, "seen": notes}, indent=1, sort_keys=True)
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
