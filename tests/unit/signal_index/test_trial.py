"""A trial without witnesses is short, and there is one of it."""

from datetime import UTC, date, datetime

import pytest

from signal_index.errors import SettingsRefused
from signal_index.store.witnessing import LedgerPast
from signal_index.trial import verify_trial

UNTIL = date(2026, 11, 22)
BEGAN = datetime(2026, 8, 22, 12, tzinfo=UTC)


def test_it_holds_until_the_end_of_its_last_day() -> None:
    past = LedgerPast(BEGAN, was_witnessed=False)
    verify_trial(UNTIL, past, datetime(2026, 11, 22, 22, 59, tzinfo=UTC))
    with pytest.raises(SettingsRefused, match="the trial ended"):
        verify_trial(UNTIL, past, datetime(2026, 11, 22, 23, tzinfo=UTC))


@pytest.mark.parametrize("began", [BEGAN, None], ids=["begun", "empty"])
def test_it_is_short_however_far_its_last_day_is_set(began: datetime | None) -> None:
    past = LedgerPast(began, was_witnessed=False)
    verify_trial(UNTIL, past, BEGAN)
    with pytest.raises(SettingsRefused, match="92 days"):
        verify_trial(date(2026, 11, 23), past, BEGAN)


def test_a_new_last_day_does_not_begin_it_again() -> None:
    past = LedgerPast(BEGAN, was_witnessed=False)
    with pytest.raises(SettingsRefused, match="until 2026-11-22"):
        verify_trial(date(2027, 2, 1), past, datetime(2026, 11, 20, tzinfo=UTC))


def test_a_ledger_that_was_witnessed_is_no_trial_any_more() -> None:
    past = LedgerPast(BEGAN, was_witnessed=True)
    with pytest.raises(SettingsRefused, match="name witnesses"):
        verify_trial(UNTIL, past, BEGAN)
