"""A register's mutations as it exports them: what is not told is said."""

from datetime import date
from pathlib import Path

import pytest

from signal_index.wire.person_events import PersonEventKind
from sources.errors import UnreadableFile
from sources.passed_over import PassedOver, Why
from sources.person_events import (
    Mutation,
    RegisterLayout,
    UnknownKind,
    read_mutations,
)
from sources.reasons import Reason
from sources.values import Reject
from tests.sources_builders import TODAY, a_number

LAYOUT = RegisterLayout(
    municipality="9901",
    delimiter=";",
    encoding="utf-8",
    dates=("%Y%m%d", "%d-%m-%Y"),
    bsn="BSN",
    kind="Soort",
    day="Ingang",
    deceased=("O",),
    moved_away=("V",),
)


Row = Mutation | UnknownKind | Reject | PassedOver


def read(folder: Path, *rows: str) -> list[Row]:
    file = folder / "mutaties.csv"
    file.write_text("\n".join(("BSN;Soort;Ingang", *rows)), "utf-8")
    return list(read_mutations(file, LAYOUT, today=TODAY))


def test_kinds_that_nobody_listed_are_counted_by_their_code(tmp_path: Path) -> None:
    rows = [f"{a_number(at)};{kind};20261101" for at, kind in enumerate("oOVH")]
    found = read(tmp_path, *rows, f"{a_number(5)};;20261101")
    codes = [each.code for each in found if isinstance(each, UnknownKind)]
    assert codes == ["o", "H", "(leeg)"]
    kinds = [each.kind for each in found if isinstance(each, Mutation)]
    assert kinds == [PersonEventKind.DECEASED, PersonEventKind.MOVED_AWAY]


def test_what_could_be_somebodys_is_not_shown_as_a_code(tmp_path: Path) -> None:
    rows = (f"{a_number(1)};{a_number(2)};20261101", f"1;{'naam ' * 9};20261101")
    assert read(tmp_path, *rows) == [UnknownKind("(geen code)")] * 2


def test_empty_rows_and_a_total_are_no_mutations_and_are_told(tmp_path: Path) -> None:
    row = f"{a_number(1)};O;20261101"
    first, *passed = read(tmp_path, "", row, ";;", "Totaal;1;", "")
    assert isinstance(first, Mutation)
    empty, total = PassedOver(Why.EMPTY, 2, (2, 4)), PassedOver(Why.TOTAL, 1, (5,))
    assert passed == [empty, total]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260000", date(2026, 1, 1)),
        ("20260500", date(2026, 5, 1)),
        ("00-05-2026", date(2026, 5, 1)),
    ],
)
def test_a_death_of_which_the_day_is_unknown_is_told(
    tmp_path: Path, text: str, day: date
) -> None:
    (found,) = read(tmp_path, f"{a_number(1)};O;{text}")
    assert isinstance(found, Mutation)
    assert found.on == day


@pytest.mark.parametrize("row", ["O;00000000", "O;20261300", "V;20260000"])
def test_a_day_that_says_too_little_is_a_reject(tmp_path: Path, row: str) -> None:
    (found,) = read(tmp_path, f"{a_number(1)};{row}")
    assert isinstance(found, Reject)
    assert found.reason is Reason.DATE_INVALID


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mutaties.csv"
    file.write_text("BSN;Code;Ingang\n", "utf-8")
    with pytest.raises(UnreadableFile, match="Soort"):
        list(read_mutations(file, LAYOUT, today=TODAY))
