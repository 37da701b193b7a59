"""What a holder logs: JSON lines from a closed list, each with its allowed fields.

Never a point, a token, a user or a message of a library: a field that is not on the
list cannot be logged. Which user asked stands in the database, not in the log.
"""

import json
import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TextIO

from keys import clock


class Event(StrEnum):
    """All that can be logged."""

    STARTED = "started"
    START_REFUSED = "start-refused"
    STOPPED = "stopped"
    EVALUATED = "evaluated"
    REFUSED = "refused"
    STATEMENT_GIVEN = "statement-given"
    FAILED = "failed"
    LIBRARY = "library"


FIELDS: Final[Mapping[Event, frozenset[str]]] = {
    Event.STARTED: frozenset({"holder", "keyVersion", "epoch", "organisations"}),
    Event.START_REFUSED: frozenset({"reason"}),
    Event.STOPPED: frozenset(),
    Event.EVALUATED: frozenset({"organisation", "act", "count", "milliseconds"}),
    Event.REFUSED: frozenset({"problem", "status"}),
    Event.STATEMENT_GIVEN: frozenset({"organisation", "day", "tickets"}),
    Event.FAILED: frozenset({"kind"}),
    Event.LIBRARY: frozenset({"logger", "level", "kind"}),
}


class EventLog:
    """Writes events to one stream, a line each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, event: Event, **fields: str | int) -> None:
        """Write one event; a field outside its list is a fault in the program."""
        if not FIELDS[event].issuperset(fields):
            raise ValueError(event)
        at = clock.now().isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "event": event.value, **fields})
        self._stream.write(line + "\n")
        self._stream.flush()


class LibraryHandler(logging.Handler):
    """Reduces what libraries log to where it came from: their texts may hold input."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the logger, the level and the class of an exception, nothing else."""
        kind = record.exc_info[0] if record.exc_info else None
        self._log.write(
            Event.LIBRARY,
            logger=record.name,
            level=record.levelname,
            kind=kind.__name__ if kind else "",
        )


def take_over_logging(log: EventLog) -> None:
    """Send everything that libraries log through the closed list."""
    logging.basicConfig(handlers=[LibraryHandler(log)], level="WARNING", force=True)
