"""Tells whoever watches a service that its key config ends: once at each warning.

In the last seven days, and after the end, once a day. A process that starts says it
again.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from keys.security.events import SecurityEvent, SecurityLog
from keys.validity import OVER, WARNINGS, Dated, find_validity

_DAILY = {WARNINGS[7], OVER}


class Reminder:
    """What one process said last."""

    def __init__(self, log: SecurityLog, clock: Callable[[], datetime]) -> None:
        self._log = log
        self._clock = clock
        self._said: tuple[int, str, date | None] | None = None

    def remind(self, config: Dated) -> None:
        """Say that the config in use ends, where that is a warning and was not said."""
        now = self._clock()
        found = find_validity(config, now)
        day = now.astimezone(UTC).date() if found.warning in _DAILY else None
        saying = (found.serial, found.warning, day)
        if not found.is_warning or saying == self._said:
            return
        self._said = saying
        self._log.write(
            SecurityEvent.KEY_CONFIG_ENDS, serial=found.serial, count=found.daysLeft
        )
