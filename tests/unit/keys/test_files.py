"""A file is written whole or not at all, and never over another one unasked."""

import os
from pathlib import Path

import pytest

from keys.errors import KeyFileExists
from keys.files import write_public, write_secret, written_whole


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
    write_secret(secret, b"s")
    write_public(public, b"p")
    mask = os.umask(0)
    os.umask(mask)
    assert secret.stat().st_mode & 0o777 == 0o600
    assert public.stat().st_mode & 0o777 == 0o666 & ~mask
