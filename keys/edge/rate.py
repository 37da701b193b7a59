"""So many in a while for each of many: at once, or spread over it.

One moment is kept for each: until when what was taken is paid off. Time comes in; a
clock that was ahead and is put right keeps nobody waiting for longer than the while.
"""

from typing import Final, Generic, TypeVar

from keys.edge.errors import TooOften

MANY: Final = 10_000
"""Above so many, whoever has all of it again is forgotten."""

Key = TypeVar("Key")


class Rate(Generic[Key]):
    """So many in so many seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._each = seconds / count
        self._paid_at: dict[Key, float] = {}

    def verify(self, key: Key, now: float) -> None:
        """Raise `TooOften` where nothing is left."""
        ahead = self._ahead(key, now)
        if ahead > self._seconds - self._each:
            raise TooOften(ahead - self._seconds + self._each)

    def take(self, key: Key, now: float) -> None:
        """Count one, also where nothing was left."""
        ahead = max(self._ahead(key, now), 0.0) + self._each
        self._paid_at[key] = now + min(ahead, self._seconds)
        if len(self._paid_at) > MANY:
            paid = {key: at for key, at in self._paid_at.items() if at > now}
            self._paid_at = paid

    def _ahead(self, key: Key, now: float) -> float:
        paid_at = self._paid_at.get(key, 0.0)
        if paid_at > now + self._seconds:  # no taking comes so far: the clock went back
            paid_at = self._paid_at[key] = now + self._seconds
        return paid_at - now

    def __len__(self) -> int:
        """Count of whom something is kept."""
        return len(self._paid_at)
