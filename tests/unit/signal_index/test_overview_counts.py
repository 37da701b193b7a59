"""Counting: what a cell holds, what office hours are, when a day is final."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.days import day_of
from signal_index.ledger import Outcome
from signal_index.overview.counts import (
    Cell,
    Counts,
    add_all,
    encode_counts,
    narrow,
    parse_counts,
)
from signal_index.overview.days import Counted, Stage, days_to_count, stage_of
from signal_index.overview.facts import LookupSeen, count_lookups
from signal_index.overview.hours import bounds_of, is_off_hours
from signal_index.overview.sealing import (
    NONCE_BYTES,
    CountedDay,
    open_counts,
    seal_counts,
)
from signal_index.proof import DisclosureRefused, MalformedProof, parse_disclosure
from tests.ledger_builders import a_disclosure_key
from tests.overview_builders import a_cell, a_flag, a_lookup, a_user, some_counts

DAY = date(2026, 11, 18)
PLACE = CountedDay(DAY, "9901", "00000001234567890000")


def _seen(**changes: object) -> LookupSeen:
    return _beside(repeated=False, said={}, **changes)


def _beside(
    *, repeated: bool, said: Mapping[int | None, str], **changes: object
) -> LookupSeen:
    """One lookup with what other rows tell of it."""
    entry = a_lookup(**changes)  # type: ignore[arg-type]  # fields by name
    groups = {
        group: parse_disclosure(text).value for group, text in entry.disclosures.items()
    }
    return LookupSeen(entry.facts.recorded_at, groups, repeated, said)


def _only_cell(seen: LookupSeen) -> Cell:
    (cell,) = count_lookups([seen]).cells
    return cell


def test_an_answered_lookup_is_counted_with_team_purpose_and_follow_up() -> None:
    cell = _only_cell(_beside(repeated=True, said={0: "contact-made"}))
    assert cell == a_cell(repeated=True, follow_up=("contact-made",))


def test_what_came_of_each_flag_is_counted_beside_the_lookup() -> None:
    said: dict[int | None, str] = {0: "not-reachable", 2: "contact-made"}
    counts = count_lookups([_beside(repeated=False, said=said, flags=3)])
    assert dict(counts.cells) == {
        a_cell(follow_up=("contact-made", "not-reachable")): 1
    }
    assert dict(counts.flags) == {
        a_flag("not-reachable"): 1,
        a_flag("contact-made"): 1,
        a_flag(): 1,
    }


def test_flags_shown_again_after_a_lost_connection_are_no_second_flags() -> None:
    counts = count_lookups([_seen(flags=2), _seen(flags=2, repeat=True)])
    assert dict(counts.flags) == {a_flag(): 2}


def test_a_miss_is_an_answer_without_flags() -> None:
    cell = _only_cell(_seen(flags=0))
    assert (cell.outcome, cell.is_hit) == ("answered", False)


def test_a_refusal_shows_nothing_and_repeats_nothing() -> None:
    cell = _only_cell(_beside(repeated=True, said={}, outcome=Outcome.REFUSED))
    assert (cell.outcome, cell.is_hit, cell.repeated) == ("refused", False, False)


def test_breaking_the_glass_is_seen() -> None:
    assert _only_cell(_seen(break_glass="acute-danger")).break_glass


def test_an_answer_given_again_after_a_lost_connection_is_no_second_lookup() -> None:
    counts = count_lookups([_seen(), _seen(repeat=True)])
    assert (counts.cells.total(), counts.retries) == (1, 1)


def test_who_looked_is_counted_apart_from_what_was_done() -> None:
    counts = count_lookups([_seen(who="user-2")])
    assert dict(counts.users) == {a_user("user-2"): 1}
    assert "user-2" not in str(counts.cells)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-18T04:59:59Z", True),  # Wednesday 05:59:59
        ("2026-11-18T05:00:00Z", False),
        ("2026-11-18T17:59:59Z", False),
        ("2026-11-18T18:00:00Z", True),  # 19:00
        ("2026-07-15T04:00:00Z", False),  # 06:00 in summer
        ("2026-11-20T22:59:59Z", True),  # Friday night
        ("2026-11-21T11:00:00Z", True),  # Saturday noon
        ("2026-11-22T11:00:00Z", True),  # Sunday noon
        ("2026-11-22T23:00:00Z", True),  # Monday 00:00
    ],
)
def test_office_hours_are_those_of_the_netherlands(
    instant: str,
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    assert is_off_hours(datetime.fromisoformat(instant)) is expected


def test_a_day_begins_at_midnight_here_and_may_have_25_hours() -> None:
    begins, ends = bounds_of(date(2026, 10, 25))
    assert ends - begins == timedelta(hours=25)
    assert day_of(begins) == day_of(ends - timedelta(seconds=1)) == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (datetime(2026, 11, 18, 23, 0, 30, tzinfo=UTC), Stage.PROVISIONAL),
        (datetime(2026, 11, 18, 23, 1, tzinfo=UTC), Stage.COMPLETE),
        (datetime(2026, 12, 2, 23, 1, tzinfo=UTC), Stage.SETTLED),
    ],
)
def test_a_count_is_final_when_nobody_can_say_anything_more(
    now: datetime, stage: Stage
) -> None:
    assert stage_of(DAY, now) is stage


def test_days_that_were_missed_and_days_that_got_older_are_counted() -> None:
    today = DAY + timedelta(days=20)
    now = bounds_of(today)[0] + timedelta(hours=12)
    counted = {
        DAY: Counted(DAY, Stage.COMPLETE, 3, now),
        DAY + timedelta(days=1): Counted(DAY, Stage.SETTLED, 3, now),
        today: Counted(today, Stage.PROVISIONAL, 0, now - timedelta(minutes=1)),
    }
    due = days_to_count(counted, DAY, today, now)
    assert DAY in due
    assert DAY + timedelta(days=1) not in due
    assert DAY + timedelta(days=2) in due
    assert today in due


def test_a_busy_day_that_goes_on_is_not_counted_every_minute() -> None:
    now = bounds_of(DAY)[0] + timedelta(hours=12)
    busy = Counted(DAY, Stage.PROVISIONAL, 30_000, now - timedelta(minutes=1))
    assert days_to_count({DAY: busy}, DAY, DAY, now) == []


CELLS = st.builds(
    a_cell,
    team=st.sampled_from(["west", "oost", None]),
    purpose=st.sampled_from(["wmo-onderzoek", None]),
    is_hit=st.booleans(),
    follow_up=st.sampled_from([("contact-made",), ("a", "b"), ()]),
)
COUNTS = st.builds(
    some_counts,
    st.dictionaries(CELLS, st.integers(1, 9)),
    st.dictionaries(st.builds(a_user, st.text()), st.integers(1, 9)),
    st.dictionaries(
        st.builds(a_flag, st.sampled_from(["contact-made", None])), st.integers(1, 9)
    ),
)


@given(COUNTS)
def test_counts_come_back_as_they_were_stored(counts: Counts) -> None:
    assert parse_counts(encode_counts(counts)) == counts


@given(COUNTS, COUNTS)
def test_days_add_up_in_any_order(one: Counts, other: Counts) -> None:
    assert add_all([one, other]) == add_all([other, one]) == one + other


@given(st.binary())
def test_junk_is_no_count(junk: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_counts(junk)


def test_narrowing_keeps_a_team_and_a_purpose() -> None:
    counts = some_counts({a_cell(): 2, a_cell(team="oost"): 3})
    assert narrow(counts, team="oost", purpose=None).cells.total() == 3
    assert narrow(counts, team=None, purpose="wmo-onderzoek").cells.total() == 5
    assert narrow(counts, team="west", purpose="veiligheid").cells.total() == 0


def test_sealed_counts_open_in_their_own_place_only() -> None:
    key, counts = a_disclosure_key(), some_counts({a_cell(): 2})
    sealed = seal_counts(PLACE, counts, key=key, nonce=bytes(NONCE_BYTES))
    assert open_counts(PLACE, sealed, key=key) == counts
    elsewhere = CountedDay(DAY, "9901", "00000001234567890001")
    with pytest.raises(DisclosureRefused):
        open_counts(elsewhere, sealed, key=key)


def test_the_length_of_sealed_counts_does_not_tell_how_many_there_are() -> None:
    key = a_disclosure_key()
    one, many = (
        seal_counts(PLACE, some_counts({a_cell(): n}), key=key, nonce=bytes(12))
        for n in (1, 100_000)
    )
    assert len(one) == len(many)
