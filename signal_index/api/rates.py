"""How often one account may ask, and how often it may be wrong.

- Each request of an account counts; what is recorded though it brings nothing (tickets
  that do not hold, a lookup that is repeated) counts apart, and much sooner.
- Who has asked too often is told when to come again, before anything is verified,
  spent or recorded.
- In memory, by process: with so many processes an account has so many times as much.

Proven by tests/attack/test_one_account_asks_too_often.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keys.edge.rate import Rate
from policy.vocabulary import Caller

REQUESTS_PER_MINUTE: Final = 1_200
REFUSALS_PER_MINUTE: Final = 20
_MINUTE: Final = 60.0

Account = tuple[str, str]
"""An organisation, and one of its users or machines."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What an account may do in a minute."""

    requests: Rate[Account]
    refusals: Rate[Account]

    def admit(self, account: Account, now: datetime) -> None:
        """Count a request of this account, or raise `TooOften`."""
        self.requests.verify(account, now.timestamp())
        self.requests.take(account, now.timestamp())

    def verify_refusals(self, caller: Caller, now: datetime) -> None:
        """Raise `TooOften` where this account was refused too often."""
        self.refusals.verify((caller.organisation, caller.subject), now.timestamp())

    def count_refusal(self, caller: Caller, now: datetime) -> None:
        """Count what was recorded of this account though it brought nothing."""
        self.refusals.take((caller.organisation, caller.subject), now.timestamp())


def make_rates(
    requests: int = REQUESTS_PER_MINUTE, refusals: int = REFUSALS_PER_MINUTE
) -> Rates:
    """Make what counts so many a minute."""
    return Rates(Rate(requests, _MINUTE), Rate(refusals, _MINUTE))
