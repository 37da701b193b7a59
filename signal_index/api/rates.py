"""How often one account may ask, and how often it may be wrong.

- Each request of an account counts; what is recorded though it brings nothing (tickets
  that do not hold, a lookup that is repeated) counts apart, and much sooner.
- Who has asked too often is told when to come again, before anything is verified,
  spent or recorded.
- In memory, by process: with so many processes an account has so many times as much.

Proven by tests/attack/test_one_account_asks_too_often.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from keys.edge.errors import TooOften
from policy.vocabulary import Caller

REQUESTS_PER_MINUTE: Final = 1_200
REFUSALS_PER_MINUTE: Final = 20
_MINUTE: Final = 60.0
_MANY: Final = 10_000


Account = tuple[str, str]
"""An organisation, and one of its users or machines."""


def account_of(caller: Caller) -> Account:
    """Name the account of a caller."""
    return caller.organisation, caller.subject


class Rate:
    """So many a minute for each account: at once, or spread over it."""

    def __init__(self, per_minute: int) -> None:
        self._interval = _MINUTE / per_minute
        self._free_at: dict[Account, float] = {}

    def verify(self, account: Account, now: datetime) -> None:
        """Raise `TooOften` where nothing is left for this account."""
        ahead = self._free_at.get(account, 0.0) - now.timestamp()
        if ahead > _MINUTE - self._interval:
            raise TooOften(ahead - _MINUTE + self._interval)

    def take(self, account: Account, now: datetime) -> None:
        """Count one for this account, also where nothing was left."""
        moment = now.timestamp()
        free_at = max(self._free_at.get(account, 0.0), moment)
        self._free_at[account] = free_at + self._interval
        if len(self._free_at) > _MANY:
            self._forget(moment)

    def _forget(self, moment: float) -> None:
        """Forget whoever has all of it again."""
        self._free_at = {who: at for who, at in self._free_at.items() if at > moment}


@dataclass(frozen=True, slots=True)
class Rates:
    """What an account may do in a minute."""

    requests: Rate = field(default_factory=lambda: Rate(REQUESTS_PER_MINUTE))
    refusals: Rate = field(default_factory=lambda: Rate(REFUSALS_PER_MINUTE))
