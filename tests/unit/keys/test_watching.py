"""What is replaced is read again, and what could not be read now is tried again."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.errors import KeyFileMalformed
from keys.files import read_public
from keys.watching import Followed, Watched


class NotNow(Exception):
    """A refusal that passes."""


class Reader:
    """Reads a file; `fails` are the refusals of the next readings, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fails: list[Exception] = []
        self.count = 0
        path.write_text("one")

    def __call__(self) -> str:
        self.count += 1
        if self.fails:
            raise self.fails.pop(0)
        return self.path.read_text()


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "file")


def seconds() -> Iterator[int]:
    yield from range(0, 1000, 2)


def follow(reader: Reader, told: list[Exception]) -> Followed[str]:
    tick = seconds()
    return Followed([reader.path], reader, told.append, lambda: next(tick))


def replace(path: Path, text: str) -> None:
    beside = path.with_name("beside")
    beside.write_text(text)
    beside.replace(path)


def no_handle_left() -> Exception:
    """As `keys.files` refuses it: the reason of the system stands behind it."""
    refusal = KeyFileMalformed("file: too many open files")
    refusal.__context__ = OSError(errno.EMFILE, "too many open files")
    return refusal


def test_a_reading_without_a_file_handle_is_tried_again_and_told_once(
    reader: Reader,
) -> None:
    told: list[Exception] = []
    followed = follow(reader, told)
    replace(reader.path, "two")
    reader.fails = [no_handle_left() for _ in range(3)]
    assert [followed.get() for _ in range(4)] == ["one", "one", "one", "two"]
    assert len(told) == 1
    assert followed.get() == "two"
    assert reader.count == 5  # the first, three in vain, one more: and no further one


def test_what_is_refused_for_good_is_read_once_and_told(reader: Reader) -> None:
    told: list[Exception] = []
    followed = follow(reader, told)
    replace(reader.path, "two")
    reader.fails = [KeyFileMalformed("not a key")]
    assert [followed.get() for _ in range(3)] == ["one", "one", "one"]
    assert (len(told), reader.count) == (1, 2)


def test_a_file_that_is_not_there_is_no_reason_that_passes(tmp_path: Path) -> None:
    told: list[Exception] = []
    watched = Watched([tmp_path / "file"])
    with watched.reading(told.append, KeyFileMalformed):
        read_public(tmp_path / "file")
    assert len(told) == 1
    assert not watched.has_changed()


def test_what_passes_may_be_named_and_is_told_anew_after_it_went_well(
    tmp_path: Path,
) -> None:
    told: list[Exception] = []
    watched = Watched([tmp_path], passing=(NotNow,))
    for outcome in (NotNow(), NotNow(), None, NotNow()):
        with watched.reading(told.append, NotNow):
            if outcome is not None:
                raise outcome
        assert watched.has_changed() == (outcome is not None)
    assert len(told) == 2


def test_what_nobody_foresaw_is_raised(tmp_path: Path) -> None:
    watched = Watched([tmp_path])
    with pytest.raises(ZeroDivisionError), watched.reading(print, NotNow):
        raise ZeroDivisionError


def test_what_is_done_about_who_may_read_it_is_seen(reader: Reader) -> None:
    """Nothing of a file is another after `chmod`, but whether it may be used."""
    reader.path.chmod(0o644)
    told: list[Exception] = []
    followed = follow(reader, told)
    reader.path.write_text("two")
    reader.fails.append(KeyFileMalformed("others may read it; chmod 600"))
    assert (followed.get(), len(told)) == ("one", 1)
    reader.path.chmod(0o600)
    assert followed.get() == "two"
