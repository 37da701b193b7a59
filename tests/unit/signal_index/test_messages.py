"""A wish for messages: for whom its token speaks, and what is worth a message."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keys.pseudonym import StoredPoint, parse_row_key_secret
from signal_index.citizens.embargo import find_embargo_categories, withhold_entries
from signal_index.citizens.messages import (
    LASTS_DAYS,
    Wanted,
    is_due,
    last_day,
    name_messages,
    open_message,
    seal_message,
)
from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.proof import Kind
from signal_index.row_keys import RowKeys
from tests.citizen_lines import a_match, a_told_entry
from tests.policy_builders import the_catalogue

TODAY = date(2026, 12, 1)
KEYS = YearKeys(
    {year: DisclosureKey(year, bytes([year % 100] * 32)) for year in (2025, 2026)}
)
POINT = StoredPoint(b"\x07" * 32)
WANTED = Wanted(POINT, "9901", last_day(TODAY))


def test_a_token_says_again_who_wants_messages_and_until_when() -> None:
    token = seal_message(KEYS, WANTED, TODAY)
    assert len(token) == 72
    assert open_message(KEYS, token, "9901") == WANTED
    assert WANTED.until - TODAY == timedelta(days=LASTS_DAYS)


def test_a_token_speaks_in_its_own_municipality_and_while_its_years_key_stands() -> (
    None
):
    token = seal_message(KEYS, WANTED, TODAY)
    assert open_message(KEYS, token, "9902") is None
    left = YearKeys({2025: KEYS.disclosures[2025]})
    assert open_message(left, token, "9901") is None
    assert open_message(KEYS, bytes(72), "9901") is None
    for place in range(0, 72, 5):
        changed = bytes(b ^ (place == n) for n, b in enumerate(token))
        assert open_message(KEYS, changed, "9901") is None


def test_no_two_tokens_of_one_person_are_alike() -> None:
    tokens = {seal_message(KEYS, WANTED, TODAY) for _ in range(20)}
    assert len(tokens) == 20
    assert len({one[2:14] for one in tokens}) == 20


def test_a_name_is_of_one_person_and_one_municipality() -> None:
    rows = RowKeys(parse_row_key_secret(bytes(range(64))))
    other = StoredPoint(b"\x08" * 32)
    names = [
        name_messages(rows, point, place)[0]
        for point in (POINT, other)
        for place in ("9901", "9902")
    ]
    assert len(set(names)) == 4
    assert name_messages(rows, POINT, "9901") == name_messages(rows, POINT, "9901")


@pytest.mark.parametrize(
    ("purpose", "shown"),
    [
        ("veiligheid", ()),
        ("veiligheid", ("bijstand",)),
        ("wmo-onderzoek", ("veilig-thuis",)),
        ("wmo-onderzoek", ("bijstand", "veilig-thuis")),
        ("left-the-catalogue", ()),
        ("", ()),
    ],
)
def test_what_is_about_safety_or_unknown_makes_no_message(
    purpose: str, shown: tuple[str, ...]
) -> None:
    assert not is_due([a_told_entry(purpose, *shown)], the_catalogue())


def test_who_looked_or_was_told_makes_one_and_an_officers_check_does_not() -> None:
    catalogue = the_catalogue()
    assert is_due([a_told_entry("wmo-onderzoek")], catalogue)
    assert is_due([a_told_entry("wmo-onderzoek", "bijstand")], catalogue)
    assert is_due([a_match("bijstand")], catalogue)
    assert not is_due([a_match("bijstand", "veilig-thuis")], catalogue)
    assert not is_due([a_told_entry("", kind=Kind.CITIZEN_REPORT)], catalogue)
    assert not is_due([], catalogue)


def test_whatever_an_embargo_keeps_out_would_have_made_no_message() -> None:
    """So an embargo that is placed, or lifted, changes no message."""
    catalogue = the_catalogue()
    kinds = find_embargo_categories(catalogue)
    for purpose in (*catalogue.purposes, "left-the-catalogue"):
        for shown in ((), ("bijstand",), *((kind,) for kind in kinds)):
            line = a_told_entry(str(purpose), *shown)
            for held in (frozenset({kind}) for kind in kinds):
                if not withhold_entries([line], held, catalogue):
                    assert not is_due([line], catalogue)
