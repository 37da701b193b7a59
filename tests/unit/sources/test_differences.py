"""What one case asks for, given what was told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.wire.signals import WithdrawalReason
from sources.outbox.differences import (
    NOTHING,
    Current,
    Difference,
    Told,
    compare,
    derive_valid_until,
)

TODAY = date(2026, 11, 22)
TOLD = Told(b"p", b"f", "bijstand", "9901", date(2027, 9, 30))
NOW = Current(b"p", b"f", "bijstand", "9901", date(2027, 9, 30))


def test_the_same_is_nothing() -> None:
    assert compare(TOLD, NOW, months=12, today=TODAY) == NOTHING


def test_what_was_never_told_is_published() -> None:
    assert compare(None, NOW, months=12, today=TODAY) == Difference(publish=True)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"person": b"q"}, WithdrawalReason.ENTERED_IN_ERROR),
        ({"category": "wmo-maatwerk"}, WithdrawalReason.ENDED),
        ({"municipality": "9902"}, WithdrawalReason.ENDED),
    ],
)
def test_another_signal_takes_the_old_one_back(
    changed: dict[str, str], reason: WithdrawalReason
) -> None:
    found = compare(TOLD, replace(NOW, **changed), months=12, today=TODAY)  # type: ignore[arg-type]  # one field of its own type
    assert found == Difference(reason, publish=True)


def test_a_changed_fingerprint_is_a_newer_version() -> None:
    found = compare(TOLD, replace(NOW, fingerprint=b"g"), months=12, today=TODAY)
    assert found == Difference(publish=True)


@pytest.mark.parametrize(("days_left", "told_again"), [(181, False), (179, True)])
def test_a_signal_is_confirmed_in_the_second_half_of_its_time(
    days_left: int, *, told_again: bool
) -> None:
    told = replace(TOLD, valid_until=TODAY + timedelta(days=days_left))
    found = compare(told, NOW, months=12, today=TODAY)
    assert found.publish is told_again


def test_a_signal_at_its_own_limit_is_not_told_again() -> None:
    limit = TODAY + timedelta(days=3)
    told, now = replace(TOLD, valid_until=limit), replace(NOW, valid_until=limit)
    assert compare(told, now, months=12, today=TODAY) == NOTHING


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(6, 24))
def test_a_signal_told_today_lives_but_never_too_long(day: date, months: int) -> None:
    until = derive_valid_until(None, months, today=day)
    assert day < until <= day + timedelta(days=31 * months)
