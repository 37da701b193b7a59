"""The table of rules, written out for a source of four, twenty, 400 and 400,000."""

import re
from dataclasses import replace

import pytest

from sources.counted import Cut
from sources.judging.difference import Difference
from sources.judging.rules import RULES, Doubt, Finding, judge
from sources.judging.words import find_remedy, say_finding

COUNTS = set(Doubt) - {Doubt.FIRST_EMPTY, Doubt.TOTAL_DIFFERS, Doubt.OTHER_NUMBERS}
SIZES = (4, 20, 400, 400_000)
ALLOWED = {
    Doubt.CASES_GONE: (2, 2, 40, 5_000),
    Doubt.CASES_ENDED: (3, 5, 100, 10_000),
    Doubt.OPEN_THOUGH_OVER: (2, 2, 40, 5_000),
    Doubt.CASES_REOPENED: (2, 2, 40, 5_000),
    Doubt.OTHER_PERSON: (0, 0, 0, 0),
    Doubt.OTHER_KIND: (2, 2, 40, 5_000),
    Doubt.OTHER_STARTS: (2, 2, 40, 5_000),
    Doubt.OTHER_ENDS: (3, 5, 100, 10_000),
    Doubt.RECORDS_REJECTED: (5, 5, 100, 10_000),
    Doubt.CONTACTS_CHANGED: (10, 18, 360, 50_000),
    Doubt.OTHER_NUMBERS: (5, 10, 200, 2_000),
}
MEMBERS = {
    Doubt.CASES_GONE: "gone",
    Doubt.CASES_ENDED: "ended",
    Doubt.OPEN_THOUGH_OVER: "though_open",
    Doubt.CASES_REOPENED: "reopened",
    Doubt.OTHER_PERSON: "persons",
    Doubt.OTHER_KIND: "kinds",
    Doubt.OTHER_STARTS: "starts",
    Doubt.OTHER_ENDS: "ends",
    Doubt.RECORDS_REJECTED: "rejected",
    Doubt.CONTACTS_CHANGED: "contacts",
    Doubt.OTHER_NUMBERS: "numbers",
}
ROWS = [
    (doubt, size, allowed)
    for doubt, row in ALLOWED.items()
    for size, allowed in zip(SIZES, row, strict=True)
]


def a_difference(size: int, **changed: int | bool) -> Difference:
    """A file of so many known cases in which nothing changed; override one thing."""
    same = Difference(known=size, opened=size, read=size, read_before=size)
    return replace(same, **changed)  # type: ignore[arg-type]  # counts and two flags


def doubts(difference: Difference) -> list[Doubt]:
    return [finding.doubt for finding in judge(difference)]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_changes_nothing_is_not_asked_about(size: int) -> None:
    assert judge(a_difference(size)) == ()


@pytest.mark.parametrize(("doubt", "size", "allowed"), ROWS)
def test_so_many_go_unasked(doubt: Doubt, size: int, allowed: int) -> None:
    assert doubts(a_difference(size, **{MEMBERS[doubt]: allowed})) == []


@pytest.mark.parametrize(("doubt", "size", "allowed"), ROWS)
def test_one_more_is_asked_about(doubt: Doubt, size: int, allowed: int) -> None:
    found = judge(a_difference(size, **{MEMBERS[doubt]: allowed + 1}))
    assert found == (Finding(doubt, allowed + 1, size),)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_without_a_record_is_asked_about_where_signals_stand(size: int) -> None:
    """That it is older too, or undoes the last delivery, is no question beside that."""
    for also in ({}, {"replayed": True}, {"turned": size, "reverted": size}):
        empty = a_difference(size, read=0, gone=size, **also)
        assert judge(empty) == (Finding(Doubt.NOTHING_READ, size, size),)


def test_a_source_without_a_signal_may_send_an_empty_file_but_not_as_its_first() -> (
    None
):
    assert judge(Difference()) == ()
    assert doubts(Difference(is_first_and_empty=True)) == [Doubt.FIRST_EMPTY]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("total", [1, 5, 500_000])
