"""A watched folder: nothing is taken too early, twice, or lost."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from sources.errors import FolderRefused
from sources.intake.folder import ROOMS, Folder, Taken

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUIET = timedelta(seconds=30)
KEEP = timedelta(days=7)
WAITING = UUID(int=7)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path, quiet=QUIET, keep=KEEP)
    made.prepare()
    return made


def put(
    root: Path, name: str, *, age: int = 60, text: str = "x", room: str = "inbox"
) -> Path:
    path = root / room / name
    path.write_text(text)
    moment = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(path, (moment, moment))
    return path


def look_twice(folder: Folder) -> list[str]:
    folder.find_ready(NOW)
    return [path.name for path in folder.find_ready(NOW)]


def names(root: Path, room: str) -> list[str]:
    return sorted(path.name for path in (root / room).iterdir())


def test_a_file_that_lies_still_is_ready_at_the_second_look(
    folder: Folder, tmp_path: Path
) -> None:
    put(tmp_path, "a.csv")
    assert folder.find_ready(NOW) == []
    assert [path.name for path in folder.find_ready(NOW)] == ["a.csv"]


def test_a_file_that_grew_between_two_looks_is_left_alone(
    folder: Folder, tmp_path: Path
) -> None:
    put(tmp_path, "a.csv")
    folder.find_ready(NOW)
    put(tmp_path, "a.csv", text="xx")
    assert folder.find_ready(NOW) == []
    assert [path.name for path in folder.find_ready(NOW)] == ["a.csv"]


def test_a_file_that_was_written_just_now_is_left_alone(
    folder: Folder, tmp_path: Path
) -> None:
    put(tmp_path, "a.csv", age=5)
    assert look_twice(folder) == []


def test_a_clock_that_is_behind_does_not_hold_a_file_up_for_ever(
    folder: Folder, tmp_path: Path
) -> None:
    put(tmp_path, "a.csv", age=-86_400)
    assert look_twice(folder) == ["a.csv"]


@pytest.mark.parametrize(
    "name", [".a.csv", "a.csv.part", "a.csv.TMP", "~$a.xlsx", "a.filepart"]
)
def test_a_name_that_says_unfinished_is_left_alone(
    folder: Folder, tmp_path: Path, name: str
) -> None:
    put(tmp_path, name)
    assert look_twice(folder) == []


def test_an_empty_file_a_folder_and_a_link_are_left_alone(
    folder: Folder, tmp_path: Path
) -> None:
    put(tmp_path, "leeg.csv", text="")
    (tmp_path / "inbox" / "map").mkdir()
    secret = put(tmp_path, "geheim", room="done")
    (tmp_path / "inbox" / "link.csv").symlink_to(secret)
    assert look_twice(folder) == []


def test_the_oldest_comes_first(folder: Folder, tmp_path: Path) -> None:
    for name, age in (("a.csv", 60), ("b.csv", 120), ("c.csv", 60)):
        put(tmp_path, name, age=age)
    assert look_twice(folder) == ["b.csv", "a.csv", "c.csv"]


def test_what_is_taken_stands_in_working_and_nowhere_else(
    folder: Folder, tmp_path: Path
) -> None:
    taken = folder.take(put(tmp_path, "a.csv"))
    assert taken
    assert names(tmp_path, "inbox") == []
    assert names(tmp_path, "working") == [taken.path.name]
    assert folder.find_taken() == [taken]


def test_what_somebody_else_took_is_not_taken(folder: Folder, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv")
    assert folder.take(path)
    assert folder.take(path) is None


def test_a_file_that_waits_is_known_by_its_delivery_also_after_a_crash(
    folder: Folder, tmp_path: Path
) -> None:
    taken = folder.take(put(tmp_path, "a-b.csv"))
    assert taken
    folder.hold(taken, WAITING)
    assert names(tmp_path, "working") == []
    ((delivery, kept),) = Folder(tmp_path, quiet=QUIET, keep=KEEP).find_held()
    assert delivery == WAITING
    folder.finish(kept, NOW)
    assert names(tmp_path, "done")[0].endswith("a-b.csv")


def test_two_files_of_one_name_are_both_kept(folder: Folder, tmp_path: Path) -> None:
    for text in ("een", "twee"):
        taken = folder.take(put(tmp_path, "a.csv", text=text))
        assert taken
        folder.finish(taken, NOW)
    texts = {path.read_text() for path in (tmp_path / "done").iterdir()}
    assert texts == {"een", "twee"}


def test_a_delivered_file_bears_the_number_that_its_rejects_name(
    folder: Folder, tmp_path: Path
) -> None:
    taken = folder.take(put(tmp_path, "WMO301-a.xml"))
    assert taken
    folder.finish(taken, NOW, number=12)
    (name,) = names(tmp_path, "done")
    assert name.startswith("20261122T120000Z-00012-")
    assert name.endswith("-WMO301-a.xml")


def test_a_failed_file_has_its_reason_beside_it(folder: Folder, tmp_path: Path) -> None:
    taken = folder.take(put(tmp_path, "a.csv"))
    assert taken
    folder.fail(taken, "Het bestand is geen CSV.", NOW)
    file, note = names(tmp_path, "failed")
    assert note == f"{file}.reden.txt"
    assert "geen CSV" in (tmp_path / "failed" / note).read_text()


def test_what_was_delivered_is_deleted_after_its_days(
    folder: Folder, tmp_path: Path
) -> None:
    taken = folder.take(put(tmp_path, "a.csv"))
    assert taken
    folder.finish(taken, NOW)
    moved = datetime.now(UTC)  # noqa: TID251 - the system sets the time of a move
    assert folder.forget_old(moved + timedelta(days=6)) == 0
    assert folder.forget_old(moved + timedelta(days=8)) == 1
    assert names(tmp_path, "done") == []


def test_a_name_like_the_marks_comes_through(folder: Folder, tmp_path: Path) -> None:
    for name in ("-", "a-b-c.csv", "geen streepje.csv"):
        taken = folder.take(put(tmp_path, name))
        assert isinstance(taken, Taken)
        folder.finish(taken, NOW)
    assert len(names(tmp_path, "done")) == 3


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("")
    with pytest.raises(FolderRefused):
        Folder(tmp_path / "bestand", quiet=QUIET, keep=KEEP).prepare()


def test_nobody_else_may_look_into_the_rooms(folder: Folder, tmp_path: Path) -> None:
    del folder
    assert {(tmp_path / room).stat().st_mode & 0o777 for room in ROOMS} == {0o700}
