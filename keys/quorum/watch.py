"""Who of the holders serves: whose turn it is, who rests and why, who is too slow."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from time import monotonic
from typing import Final, TypeVar

from keys.errors import HolderSlow

UNAVAILABLE: Final = "unavailable"
SLOW: Final = "slow"
TICKET_REFUSED: Final = "ticket-refused"
CONFIG_REFUSED: Final = "config-refused"
CONFIG_OLD: Final = "config-old"
OF_CONFIG: Final = frozenset({CONFIG_REFUSED, CONFIG_OLD})
BUDGET_SPENT: Final = "budget-spent"
STALE: Final = "stale-key-version"
"""A holder's refusal of another version or epoch: whoever asked fetches the config."""
ABOUT_ASKER: Final = frozenset({BUDGET_SPENT, "account-refused"})
"""Reasons that say something of who asks, and nothing of the holder."""

PATIENCE: Final = 1.2
"""Seconds that a holder has more than another one took."""
FIRST_REST: Final = 30.0
LONGEST_REST: Final = 600.0
Given = TypeVar("Given")


@dataclass(slots=True)
class _Trouble:
    reason: str
    rest: float
    until: float


class Watch:
    """What one client knows of its holders; it lives as long as the client."""

    def __init__(
        self,
        *,
        turn: int | None = None,
        patience: float = PATIENCE,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Begin with any pair; `turn` 0 with the first."""
        self._turn = secrets.randbelow(2**16) if turn is None else turn
        self._patience = patience
        self._seconds = seconds
        self._troubles: dict[int, _Trouble] = {}
        self._answered: dict[int, tuple[float, float]] = {}
        self.passed_over: Counter[tuple[int, str]] = Counter()
        """How often each holder was passed over, by reason."""

    def order(self, holders: Sequence[int]) -> list[int]:
        """Give the holders, the next one in turn first; those that rest come last."""
        turn = self._turn % len(holders)
        self._turn += 1
        return sorted([*holders[turn:], *holders[:turn]], key=self._rests)

    def order_pairs(
        self, holders: Sequence[int], threshold: int
    ) -> list[tuple[int, ...]]:
        """Give every quorum, each ascending, in turn; with one that rests, last."""
        order = self.order(holders)
        pairs = combinations(range(len(order)), threshold)
        placed = sorted(pairs, key=lambda pair: (self._resting(order, pair), pair))
        return [tuple(sorted(order[place] for place in pair)) for pair in placed]

    @property
    def sick(self) -> Mapping[int, str]:
        """Say of each holder that did not serve when it was last asked why not."""
        return {
            holder: self._troubles[holder].reason for holder in sorted(self._troubles)
        }

    def note(self, holder: int, reason: str) -> bool:
        """Remember that a holder was passed over; true where that was not known yet.

        It rests for half a minute, and twice as long each time after that, up to ten
        minutes: then it has its turn again.
        """
        self.passed_over[holder, reason] += 1
        if reason in ABOUT_ASKER:
            return False
        known = self._troubles.get(holder)
        if known is None:
            until = self._seconds() + FIRST_REST
            self._troubles[holder] = _Trouble(reason, FIRST_REST, until)
        elif not self._rests(holder):
            known.rest = min(2 * known.rest, LONGEST_REST)
            known.until = self._seconds() + known.rest
        is_news = known is None or known.reason != reason
        self._troubles[holder].reason = reason
        return is_news

    def note_served(self, holder: int, *, config: bool = False) -> bool:
        """Remember that a holder served; true where it was in trouble.

        An evaluation that holds mends no bad key config, nor the other way round.
        """
        known = self._troubles.get(holder)
        if known is None or (known.reason in OF_CONFIG) != config:
            return False
        del self._troubles[holder]
        return True

    def forget(self, holder: int) -> None:
        """Know nothing of a holder any more: another one answers in its place."""
        self._troubles.pop(holder, None)
        self._answered.pop(holder, None)

    def note_configs(
        self, places: Iterable[int], passed_over: Mapping[int, str]
    ) -> list[int]:
        """Remember whose key config counted and whose did not; give what is news."""
        for place in places:
            if place not in passed_over:
                self.note_served(place, config=True)
        return [place for place, why in passed_over.items() if self.note(place, why)]

    async def wait(self, holder: int, work: Awaitable[Given]) -> Given:
        """Wait for a holder's answer, or raise `HolderSlow`.

        It is too slow when another one answered a question that was put no earlier,
        and it has had twice that time and `patience` more: a busy machine makes all
        slow, a sick holder is alone. While another one rests nobody is too slow.
        """
        started = self._seconds()
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                left = self._find_left(holder, started)
                if left <= 0:
                    raise HolderSlow
                await asyncio.wait({task}, timeout=left)
            given = task.result()
        finally:
            task.cancel()
        self._answered[holder] = (started, self._seconds())
        return given

    def _find_left(self, holder: int, started: float) -> float:
        """Give for how long a holder is waited for, before looking again."""
        if any(self._rests(other) for other in self._troubles if other != holder):
            return self._patience
        took = [
            ended - began
            for other, (began, ended) in self._answered.items()
            if other != holder and ended >= started
        ]
        gone = self._seconds() - started
        if not took:
            return max(self._patience - gone, self._patience / 4)
        return 2 * min(took) + self._patience - gone

    def _rests(self, holder: int) -> bool:
        known = self._troubles.get(holder)
        return known is not None and self._seconds() < known.until

    def _resting(self, order: Sequence[int], pair: Sequence[int]) -> int:
        return sum(self._rests(order[place]) for place in pair)