def test_a_total_of_other_than_was_read_is_asked_about(size: int, total: int) -> None:
    found = judge(a_difference(size, total=total, counted=size))
    assert found == (Finding(Doubt.TOTAL_DIFFERS, total, size),)
    assert say_finding(found[0]) == f"De totaalregel zegt {total}, gelezen: {size}."


@pytest.mark.parametrize("size", SIZES)
def test_one_contact_of_longer_than_fifty_years_is_asked_about(size: int) -> None:
    assert doubts(a_difference(size, old_starts=1)) == [Doubt.OLD_STARTS]


def test_one_is_said_as_one_and_more_as_more() -> None:
    """No sentence about one case says "staan", and none about two says "staat"."""
    plural = re.compile(r"\b(staan|zijn|krijgen|verliezen|hebben|zouden|begonnen)\b")
    for doubt in COUNTS:
        one = say_finding(Finding(doubt, 1, 12)).split(". ")
        assert not any(plural.search(each) for each in one if "1 " in each), doubt
        assert plural.search(say_finding(Finding(doubt, 3, 12))), doubt
    gone = say_finding(Finding(Doubt.CASES_GONE, 1, 1))
    assert gone == "De enige bekende zaak staat niet meer in dit bestand."


@pytest.mark.parametrize("size", SIZES)
def test_one_row_that_a_quote_swallowed_is_asked_about(size: int) -> None:
    assert doubts(a_difference(size, swallowed=1)) == [Doubt.ROWS_SWALLOWED]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sign", ["replayed", "predates"])
def test_an_older_file_that_changes_something_is_asked_about(
    size: int, sign: str
) -> None:
    old = a_difference(size, new=1, **{sign: True})
    assert doubts(old) == [Doubt.OLDER_FILE]


@pytest.mark.parametrize("sign", ["replayed", "predates"])
def test_an_older_file_that_changes_nothing_is_not(sign: str) -> None:
    assert judge(a_difference(400, **{sign: True})) == ()


@pytest.mark.parametrize(
    ("turned", "reverted", "asked"),
    [
        (2, 2, [Doubt.OLDER_FILE]),
        (4, 2, []),
        (1, 1, []),
        (40, 21, [Doubt.OLDER_FILE]),
        (2_000, 5, []),
    ],
)
def test_undoing_most_of_the_last_delivery_is_an_older_file(
    turned: int, reverted: int, asked: list[Doubt]
) -> None:
    assert doubts(a_difference(400, turned=turned, reverted=reverted)) == asked


@pytest.mark.parametrize("size", SIZES)
def test_signals_of_a_lost_outbox_are_cases_that_were_told(size: int) -> None:
    """Also where nothing differs somebody says that they are of the same persons."""
    anew = a_difference(size, strays=size, new=size)
    assert judge(anew) == (Finding(Doubt.OLD_PERSONS, size, size),)
    lost = replace(anew, lost=size, new=0)
    gone = Finding(Doubt.CASES_GONE, size, size)
    assert judge(lost) == (gone, Finding(Doubt.OLD_PERSONS, size, size))
    empty = replace(lost, read=0)
    assert doubts(empty) == [Doubt.NOTHING_READ, Doubt.OLD_PERSONS]


STAKES = ("gone", "spared", "ended", "persons", "kinds", "sooner")
AT_STAKE = {
    4: ({"gone": 2, "ended": 1}, {"gone": 2, "ended": 2}),
    20: ({"gone": 2, "ended": 3}, {"gone": 2, "kinds": 1, "ended": 3}),
    400: ({"spared": 40, "ended": 60}, {"gone": 40, "kinds": 40, "sooner": 21}),
    400_000: ({"gone": 5_000, "kinds": 5_000}, {"gone": 5_000, "ended": 5_001}),
}


