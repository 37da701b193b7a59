"""What the outbox concludes of each answer of the index: one table, and no guess.

    of a notice       accepted, unchanged   it stands, as it was sent
                      superseded            gone there, or a newer copy told more
                      refused               not taken; what stood before stands
    of a withdrawal   accepted, unchanged   over
                      refused: the index never had it, or another has it now: over
                      refused otherwise     it stands, and so does its case here
                      superseded            the same: something newer stands
    none              nothing is known: the same batch is sent again, as it is

- A reference that is gone is never told again: its case gets another, in the same run,
  and the next full delivery takes back whatever may stand under the old one.
- A batch of which the answer was lost may have been taken the first time. A refusal of
  it the second time says nothing about that: what it holds is in doubt (`settling`).

Proven by tests/unit/sources/test_answers_of_the_index.py and
tests/property/test_a_week_of_deliveries.py.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, Literal

Outcome = Literal["accepted", "unchanged", "superseded", "refused"]
UNKNOWN_SIGNAL: Final = "unknown-signal"
TRANSFERRED: Final = "signal-transferred"


class Conclusion(Enum):
    """What is true of a reference at the index, now that it answered."""

    STANDS = auto()
    GONE = auto()
    OVER = auto()
    AS_BEFORE = auto()


_OF_NOTICES: Final[Mapping[Outcome, Conclusion]] = {
    "accepted": Conclusion.STANDS,
    "unchanged": Conclusion.STANDS,
    "superseded": Conclusion.GONE,
    "refused": Conclusion.AS_BEFORE,
}
_OF_WITHDRAWALS: Final[Mapping[Outcome, Conclusion]] = {
    "accepted": Conclusion.OVER,
    "unchanged": Conclusion.OVER,
    "superseded": Conclusion.AS_BEFORE,
    "refused": Conclusion.AS_BEFORE,
}
_NOT_THERE: Final = frozenset({UNKNOWN_SIGNAL, TRANSFERRED})


def conclude(
    action: Literal["publish", "withdraw"], outcome: Outcome, problem: str
) -> Conclusion:
    """Give what an answer means; `problem` is why it was refused."""
    if action == "publish":
        return _OF_NOTICES[outcome]
    if problem in _NOT_THERE:
        return Conclusion.OVER
    return _OF_WITHDRAWALS[outcome]
