"""How long to wait before trying again: longer each time, never all at once.

Stands in `keys` because nothing of ours lies below: sources and index wait alike.
"""

import secrets
from collections.abc import Callable

_FINE = 1_000_000
Draw = Callable[[], float]
"""Gives a fraction: at least 0, less than 1."""


def draw_fraction() -> float:
    """Draw a fraction of one, so that those who wait do not all return at once."""
    return secrets.randbelow(_FINE) / _FINE


def compute_wait(
    failures: int, *, first: float, longest: float, draw: Draw = draw_fraction
) -> float:
    """Find the seconds to wait after so many earlier failures (0 for the first one).

    Half to all of a time that begins at `first`, doubles with every failure and ends
    at `longest`.
    """
    # bounded: an outage of weeks must not overflow a float
    ceiling = min(longest, first * float(2 ** min(failures, 64)))
    return ceiling / 2 + ceiling / 2 * draw()
