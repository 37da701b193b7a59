"""Hold our clock against the index's before anything is reckoned with it.

What a case is today, until when a signal holds and when a batch was signed all come
from the agent's clock. One that is days ahead would end cases that are open and forget
signals that still stand.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from sources.errors import ClockDiffers

CLOCK_MAY_DIFFER: Final = timedelta(seconds=45)
"""Below what the index bears (60 s ahead) and how long a holder takes a request."""


class Clock(Protocol):
    """The index, as far as it tells the time."""

    async def fetch_time(self) -> datetime:
        """Give what time it is at the index."""
        ...


async def verify_clock(index: Clock, now: Callable[[], datetime]) -> None:
    """Raise `ClockDiffers` where our clock is not the index's, give or take 45 s."""
    theirs = await index.fetch_time()
    difference = now() - theirs
    if abs(difference) > CLOCK_MAY_DIFFER:
        raise ClockDiffers(int(difference.total_seconds()))
