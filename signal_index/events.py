"""What the index logs: JSON lines from a closed list, each with its allowed fields.

Never a pseudonym, a token, a user, a reference or a message of a library: a field that
is not on the list cannot be logged. Who looked stands in the ledger, not in the log.
Proven by tests/unit/signal_index/test_events.py.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TextIO


class Event(StrEnum):
    """All that can be logged."""

    STARTED = "started"
    START_REFUSED = "start-refused"
    STOPPED = "stopped"
    ANSWERED = "answered"
    FAILED = "failed"
    LOOKUPS_RETRIED = "lookups-retried"
    COMMIT_UNKNOWN = "commit-unknown"
    NO_DECISION = "no-decision"
    POLICY_ACTIVATED = "policy-activated"
    POLICY_TAKEN_UP = "policy-taken-up"
    POLICY_REFUSED = "policy-refused"
    LEADING = "leading"
    LEADERSHIP_LOST = "leadership-lost"
    UPKEEP_FAILED = "upkeep-failed"
    ERASED = "erased"
    CLEANED = "cleaned"
    KEYS_MISSING = "keys-missing"
    KEYS_OVERDUE = "keys-overdue"
    COSIGNED = "cosigned"
    COSIGNATURE_REFUSED = "cosignature-refused"
    WITNESS_SILENT = "witness-silent"
    WITNESS_BACK = "witness-back"
    PROCESSING_LOG_DELAYED = "processing-log-delayed"
    LIBRARY = "library"


FIELDS: Final[Mapping[Event, frozenset[str]]] = {
    Event.STARTED: frozenset({"host", "port", "database", "keyVersion", "epoch"}),
    Event.START_REFUSED: frozenset({"reason"}),
    Event.STOPPED: frozenset(),
    Event.ANSWERED: frozenset({"method", "route", "status", "milliseconds"}),
    Event.FAILED: frozenset({"kind", "route"}),
    Event.LOOKUPS_RETRIED: frozenset({"kind", "count"}),
    Event.COMMIT_UNKNOWN: frozenset({"kind", "count"}),
    Event.NO_DECISION: frozenset({"purpose"}),
    Event.POLICY_ACTIVATED: frozenset({"digest"}),
    Event.POLICY_TAKEN_UP: frozenset({"municipality", "serial", "digest"}),
    Event.POLICY_REFUSED: frozenset({"municipality", "serial", "kind"}),
    Event.LEADING: frozenset(),
    Event.LEADERSHIP_LOST: frozenset(),
    Event.UPKEEP_FAILED: frozenset({"job", "kind"}),
    Event.ERASED: frozenset({"what", "count"}),
    Event.CLEANED: frozenset({"what", "count"}),
    Event.KEYS_MISSING: frozenset({"year"}),
    Event.KEYS_OVERDUE: frozenset({"year"}),
    Event.COSIGNED: frozenset({"size"}),
    Event.COSIGNATURE_REFUSED: frozenset({"kind"}),
    Event.WITNESS_SILENT: frozenset({"witness", "kind"}),
    Event.WITNESS_BACK: frozenset({"witness"}),
    Event.PROCESSING_LOG_DELAYED: frozenset({"kind", "count"}),
    Event.LIBRARY: frozenset({"logger", "level", "kind"}),
}


class EventLog:
    """Writes events to one stream, a line each."""

    def __init__(self, stream: TextIO, clock: Callable[[], datetime]) -> None:
        self._stream = stream
        self._clock = clock

    def write(self, event: Event, **fields: str | int) -> None:
        """Write one event; a field outside its list is a fault in the program."""
        if not FIELDS[event].issuperset(fields):
            raise ValueError(event)
        at = self._clock().isoformat(timespec="milliseconds")
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
