"""What is to be told about one case: pure, from what was told and what is true now.

- `valid until` is the record's own limit, or some months ahead, rounded down to the
  quarter: a later day would outlive the case, an exact one would tell when we looked.
- A case of which nothing changed is told again only when half its time has passed;
  the index drops a signal that its source does not confirm.
- Another person or another category is another signal: the old one is withdrawn under
  its own reference, and the new one gets a new reference.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from keys.months import add_months
from signal_index.wire.signals import WithdrawalReason
from sources.dates import round_down_to_quarter


@dataclass(frozen=True, slots=True)
class Told:
    """What the index was told last about a case, and accepted."""

    person: bytes
    fingerprint: bytes
    category: str
    municipality: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Current:
    """What the delivery says about an open case now."""

    person: bytes
    fingerprint: bytes
    category: str
    municipality: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What to send: perhaps a withdrawal, perhaps a notice, new or a newer version."""

    withdraw: WithdrawalReason | None = None
    publish: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the index already knows."""
        return self.withdraw is None and not self.publish


NOTHING = Difference()


def derive_valid_until(limit: date | None, months: int, *, today: date) -> date:
    """Give the last day of a signal told today."""
    ahead = round_down_to_quarter(add_months(today, months))
    return min(limit, ahead) if limit else ahead


def compare(told: Told | None, now: Current, *, months: int, today: date) -> Difference:
    """Give what an open case asks for."""
    if told is None:
        return Difference(publish=True)
    if told.person != now.person:
        return Difference(WithdrawalReason.ENTERED_IN_ERROR, publish=True)
    if (told.category, told.municipality) != (now.category, now.municipality):
        return Difference(WithdrawalReason.ENDED, publish=True)
    if told.fingerprint != now.fingerprint or _is_due(told, now, months, today):
        return Difference(publish=True)
    return NOTHING


def _is_due(told: Told, now: Current, months: int, today: date) -> bool:
    half = timedelta(days=months * 15)
    return now.valid_until > told.valid_until and told.valid_until - today < half
