"""Technical log: JSON lines on standard error, from a closed list, allow-listed fields.

No event has a field that could hold a value of a record, a name or a number of a
person. Who reads the log learns how a run went, nothing about whom.
"""

import json
import logging
from enum import StrEnum
from typing import Final

_LOG: Final = logging.getLogger("sources")


class Event(StrEnum):
    """Everything a source's process ever logs."""

    DELIVERY_OPENED = "delivery-opened"
    DELIVERY_RESUMED = "delivery-resumed"
    DELIVERY_PLANNED = "delivery-planned"
    DELIVERY_CLOSED = "delivery-closed"
    EVALUATED = "evaluated"
    HOLDER_PASSED_OVER = "holder-passed-over"
    BATCH_SETTLED = "batch-settled"
    RETRY = "retry"
    STOPPED = "stopped"
    RECEIVED = "received"
    AGENT_STARTED = "agent-started"
    AGENT_STOPPED = "agent-stopped"
    FEED_DONE = "feed-done"
    FEED_FAILED = "feed-failed"
    FEED_WAITS = "feed-waits"
    RECONCILED = "reconciled"
    STATUS_UNTOLD = "status-untold"


FIELDS: Final[dict[Event, frozenset[str]]] = {
    Event.DELIVERY_OPENED: frozenset({"delivery", "kind", "profile"}),
    Event.DELIVERY_RESUMED: frozenset({"delivery", "kind", "profile"}),
    Event.DELIVERY_PLANNED: frozenset({"delivery", "work"}),
    Event.DELIVERY_CLOSED: frozenset({"delivery"}),
    Event.EVALUATED: frozenset({"count"}),
    Event.HOLDER_PASSED_OVER: frozenset({"holders"}),
    Event.BATCH_SETTLED: frozenset({"batch", "count"}),
    Event.RETRY: frozenset({"status", "seconds"}),
    Event.STOPPED: frozenset({"error"}),
    Event.RECEIVED: frozenset({"feed", "count"}),
    Event.AGENT_STARTED: frozenset({"feeds"}),
    Event.AGENT_STOPPED: frozenset(),
    Event.FEED_DONE: frozenset({"feed", "count"}),
    Event.FEED_FAILED: frozenset({"feed", "error"}),
    Event.FEED_WAITS: frozenset({"feed", "error", "seconds"}),
    Event.RECONCILED: frozenset({"equal", "compared"}),
    Event.STATUS_UNTOLD: frozenset({"error"}),
}


def log_event(event: Event, **fields: str | float) -> None:
    """Log one event; a field that is not on its list raises ValueError."""
    if not fields.keys() <= FIELDS[event]:
        raise ValueError(f"{event} has no such field")
    _LOG.info(json.dumps({"event": event.value, **fields}))


def start_logging() -> None:
    """Write events to standard error; other libraries stay silent below warnings."""
    sink = logging.StreamHandler()
    sink.setFormatter(logging.Formatter("%(message)s"))
    _LOG.addHandler(sink)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
