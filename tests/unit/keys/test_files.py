"""A file is written whole or not at all, and never over another one unasked."""

import os
import stat
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from keys.errors import KeyFileExists, KeyFileMalformed
from keys.files import (
    read_public,
    write_public,
    write_secret,
    write_whole,
    written_whole,
)

if TYPE_CHECKING:
    from _typeshed import TraceFunction


def write_half(path: Path, *, replace: bool) -> None:
    with written_whole(path, replace=replace) as file:
        file.write(b"half")
        raise OSError("full")


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    for replace in (False, True):
        with pytest.raises(OSError, match="full"):
            write_half(tmp_path / "made", replace=replace)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_where_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "made"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"):
        write_half(path, replace=True)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("write", [write_public, write_secret])
def test_another_file_is_never_written_over(
    tmp_path: Path,
    write: object,
) -> None:
    path = tmp_path / "made"
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(KeyFileExists):
        write(path, b"new")  # type: ignore[operator]  # both take the same
    assert [path] == list(tmp_path.iterdir())


def test_a_secret_is_its_owners_and_what_is_handed_out_is_not(tmp_path: Path) -> None:
    secret, public = tmp_path / "secret", tmp_path / "public"
    mask = os.umask(0)
    try:
        write_secret(secret, b"s")
        write_public(public, b"p")
    finally:
        os.umask(mask)
    assert secret.stat().st_mode & 0o777 == 0o600
    assert public.stat().st_mode & 0o777 == 0o644


def test_of_what_never_ends_no_more_is_read_than_belongs_there() -> None:
    with pytest.raises(KeyFileMalformed, match="too large"):
        read_public(Path("/dev/zero"), 64)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_nothing_but_a_file_is_replaced(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "made", tmp_path / "other"
    other.write_bytes(b"old")
    match kind:
        case "link":
            path.symlink_to(other)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    before = path.lstat()
    with pytest.raises(FileExistsError):
        write_whole(path, b"new", replace=True)
    assert (path.lstat().st_ino, other.read_bytes()) == (before.st_ino, b"old")


def test_who_might_read_a_file_may_read_what_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "made"
    write_whole(path, b"old")
    path.chmod(0o660)
    write_whole(path, b"new", replace=True)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o660)


def test_a_run_that_is_killed_leaves_no_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "made"
    seen: set[bytes | None] = set()

    def look(_frame: FrameType, _event: str, _value: object) -> "TraceFunction":
        seen.add(path.read_bytes() if path.exists() else None)
        return look

    before = sys.gettrace()
    sys.settrace(look)  # before every line that runs, as if it were the last
    try:
        write_secret(path, b"secret")
    finally:
        sys.settrace(before)
    assert seen == {None, b"secret"}
