"""What a witness saw last of each origin, in one file that survives a crash.

- `{"format": …, "seen": {origin: cosigned note}}`, replaced whole and synced before any
  cosignature leaves: the text, the ledger's own signatures, and ours.
- Beside it, in `refused/`, what it refused though the ledger signed it: the whole
  request, and what it had seen. A fork is proven by these two, to anybody. Of one
  signed tree one request is kept, and of each origin and kind so many that nobody who
  sends them can fill a disk, nor with proofs made up leave no room for a fork.
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
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from signal_index.proof import Checkpoint, MalformedProof, parse_checkpoint, split_note
from signal_index.witness.errors import WitnessUnusable

_FORMAT = "signal-index/witness/1"
_REFUSED_FORMAT = "signal-index/witness-refusal/1"
MOST_REFUSED = 1_000
REFUSED = "refused"


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
        """Give that checkpoint as the ledger signed it and we cosigned it."""
        return self._notes.get(origin)

    def find_by_hash(self, name: str) -> str | None:
        """Give it by the SHA-256 of its origin, in hexadecimal."""
        known = (one for one in self._notes if _hash(one) == name)
        return next((self._notes[one] for one in known), None)

    def keep_refused(
        self, origin: str, request: str, now: datetime, *, kind: str
    ) -> None:
        """Keep a request that does not go with what was seen, where there is room."""
        folder = self._path.with_name(REFUSED)
        offered = request.partition("\n\n")[2].partition("\n\n")[0]
        own = f"{kind}-{_hash(origin)[:16]}-"
        place = folder / f"{own}{_hash(offered)[:32]}.json"
        folder.mkdir(mode=0o700, exist_ok=True)
        if place.exists() or self.count_refused(own) >= MOST_REFUSED:
            return
        found = {
            "format": _REFUSED_FORMAT,
            "at": now.isoformat(timespec="seconds"),
            "seen": self._notes.get(origin),
            "request": request,
        }
        _write_durably(place, json.dumps(found, indent=1))

    def count_refused(self, kind: str) -> int:
        """Count what is kept of a kind."""
        return sum(1 for _ in self._path.with_name(REFUSED).glob(f"{kind}*.json"))

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
    _write_durably(path, text)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _write_durably(path: Path, text: str) -> None:
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
