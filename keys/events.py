"""How every process here logs: JSON lines from a closed list, each with its fields.

- A package's list is an enum of `LoggedEvent`; a member says its name and the fields
  that it may have. A field that is not on the list cannot be logged.
- What a library logs is reduced to where it came from: its text may hold input.

Stands in `keys` because nothing of ours lies below.
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self, TextIO

from keys import clock


class LoggedEvent(StrEnum):
    """An event and the fields it may have: `REFUSED = "refused", "problem", "status"`.

    One without fields is its name alone.
    """

    fields: frozenset[str]

    def __new__(cls, name: str, *fields: str) -> Self:
        """Keep the fields beside the name; the name alone is the value."""
        event = str.__new__(cls, name)
        event._value_ = name
        event.fields = frozenset(fields)
        return event

    @property
    def stream(self) -> str:
        """What marks its lines, where they are no technical log."""
        return ""


class LibraryEvent(LoggedEvent):
    """What a library logged."""

    LIBRARY = "library", "logger", "level", "kind"


class Log(Protocol):
    """What events are written to."""

    def write(self, event: LoggedEvent, **fields: str | float) -> None:
        """Write one event."""


def tell_refused(log: Log, event: LoggedEvent, refused: Mapping[str, int]) -> None:
    """Write how often each thing was refused at the door (`keys.edge.door`)."""
    for reason, count in refused.items():
        log.write(event, reason=reason, count=count)


class EventLog:
    """Writes events to one stream, a line each."""

    def __init__(
        self, stream: TextIO, clock: Callable[[], datetime] = clock.now
    ) -> None:
        self._stream = stream
        self._clock = clock

    def write(self, event: LoggedEvent, **fields: str | float) -> None:
        """Write one event; a field outside its list is a fault in the program."""
        self._stream.write(_render(event, self._clock(), fields) + "\n")
        self._stream.flush()


class _StandardError(logging.Handler):
    """Writes to whatever standard error is by then, not what it was at the start."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(record.getMessage() + "\n")
        sys.stderr.flush()


class NamedLog:
    """Writes events to the logger of a name; `start` sends that to standard error."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def write(self, event: LoggedEvent, **fields: str | float) -> None:
        """Write one event; a field outside its list is a fault in the program."""
        self._logger.info(_render(event, clock.now(), fields))

    def start(self) -> None:
        """Send the lines to standard error; libraries stay silent below warnings."""
        if not any(isinstance(one, _StandardError) for one in self._logger.handlers):
            self._logger.addHandler(_StandardError())
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False


class LibraryHandler(logging.Handler):
    """Reduces what libraries log to where it came from: their texts may hold input."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the logger, the level and the class of an exception, nothing else."""
        kind = record.exc_info[0] if record.exc_info else None
        self._log.write(
            LibraryEvent.LIBRARY,
            logger=record.name,
            level=record.levelname,
            kind=kind.__name__ if kind else "",
        )


def take_over_logging(log: EventLog) -> None:
    """Send everything that libraries log through the closed list."""
    logging.basicConfig(handlers=[LibraryHandler(log)], level="WARNING", force=True)


def _render(event: LoggedEvent, at: datetime, fields: Mapping[str, str | float]) -> str:
    if not event.fields.issuperset(fields):
        raise ValueError(f"{event} has no such field")
    moment = at.isoformat(timespec="milliseconds")
    stream = {"stream": event.stream} if event.stream else {}
    return json.dumps({"at": moment, **stream, "event": event.value, **fields})
