"""Secret files: readable by their owner only, and never overwritten.

- Reading refuses a file that group or others may read: the wrong mode is how keys leak.
  Windows has no such mode: there the rights of the folder decide, which nobody checks.
- Writing makes a new file with mode 0600 from its first byte on, synced to disk.
"""

import json
import os
import stat
from pathlib import Path
from typing import Final

from keys.errors import KeyFileExists, KeyFileExposed, KeyFileMalformed

OWNER_ONLY = 0o600
_HAS_MODES: Final = hasattr(os, "getuid")


def read_secret(path: Path) -> bytes:
    """Give the contents of a secret file.

    Raises `KeyFileExposed` for a wrong mode, `KeyFileMalformed` when unreadable.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if _HAS_MODES and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyFileExposed(f"{path.name}: others may read it; chmod 600")
            return file.read()
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def write_secret(path: Path, data: bytes) -> None:
    """Write a new secret file; raises `KeyFileExists` rather than overwrite one."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(made, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise KeyFileExists(f"{path.name} exists; keys are never overwritten") from None
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def write_public(path: Path, data: bytes) -> None:
    """Write a new file to be handed out, or raise `KeyFileExists`."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise KeyFileExists(f"{path.name} exists") from None
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def read_json(data: bytes, name: str) -> object:
    """Give the JSON value in a key file, or raise `KeyFileMalformed`."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        raise KeyFileMalformed(f"{name}: not JSON") from None
    return value
