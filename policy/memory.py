"""Remember the verdicts of a question by its key. Bounded; the oldest goes first.

Only verdicts fit in it: `NoDecision` is an exception and is never remembered.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from threading import Lock

from policy.rules import Verdict

BOUND = 8192
Verdicts = Sequence[Verdict]
"""One for each key of a question, in their order."""


class Memory:
    """Verdicts by what a question's keys are made of, which is all that a rule may see.

    A change of rules or catalogue changes the key.
    """

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._verdicts: dict[Hashable, Verdicts] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, key: Hashable) -> Verdicts | None:
        """Give the remembered verdicts, if they are there."""
        return self._verdicts.get(key)

    def remember(self, key: Hashable, verdicts: Verdicts) -> None:
        """Keep verdicts, and let the oldest go where there is no room."""
        with self._lock:
            while len(self._verdicts) >= self._bound:
                del self._verdicts[next(iter(self._verdicts))]
            self._verdicts[key] = verdicts