@pytest.mark.parametrize("size", SIZES)
def test_what_each_rule_lets_through_is_weighed_together(size: int) -> None:
    ordinary, much = AT_STAKE[size]
    assert judge(a_difference(size, **ordinary)) == ()
    found = judge(a_difference(size, **much))
    assert found == (Finding(Doubt.FLAGS_AT_STAKE, sum(much.values()), size),)


def test_each_way_to_lose_a_flag_is_in_the_sum() -> None:
    """Of 400 each part is few; 101 together are one too many, and each counts.

    One case of another person is asked about whatever the sum is.
    """
    much = dict.fromkeys(STAKES, 19) | {"persons": 4, "ended": 21}
    assert sum(much.values()) == 101
    alone = [Doubt.OTHER_PERSON]
    assert doubts(a_difference(400, **much)) == [*alone, Doubt.FLAGS_AT_STAKE]
    for one in STAKES:
        assert doubts(a_difference(400, **much | {one: much[one] - 1})) == alone


def test_one_part_that_is_all_of_it_is_asked_about_alone() -> None:
    assert doubts(a_difference(12, ended=12)) == [Doubt.CASES_ENDED]
    both = a_difference(12, ended=10, gone=2)
    assert doubts(both) == [Doubt.CASES_ENDED, Doubt.FLAGS_AT_STAKE]


@pytest.mark.parametrize("changed", ["new", "starts", "ends", "kinds"])
def test_an_older_file_is_asked_about_for_whatever_it_changes(changed: str) -> None:
    old = a_difference(400, predates=True, **{changed: 1})
    assert judge(old) == (Finding(Doubt.OLDER_FILE, 1, 400),)


def test_of_an_older_file_both_its_age_and_another_person_are_asked_about() -> None:
    old = a_difference(400, predates=True, persons=1)
    assert doubts(old) == [Doubt.OTHER_PERSON, Doubt.OLDER_FILE]


def test_what_stays_because_of_a_reject_counts_as_gone_when_so_much_is() -> None:
    assert doubts(a_difference(400, spared=41)) == [Doubt.CASES_GONE]


@pytest.mark.parametrize(
    ("name", "allowed", "doubt"),
    [
        ("rejected", 100, Doubt.RECORDS_REJECTED),
        ("though_open", 40, Doubt.OPEN_THOUGH_OVER),
    ],
)
def test_what_was_let_through_before_is_not_asked_about_each_day(
    name: str, allowed: int, doubt: Doubt
) -> None:
    as_before = a_difference(400, **{name: 240, f"{name}_before": 240})
    assert judge(as_before) == ()
    more = {f"{name}_before": 240, name: 241 + allowed}
    assert doubts(a_difference(400, **more)) == [doubt]


def test_what_an_older_file_reopens_is_asked_about_once() -> None:
    old = a_difference(400, turned=50, reverted=50, reopened=50)
    assert doubts(old) == [Doubt.OLDER_FILE]
    assert doubts(replace(old, turned=200)) == [Doubt.CASES_REOPENED]


def test_each_doubt_has_a_rule_a_sentence_and_a_remedy() -> None:
    assert {rule.doubt for rule in RULES} == {*Doubt}
    for doubt in Doubt:
        assert say_finding(Finding(doubt, 3, 7)).endswith(".")
        assert find_remedy(doubt)


def test_a_sentence_names_the_cases_and_says_how_many_more() -> None:
    names = [f"2026-{n:04}" for n in range(1, 16)]
    said = say_finding(Finding(Doubt.OTHER_PERSON, 15, 20), names, Cut(12, "alle: x"))
    assert said.startswith(
        "15 van 20 bekende zaken krijgen een andere persoon: 2026-0001, 2026-0002"
    )
    assert said.endswith("2026-0012 en nog 3 (alle: x).")


def test_a_number_that_partners_share_is_named_once() -> None:
    said = say_finding(Finding(Doubt.CASES_GONE, 4, 9), ["Z-1", "Z-1", "Z-2"])
    assert said.endswith(": Z-1 (2 keer), Z-2 en nog 1 (meer is hier niet bekend).")
