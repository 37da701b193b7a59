"""How many persons an organisation, its users or a source may ask about.

Pure arithmetic over UTC days; `keys.holder.store` makes it durable.

- A day's limit counts persons, whatever the act, and starts anew at 00:00 UTC.
- A source has a bucket: 105 % of its declared caseload, so that it can publish all
  its clients once, and 5 % of the caseload a day after that, so that it cannot go
  through a register. No bucket is smaller than 300, so that a small source can correct
  a mistake about all its clients on the day on which it is made.
- What is spent is stored, not what is left: a changed limit holds at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from keys.holder.errors import (
    OrganisationBudgetSpent,
    QuestionsSpent,
    SourceBudgetSpent,
    UserBudgetSpent,
)

SMALLEST_BUCKET: Final = 300
"""Persons: fifty clients, published and corrected five times over."""


MOST_ASKED: Final = 60
"""How often an organisation may ask the same within `ASKED_WITHIN`."""
ASKED_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayLimits:
    """Persons a day: for one user, and for all users of the organisation."""

    per_user: int
    per_organisation: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a source may publish, from the caseload it declared."""

    declared_caseload: int

    @property
    def capacity(self) -> int:
        """Give 105 % of the caseload, rounded up, and 300 at the least."""
        return max(SMALLEST_BUCKET, -(-self.declared_caseload * 105 // 100))

    @property
    def refill(self) -> int:
        """Give 5 % of the caseload, rounded up: what returns each day."""
        return -(-self.declared_caseload * 5 // 100)


def check_day(
    limits: DayLimits, spent_by_user: int, spent_by_organisation: int, *, now: datetime
) -> None:
    """Raise when what is spent after a request exceeds a limit of the day."""
    if spent_by_user > limits.per_user:
        raise UserBudgetSpent(until_next_day(now))
    if spent_by_organisation > limits.per_organisation:
        raise OrganisationBudgetSpent(until_next_day(now))


def outstanding(bucket: Bucket, spent: int, since: date, today: date) -> int:
    """Give what is still spent of a bucket today; a clock set back refills nothing."""
    days = max((today - since).days, 0)
    return max(spent - days * bucket.refill, 0)


def check_bucket(bucket: Bucket, spent: int, *, now: datetime) -> None:
    """Raise when what is spent after a request exceeds the bucket."""
    excess = spent - bucket.capacity
    if excess > 0:
        days = -(-excess // bucket.refill) if bucket.refill else 1
        raise SourceBudgetSpent(until_next_day(now) + timedelta(days=days - 1))


def check_asked(moments: Sequence[datetime], *, now: datetime) -> None:
    """Raise when one more question would be too many; `moments` of the last hour."""
    if len(moments) >= MOST_ASKED:
        raise QuestionsSpent(min(moments) + ASKED_WITHIN - now)


def until_next_day(now: datetime) -> timedelta:
    """Give the time until 00:00 UTC, when days begin here."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC) - now
