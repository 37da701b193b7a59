"""Draws that a seed repeats, on every machine and every version of Python.

SHA-256 in counter mode. For invented data only: nothing secret may come from here.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of draws."""

    def __init__(self, seed: int, label: str) -> None:
        self._prefix = f"{label}\n{seed}\n".encode()
        self._counter = 0

    def below(self, limit: int) -> int:
        """Give a number from 0 up to, not including, `limit`."""
        self._counter += 1
        block = self._prefix + self._counter.to_bytes(8, "big")
        return int.from_bytes(hashlib.sha256(block).digest()[:8], "big") % limit

    def chance(self, percentage: int) -> bool:
        """Say yes in so many of a hundred cases."""
        return self.below(100) < percentage

    def choose(self, choices: Sequence[T]) -> T:
        """Give one of the choices."""
        return choices[self.below(len(choices))]

    def day_before(self, day: date, *, least: int, most: int) -> date:
        """Give a day that lies between `least` and `most` days before `day`."""
        return day - timedelta(days=least + self.below(most - least))
