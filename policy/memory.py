"""Remember verdicts by their key. Bounded; the oldest goes first.

Only verdicts fit in it: `NoDecision` is an exception and is never remembered.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import TypeVar

from policy.rules import Verdict

BOUND = 8192
Key = TypeVar("Key", bound=Hashable)
"""A decision key: everything that a rule may look at (`policy.key`, `policy.loop`)."""


class Memory:
    """Verdicts by decision key. A change of rules or catalogue changes the key."""

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._verdicts: dict[Hashable, Verdict] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, key: Hashable) -> Verdict | None:
        """Give the remembered verdict, if there is one."""
        return self._verdicts.get(key)

    def remember(self, key: Hashable, verdict: Verdict) -> None:
        """Keep a verdict, and let the oldest go where there is no room."""
        with self._lock:
            while len(self._verdicts) >= self._bound:
                del self._verdicts[next(iter(self._verdicts))]
            self._verdicts[key] = verdict
