"""Which sources an answer names, and when it calls one late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from signal_index.taking_part import Coverage, Heard, InTrial, find_heard, is_stale
from tests.holders_builders import NOON, SOURCE_OIN

HOUR = timedelta(hours=1)
HEARD_NOW = Coverage(SOURCE_OIN, 7, NOON)


def _heard(in_trial: InTrial, covering: Coverage = HEARD_NOW) -> list[Heard]:
    return list(find_heard([covering], in_trial, NOON + HOUR))


@pytest.mark.parametrize(("days", "stale"), [(14, False), (15, True)])
def test_a_source_is_stale_after_twice_its_rhythm(days: int, *, stale: bool) -> None:
    assert is_stale(NOON - timedelta(days=days), 7, NOON) is stale


def test_a_source_never_heard_is_stale() -> None:
    assert is_stale(None, 7, NOON)


def test_a_live_source_is_named_as_it_was_heard() -> None:
    assert _heard({}) == [Heard(SOURCE_OIN, NOON, stale=False)]


def test_a_source_that_was_never_live_is_not_named() -> None:
    assert _heard({SOURCE_OIN: None}) == []


def test_a_source_that_went_back_is_late_however_much_it_delivers_since() -> None:
    until = NOON - HOUR
    assert _heard({SOURCE_OIN: until}) == [Heard(SOURCE_OIN, until, stale=True)]


def test_a_source_that_went_back_was_heard_when_it_was_heard() -> None:
    until = NOON + HOUR
    assert _heard({SOURCE_OIN: until}) == [Heard(SOURCE_OIN, NOON, stale=True)]


def test_a_source_that_went_back_unheard_stays_unheard() -> None:
    never = Coverage(SOURCE_OIN, 7, None)
    assert _heard({SOURCE_OIN: NOON}, never) == [Heard(SOURCE_OIN, None, stale=True)]


def test_silence_of_a_source_by_hand_is_no_lateness_and_says_so() -> None:
    by_hand = Coverage("1" * 20, 1, None, by_hand=True)
    exporting = Coverage("2" * 20, 1, None)
    first, second = find_heard([by_hand, exporting], {}, NOON)
    assert (first.stale, first.by_hand) == (False, True)
    assert (second.stale, second.by_hand) == (True, False)
