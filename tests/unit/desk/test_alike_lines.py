"""Alike lines of one day are one on a citizen's report, and keep all their numbers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from desk.citizen_report import merge_alike
from tests.unit.desk.test_citizens_pages import LOOKUP, REFUSED

LATER = LOOKUP.model_copy(update={"at": LOOKUP.at + timedelta(hours=1)})
NEXT_DAY = LOOKUP.model_copy(update={"at": LOOKUP.at + timedelta(days=1)})


def test_what_says_the_same_on_one_day_is_one_line_with_all_its_numbers() -> None:
    other = LOOKUP.model_copy(update={"entryId": UUID(int=9), "proof": None})
    merged = merge_alike([NEXT_DAY, LATER, REFUSED, LOOKUP, other])
    assert [one.numbers for one in merged] == ["1", "2, 4-5", "3"]
    assert merged[1].times == [LATER.at, LOOKUP.at, LOOKUP.at]


def test_what_says_another_thing_stays_a_line_of_its_own() -> None:
    different: list[dict[str, object]] = [
        {"organisation": "Een ander"},
        {"roles": []},
        {"purposeLabel": "Iets anders"},
        {"breakGlass": "Iemand was in gevaar"},
        {"shown": []},
        {"repeat": True},
    ]
    for changed in different:
        other = LOOKUP.model_copy(update=changed)
        assert len(merge_alike([LOOKUP, other])) == 2, changed


def test_numbers_go_on_after_those_of_other_tables() -> None:
    (one,) = merge_alike([LATER, LOOKUP], after=7)
    assert one.numbers == "8-9"
