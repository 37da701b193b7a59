"""Lookups as the ledger keeps them, and cells as they are counted."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from signal_index.keyring import YearKeys
from signal_index.ledger import (
    DecisionGroup,
    DisclosureKey,
    Entry,
    Outcome,
    RoleGroup,
    WhyGroup,
    build_entry,
)
from signal_index.overview.counts import Cell, Counts, FlagCell, UserCell
from tests.ledger_builders import (
    a_disclosure_key,
    a_person,
    a_shown,
    an_id,
    some_entropy,
    some_facts,
)

WORKDAY = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
"""A Wednesday, 11:00 in the Netherlands."""

YEAR_KEYS = YearKeys({year: a_disclosure_key(year) for year in (2025, 2026, 2027)})
_numbers = count(1)


def a_lookup(
    at: datetime = WORKDAY, *, person: int = 1, flags: int = 1, **changes: object
) -> Entry:
    """An answered lookup about this person, by user-1 of team west."""
    number, own = next(_numbers), dict[str, Any](changes)
    outcome: Outcome = own.pop("outcome", Outcome.ANSWERED)
    why = WhyGroup(
        "wmo-onderzoek", "wmo-2015-2.3.2", break_glass=own.pop("break_glass", None)
    )
    given = {
        "entry": an_id(number, at),
        "recorded_at": at,
        "outcome": outcome,
        "person": a_person(1, person.to_bytes(32)),
        "role": RoleGroup(("generalist",), own.pop("team", "west")),
        "why": why,
        "what": a_shown(flags if outcome is Outcome.ANSWERED else 0),
        "decision": DecisionGroup(outcome, (), own.pop("repeat", False)),
    }
    key: DisclosureKey = own.pop("key", a_disclosure_key(at.year))
    facts = some_facts(number, **(given | own))
    return build_entry(facts, entropy=some_entropy(number), key=key)


def a_cell(**changes: object) -> Cell:
    """An answered lookup in office hours that showed a flag."""
    values: dict[str, Any] = {
        "team": "west",
        "purpose": "wmo-onderzoek",
        "outcome": "answered",
        "is_hit": True,
        "off_hours": False,
        "break_glass": False,
        "repeated": False,
        "follow_up": (),
    }
    return Cell(**(values | changes))


def a_flag(follow_up: str | None = None, **changes: object) -> FlagCell:
    """A flag that team west was shown."""
    values: dict[str, Any] = {"team": "west", "purpose": "wmo-onderzoek"}
    return FlagCell(**(values | {"follow_up": follow_up} | changes))


def a_user(sub: str = "user-1", **changes: object) -> UserCell:
    """Somebody of team west who looked as people do."""
    values: dict[str, Any] = {
        "sub": sub,
        "team": "west",
        "purpose": "wmo-onderzoek",
        "off_hours": False,
        "refused": False,
        "break_glass": False,
        "repeated": False,
    }
    return UserCell(**(values | changes))


def some_counts(
    cells: Mapping[Cell, int] | None = None,
    users: Mapping[UserCell, int] | None = None,
    flags: Mapping[FlagCell, int] | None = None,
) -> Counts:
    """Counts of these cells; none are given where nothing is."""
    return Counts(Counter(cells or {}), Counter(users or {}), 0, Counter(flags or {}))
