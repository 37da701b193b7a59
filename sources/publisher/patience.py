"""Try again, but never press: back-off with jitter, and whoever asks for time gets it.

- Only what may pass is tried again: no connection, 429, 502, 503, 504.
- `Retry-After` is a floor. A party that asks for longer than a run should last gets
  its way: the run stops, and the outbox keeps what is left.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from keys.waiting import Draw, compute_wait, draw_fraction
from sources.errors import IndexUnreachable
from sources.events import Event, log_event

PASSING: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, how long, and what "waiting" and "now" are."""

    now: Callable[[], datetime]
    attempts: int = 7
    first_wait: float = 0.5
    longest_wait: float = 120.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    draw: Draw = draw_fraction

    def compute_wait(self, attempt: int, asked: float | None) -> float:
        """Give the seconds to wait after a failed attempt (counted from 0)."""
        wait = compute_wait(
            attempt, first=self.first_wait, longest=self.longest_wait, draw=self.draw
        )
        return max(asked or 0.0, wait)


async def send_patiently(
    send: Callable[[], Awaitable[httpx.Response]], patience: Patience
) -> httpx.Response:
    """Send until an answer is final, or raise `IndexUnreachable`."""
    for attempt in range(patience.attempts):
        status, asked = 0, None
        try:
            response = await send()
        except httpx.TransportError:
            pass
        else:
            if response.status_code not in PASSING:
                return response
            status = response.status_code
            asked = parse_retry_after(response, now=patience.now())
        if asked is not None and asked > patience.longest_wait:
            raise IndexUnreachable(f"De index vraagt {asked:.0f} seconden geduld.")
        wait = patience.compute_wait(attempt, asked)
        log_event(Event.RETRY, status=status, seconds=round(wait, 1))
        if attempt + 1 < patience.attempts:
            await patience.sleep(wait)
    raise IndexUnreachable("De index antwoordt niet. Probeer het later opnieuw.")


def parse_retry_after(response: httpx.Response, *, now: datetime) -> float | None:
    """Give the seconds that a server asks for (RFC 9110 section 10.2.3), if any."""
    text = response.headers.get("Retry-After", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - now).total_seconds()) if moment.tzinfo else None
