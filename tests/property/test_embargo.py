"""An embargo only ever takes away, and what it leaves is what was there before."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from signal_index.citizens.embargo import find_embargo_categories, withhold_entries
from signal_index.citizens.reported import tell_entry
from signal_index.labels import Labels
from signal_index.proof import Group, Kind
from signal_index.wire.citizen_reports import (
    ReportedCheck,
    ReportedEntry,
)
from tests.policy_builders import the_catalogue

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PURPOSES = [*(str(one) for one in the_catalogue().purposes), "gone", ""]
CATEGORIES = [str(one) for one in the_catalogue().categories]
HELD = sorted(str(one) for one in find_embargo_categories(the_catalogue()))


@st.composite
def entries(draw: st.DrawFn) -> list[ReportedEntry]:
    """Lookups and searches of any purpose, that showed anything."""
    return [
        tell_entry(
            {
                Group.WHY: {"purpose": draw(st.sampled_from(PURPOSES))},
                Group.WHAT: {
                    "flags": [
                        {"category": category, "source": "0" * 20}
                        for category in draw(st.lists(st.sampled_from(CATEGORIES)))
                    ]
                },
                Group.DECISION: {},
            },
            Labels(the_catalogue(), {}),
            entry=UUID(int=place),
            kind=draw(st.sampled_from([Kind.LOOKUP, Kind.MATCH, Kind.SEARCH])),
            at=AT,
            organisation="0" * 20,
        )
        for place in range(draw(st.integers(0, 8)))
    ]


held_categories = st.frozensets(st.sampled_from(HELD))


@given(entries(), held_categories)
def test_what_is_left_keeps_its_order_and_shows_nothing_embargoed(
    found: list[ReportedEntry], held: frozenset[str]
) -> None:
    left = withhold_entries(found, held, the_catalogue())
    assert [one for one in found if one in left] == list(left)
    shown = {
        flag.category
        for one in left
        if not isinstance(one, ReportedCheck)
        for flag in one.shown
    }
    assert shown.isdisjoint(held)


@given(entries(), held_categories, held_categories)
def test_a_second_embargo_never_brings_back_what_the_first_took_away(
    found: list[ReportedEntry],
    first: frozenset[str],
    second: frozenset[str],
) -> None:
    one = withhold_entries(found, first, the_catalogue())
    both = withhold_entries(found, first | second, the_catalogue())
    assert {each.entryId for each in both} <= {each.entryId for each in one}


@given(entries())
def test_without_an_embargo_nothing_is_left_out(
    found: list[ReportedEntry],
) -> None:
    assert list(withhold_entries(found, frozenset(), the_catalogue())) == found
