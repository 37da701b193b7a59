"""Secret files: readable by their owner only, and never overwritten.

- Reading refuses a file that group or others may read: the wrong mode is how keys leak.
  Windows has no such mode: there the rights of the folder decide, which nobody checks.
- Writing makes a new file with mode 0600 from its first byte on, synced to disk, whole
  or not at all.
"""

import errno
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from keys.errors import KeyFileExists, KeyFileExposed, KeyFileMalformed

OWNER_ONLY = 0o600
READ_BY_ALL = 0o644
MAX_DOCUMENT: Final = 1024 * 1024
OWNER_FOLDER = 0o700
_BESIDE: Final = re.compile(r"\..+\.[0-9a-f]{8}")
_HAS_MODES: Final = hasattr(os, "getuid")
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def read_secret(path: Path) -> bytes:
    """Give the contents of a secret file.

    Raises `KeyFileExposed` for a wrong mode, `KeyFileMalformed` when unreadable.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if _HAS_MODES and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyFileExposed(
                    f"{path.name}: others may read it; chmod 600, and if somebody "
                    "may have read it: stop"
                )
            return file.read()
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def read_public(path: Path, limit: int = MAX_DOCUMENT) -> bytes:
    """Give the contents of a file that another party made, of `limit` bytes at most.

    Raises `KeyFileMalformed`, also for more: what was handed over may be a file, or a
    link to a device, that no memory holds.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None
    if len(data) > limit:
        raise KeyFileMalformed(f"{path.name}: too large")
    return data


def write_secret(path: Path, data: bytes) -> None:
    """Write a new secret file; raises `KeyFileExists` rather than overwrite one."""
    _write_new(path, data, "exists; keys are never overwritten")


def write_public(path: Path, data: bytes) -> None:
    """Write a new file that all may read and its owner write, or `KeyFileExists`."""
    _write_new(path, data, "exists", mode=READ_BY_ALL)


def replace_public(path: Path, data: bytes) -> None:
    """Write a file to be handed out, also over an older one, or `KeyFileMalformed`."""
    try:
        write_whole(path, data, mode=READ_BY_ALL, replace=True)
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone, unless it is there, or `KeyFileMalformed`."""
    try:
        path.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def _write_new(path: Path, data: bytes, said: str, *, mode: int = OWNER_ONLY) -> None:
    try:
        write_whole(path, data, mode=mode)
    except FileExistsError:
        raise KeyFileExists(f"{path.name} {said}") from None
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def write_whole(
    path: Path, data: bytes, *, mode: int = OWNER_ONLY, replace: bool = False
) -> None:
    """Write a file as `written_whole` does."""
    with written_whole(path, mode=mode, replace=replace) as file:
        file.write(data)


@contextmanager
def written_whole(
    path: Path, *, mode: int = OWNER_ONLY, replace: bool = False
) -> Iterator[BinaryIO]:
    """Write a file whole or not at all, and over another only where `replace` says so.

    It is written beside its place and put there when it is on disk: a disk that fills
    up, or a run that is killed, leaves no half of it and no empty file. What replaces a
    file has its mode; a link, a device or a pipe is no file and is never replaced.
    Raises `FileExistsError`, or another `OSError` of the disk.
    """
    there = _find_mode(path)
    if there is not None and not (replace and stat.S_ISREG(there)):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    made = partial(os.open, mode=OWNER_ONLY if replace else mode)
    try:
        with open(beside, "xb", opener=made) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            beside.chmod(mode if there is None else stat.S_IMODE(there))
            beside.replace(path)
        else:
            _put_new(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what runs that died were writing beside its place (`written_whole`)."""
    for path in folder.glob(".*"):
        if _BESIDE.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)


def _find_mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def _put_new(beside: Path, path: Path) -> None:
    """Give a file its name where nothing has it; raises `FileExistsError`."""
    try:
        path.hardlink_to(beside)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A stick with FAT has no links: there the name is taken first.
        path.touch(exist_ok=False)
        beside.replace(path)


def read_json(data: bytes, name: str) -> object:
    """Give the JSON value in a key file, or raise `KeyFileMalformed`."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        raise KeyFileMalformed(f"{name}: not JSON") from None
    return value
