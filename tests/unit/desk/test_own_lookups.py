"""What I looked up: households whole, still to call first, days as they are here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest

from desk.lookup_notes import Note
from desk.own_lookups import History, make_history
from signal_index.wire.lookups import OwnLookups

NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
PLACES = cycle(range(256))  # ids of one lookup are alike but for the last byte
EVENING = datetime.fromisoformat("2026-11-23T23:30:00+00:00")  # the 24th, here


def a_lookup(
    at: datetime = NOON,
    *outcomes: str | None,
    act: bytes | None = None,
    **changes: object,
) -> dict[str, Any]:
    act = act or sha256(at.isoformat().encode()).digest()[:15]
    entry = str(UUID(bytes=act + bytes([next(PLACES)])))
    flags: list[dict[str, Any]] = [
        {
            "entryId": entry,
            "place": place,
            "categoryShort": "bijstand",
            "coordinates": False,
            "own": False,
            "tells": True,
            "organisation": "Werkplein",
            "shownBy": None,
            "contactOutcome": outcome,
            "answer": None,
            "contact": None,
            "again": False,
            "alsoAt": [],
        }
        for place, outcome in enumerate(outcomes)
    ]
    return {
        "entryId": entry,
        "content": "readable",
        "repeats": [],
        "at": at.isoformat().replace("+00:00", "Z"),
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Onderzoek na een melding",
        "aboutSafety": False,
        "caseReference": "hmac",
        "outcome": "answered",
        "contactOutcome": None,
        "outcomeUntil": (at + timedelta(days=14)).isoformat().replace("+00:00", "Z"),
        "flags": flags,
        **changes,
    }


def history(*items: dict[str, Any], next_: str | None = None) -> History:
    found = OwnLookups.model_validate_json(
        OwnLookups.model_validate(
            {"items": list(items), "closedDays": [], "next": next_}
        ).model_dump_json()
    )
    return make_history(found, {})


def test_persons_of_one_lookup_are_one_line_and_of_two_are_two() -> None:
    later = NOON + timedelta(minutes=5)
    found = history(a_lookup(later), a_lookup(), a_lookup(), a_lookup())
    (day,) = found.days
    assert [len(one.persons) for one in day.asked] == [1, 3]


def test_two_lookups_of_one_minute_are_two_lines() -> None:
    """Of the same case for the same purpose, too: the minute alone is told of them."""
    found = history(a_lookup(act=bytes(15)), a_lookup(act=b"\x01" * 15))
    assert [len(one.persons) for one in found.days[0].asked] == [1, 1]


@pytest.mark.parametrize(
    ("outcomes", "to_call"),
    [
        (("contact-made", None), True),
        (("not-reachable",), True),
        (("contact-made", "already-known"), False),
        (("citizen-says-ended",), False),
        ((), False),
    ],
)
def test_who_did_not_answer_is_still_to_call(
    outcomes: tuple[str | None, ...],
    to_call: bool,  # noqa: FBT001 - a case
) -> None:
    found = history(a_lookup(NOON, *outcomes))
    assert bool(found.to_call) is to_call
    assert bool(found.days) is not to_call


def test_within_a_person_what_is_still_to_call_stands_first() -> None:
    outcomes = ("contact-made", None, "not-needed", "not-reachable")
    (asked,) = history(a_lookup(NOON, *outcomes)).to_call
    shown = asked.persons[0].flags or ()
    assert [flag.place for flag in shown] == [1, 3, 0, 2]


def test_the_own_organisation_need_not_be_called() -> None:
    row = a_lookup(NOON, None)
    row["flags"][0]["own"] = True
    assert history(row).to_call == []


def test_what_was_looked_up_again_is_called_for_once() -> None:
    again = a_lookup(NOON, None)
    again["flags"][0]["again"] = True
    found = history(a_lookup(NOON + timedelta(hours=1), None), again)
    assert (len(found.to_call), len(found.days)) == (1, 1)


def test_what_counts_no_more_is_not_called_for() -> None:
    assert history(a_lookup(flags=None)).to_call == []


def test_what_was_about_safety_is_marked() -> None:
    shown = history(a_lookup(EVENING, aboutSafety=True), a_lookup(NOON))
    assert [one.about_safety for day in shown.days for one in day.asked] == [
        True,
        False,
    ]


def test_days_are_those_of_the_netherlands() -> None:
    found = history(a_lookup(EVENING), a_lookup(NOON))
    assert [one.day for one in found.days] == [date(2026, 11, 24), date(2026, 11, 23)]


def test_no_household_is_cut_in_two_by_the_end_of_a_page() -> None:
    whole, begun = a_lookup(NOON + timedelta(hours=1)), a_lookup()
    found = history(whole, begun, next_=begun["entryId"])
    assert [len(day.asked) for day in found.days] == [1]
    assert found.older == UUID(whole["entryId"])


def test_a_page_of_one_household_is_shown_all_the_same() -> None:
    one, other = a_lookup(), a_lookup()
    found = history(one, other, next_=other["entryId"])
    assert len(found.days[0].asked[0].persons) == 2
    assert found.older == UUID(other["entryId"])


def test_persons_stand_in_the_order_asked() -> None:
    items = [a_lookup() for _ in range(3)]
    ids = [UUID(one["entryId"]) for one in items]
    notes = {
        ids[0]: Note("Z-1", 3, 3),
        ids[1]: Note("Z-1", 1, 3),
        ids[2]: Note("Z-1", 2, 3),
    }
    found = make_history(
        OwnLookups.model_validate({"items": items, "closedDays": [], "next": None}),
        notes,
    )
    (asked,) = found.days[0].asked
    assert [one.number for one in asked.persons] == [1, 2, 3]
    assert [one.lookup.entryId for one in asked.persons] == [ids[1], ids[2], ids[0]]
    assert asked.case == "Z-1"
