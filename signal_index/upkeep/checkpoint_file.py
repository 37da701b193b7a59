"""The last checkpoint of each year, in a file outside the database.

A database that comes back from a backup is smaller than the file says, and one that was
rewritten has another root: either way the sequencer refuses to sign. So the file must
not lie in the same backup as the database.

- JSON, `{"2026": signed note, …}`, by the tree's key (`store.witnessing`); replaced
  whole, and durable before the checkpoint is published.
- On SQLite its lock file beside it keeps a second sequencer out.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from signal_index.errors import CheckpointMissing
from signal_index.proof import MalformedProof
from signal_index.store.ledger_tiles import open_checkpoint


def read_checkpoints(path: Path) -> Mapping[int, str]:
    """Give the signed note of each tree by its key; none where there is no file yet.

    Raises `CheckpointMissing` where the file cannot be understood.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        notes = {int(year): str(note) for year, note in found.items()}
        for note in notes.values():
            open_checkpoint(note)
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, MalformedProof) as cause:
        raise CheckpointMissing("the checkpoint file cannot be understood") from cause
    return notes


def write_checkpoint(path: Path, key: int, note: str) -> None:
    """Put the note of a tree into the file; durable when this returns."""
    notes = {**read_checkpoints(path), key: note}
    text = json.dumps({str(k): notes[k] for k in sorted(notes)}, indent=1)
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


@contextmanager
def file_lock(path: Path) -> Iterator[bool]:
    """Hold the lock beside the checkpoint file; yields False where another has it.

    The operating system lets go of it when the process ends, however it ends.
    """
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
