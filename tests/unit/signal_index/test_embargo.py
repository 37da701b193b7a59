"""Where an embargo stands on a day, and what it keeps out of a report."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from keys.months import add_months
from policy.catalogue import parse_catalogue, shipped_texts
from signal_index.citizens.embargo import (
    EmbargoFacts,
    EmbargoState,
    is_allowed_end,
    judge_embargo,
    withhold_entries,
)
from signal_index.citizens.reported import LOOKUP_GROUPS, Use, tell_entry
from signal_index.labels import Labels
from signal_index.proof import Group, Kind
from signal_index.wire.citizen_reports import ReportedEntry, ReportedLookup
from tests.citizen_lines import a_told_entry
from tests.policy_builders import NOW, the_catalogue

TODAY = date(2026, 11, 22)
HELD = frozenset({"veilig-thuis"})


@pytest.mark.parametrize(("says", "team"), [("false", None), ("true", "Team Noord")])
def test_a_team_is_told_to_its_citizen_where_the_policy_says_so(
    says: str, team: str | None
) -> None:
    texts, name = shipped_texts(), "citizen-rights.toml"
    texts[name] = texts[name].replace("teams = false", f"teams = {says}")
    told = tell_entry(
        {
            Group.WHY: {"purpose": "wmo-onderzoek"},
            Group.WHAT: {"flags": []},
            Group.DECISION: {"outcome": "answered"},
            Group.ROLE: {"roles": ["generalist"], "team": "Team Noord"},
        },
        Labels(parse_catalogue(texts), {}),
        entry=UUID(int=1),
        kind=Kind.LOOKUP,
        at=NOW,
        organisation="0" * 20,
    )
    assert isinstance(told, ReportedLookup)
    assert told.team == team
    assert Group.ROLE not in Use.of(told).groups


def withhold(*entries: ReportedEntry, held: frozenset[str] = HELD) -> int:
    return len(withhold_entries(entries, held, the_catalogue()))


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (EmbargoFacts(TODAY, is_lifted=False, approval="open"), EmbargoState.AWAITING),
        (
            EmbargoFacts(TODAY, is_lifted=False, approval="approved"),
            EmbargoState.IN_FORCE,
        ),
        (
            EmbargoFacts(TODAY, is_lifted=False, approval="refused"),
            EmbargoState.REFUSED,
        ),
        (
            EmbargoFacts(TODAY, is_lifted=False, approval="withdrawn"),
            EmbargoState.REFUSED,
        ),
        (
            EmbargoFacts(TODAY, is_lifted=False, approval="expired"),
            EmbargoState.REFUSED,
        ),
        (EmbargoFacts(TODAY, is_lifted=True, approval="approved"), EmbargoState.LIFTED),
    ],
)
def test_an_embargo_stands_where_its_approval_and_lifting_put_it(
    standing: EmbargoFacts, state: EmbargoState
) -> None:
    assert judge_embargo(standing, TODAY) is state


def test_the_last_day_of_an_embargo_still_counts_and_the_next_does_not() -> None:
    standing = EmbargoFacts(TODAY, is_lifted=False, approval="approved")
    after = TODAY + timedelta(days=1)
    assert judge_embargo(standing, after) is EmbargoState.EXPIRED


def test_an_embargo_lasts_at_most_six_months() -> None:
    last = add_months(TODAY, 6)
    assert is_allowed_end(last, TODAY)
    assert not is_allowed_end(last + timedelta(days=1), TODAY)
    assert not is_allowed_end(TODAY - timedelta(days=1), TODAY)


def test_a_lookup_that_showed_an_embargoed_category_goes_whole() -> None:
    both = a_told_entry("jeugdhulp-toegang", "bijstand", "veilig-thuis")
    assert withhold(both) == 0


def test_a_lookup_for_safety_goes_also_when_it_showed_nothing() -> None:
    assert withhold(a_told_entry("veiligheid")) == 0


def test_other_lookups_stay() -> None:
    assert withhold(a_told_entry("wmo-onderzoek", "bijstand")) == 1


def test_without_an_embargo_everything_stays() -> None:
    assert withhold(a_told_entry("veiligheid", "veilig-thuis"), held=frozenset()) == 1


def test_a_lookup_for_a_purpose_that_is_gone_is_rather_hidden_than_known() -> None:
    assert withhold(a_told_entry("no-longer-there")) == 0


def test_an_officers_search_stays_under_an_embargo() -> None:
    assert withhold(a_told_entry("supervision", kind=Kind.SEARCH)) == 1


def test_a_citizen_is_never_shown_who_looked_nor_their_number_in_the_ledger() -> None:
    assert set(LOOKUP_GROUPS).isdisjoint({Group.WHO, Group.ROLE, Group.PERSON})
    assert Use.of(a_told_entry(kind=Kind.CITIZEN_REPORT)).groups == (Group.ABOUT,)
