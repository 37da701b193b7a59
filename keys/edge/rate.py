"""So many in a while for each of many: at once, or spread over it.

One moment is kept for each: until when what was taken is paid off. Time comes in.
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
        ahead = self._paid_at.get(key, 0.0) - now
        if ahead > self._seconds - self._each:
            raise TooOften(ahead - self._seconds + self._each)

    def take(self, key: Key, now: float) -> None:
        """Count one, also where nothing was left."""
        self._paid_at[key] = max(self._paid_at.get(key, 0.0), now) + self._each
        if len(self._paid_at) > MANY:
            paid = {key: at for key, at in self._paid_at.items() if at > now}
            self._paid_at = paid

    def __len__(self) -> int:
        """Count of whom something is kept."""
        return len(self._paid_at)
