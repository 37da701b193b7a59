"""A trial: an index without witnesses, once, for a while.

It counts from the first entry of the ledger, which nobody can take away without the
database: a new date in the settings does not begin it again. Whoever had witnesses has
none of it, for the ledger that they confirmed would go on unwatched.
"""

from datetime import date, datetime, timedelta
from typing import Final

from signal_index.days import day_of
from signal_index.errors import SettingsRefused
from signal_index.store.witnessing import LedgerPast

LONGEST_TRIAL: Final = timedelta(days=92)


def verify_trial(until: date, past: LedgerPast, now: datetime) -> None:
    """Hold that a trial may go on, or raise `SettingsRefused`.

    Proven by tests/unit/signal_index/test_trial.py and
    tests/contract/test_index_starts.py.
    """
    if past.was_witnessed:
        raise SettingsRefused(
            "unwitnessed_until: witnesses confirmed this ledger; it is no trial any "
            "more, so name witnesses"
        )
    last = day_of(past.began or now) + LONGEST_TRIAL
    if until > last:
        raise SettingsRefused(
            f"unwitnessed_until: a trial lasts {LONGEST_TRIAL.days} days from the "
            f"ledger's first entry, here until {last}"
        )
    if day_of(now) > until:
        raise SettingsRefused(
            f"unwitnessed_until: the trial ended on {until}; name witnesses now"
        )
