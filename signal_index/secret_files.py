"""Secret files of an index: of their owner alone, synced, never overwritten."""

import os
import stat
from pathlib import Path

from keys.files import write_whole
from signal_index.errors import KeyFilesRefused, KeysExist, SecretFileExposed

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_secret(path: Path) -> bytes:
    """Read a secret file; raises `SecretFileExposed` or `KeyFilesRefused`."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise SecretFileExposed(f"{path.name}: others may read it; chmod 600")
            return file.read()
    except OSError as refusal:
        raise KeyFilesRefused(f"{path.name}: cannot be read") from refusal


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone may read, or raise `KeysExist`."""
    write_new(path, data, 0o600)


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a new file, durable when this returns, or raise `KeysExist`."""
    try:
        write_whole(path, data, mode=mode)
    except FileExistsError:
        raise KeysExist(f"{path.name} exists; keys are never overwritten") from None
