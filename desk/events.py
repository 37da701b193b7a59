"""Technical log: JSON lines from a closed list of events, each with its own fields.

Nothing about a citizen can be logged: no event has a field for it, and a field that is
not on an event's list is refused. No address, cookie, token, point or case number.
"""

import json
import logging
import sys
from enum import StrEnum
from typing import Final

from desk import clock

logger: Final = logging.getLogger("signal-desk")


class Event(StrEnum):
    """Everything the desk ever logs."""

    STARTED = "started"
    STOPPED = "stopped"
    LOGIN_REFUSED = "login-refused"
    SESSION_OPENED = "session-opened"
    SESSION_CLOSED = "session-closed"
    HOLDER_UNREACHABLE = "holder-unreachable"
    INDEX_UNREACHABLE = "index-unreachable"
    PROVIDER_UNREACHABLE = "provider-unreachable"
    RECEIPT_REFUSED = "receipt-refused"
    RECEIPTS_CHECKED = "receipts-checked"
    RECEIPT_UNPROVEN = "receipt-unproven"
    UNEXPECTED = "unexpected"


FIELDS: Final[dict[Event, frozenset[str]]] = {
    Event.STARTED: frozenset({"host", "port"}),
    Event.STOPPED: frozenset(),
    Event.LOGIN_REFUSED: frozenset({"reason", "reference"}),
    Event.SESSION_OPENED: frozenset(),
    Event.SESSION_CLOSED: frozenset(),
    Event.HOLDER_UNREACHABLE: frozenset({"holder", "reference"}),
    Event.INDEX_UNREACHABLE: frozenset({"reference"}),
    Event.PROVIDER_UNREACHABLE: frozenset({"reference"}),
    Event.RECEIPT_REFUSED: frozenset({"reason", "reference"}),
    Event.RECEIPTS_CHECKED: frozenset({"proven", "open"}),
    Event.RECEIPT_UNPROVEN: frozenset({"entry"}),
    Event.UNEXPECTED: frozenset({"error", "reference"}),
}


def log_event(event: Event, **fields: str | int) -> None:
    """Write one line; a field that the event does not list is a programming error."""
    if not fields.keys() <= FIELDS[event]:
        raise ValueError(f"{event} has no such field")
    line = {"at": clock.now().isoformat(), "event": event.value} | fields
    logger.info(json.dumps(line))


def log_to_stderr() -> None:
    """Send the desk's own lines, and warnings of libraries, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
