"""Technical log: JSON lines from a closed list of events, each with its own fields.

Nothing about a citizen can be logged: no event has a field for it, and a field that is
not on an event's list is refused. No address, cookie, token, point or case number.
What a SOC must see is another list, of all services: `keys.security.events`.
"""

from typing import Final

from keys.events import LoggedEvent, NamedLog


class Event(LoggedEvent):
    """Everything the desk ever logs."""

    STARTED = "started", "host", "port"
    STOPPED = "stopped"
    HOLDER_UNREACHABLE = "holder-unreachable", "holder", "reason", "reference"
    HOLDER_PASSED_OVER = "holder-passed-over", "holder", "reason"
    HOLDER_MOVED = "holder-moved", "holder"
    HOLDERS_REFUSED = "holders-refused", "reason"
    HOLDER_SERVES = "holder-serves-again", "holder"
    INDEX_UNREACHABLE = "index-unreachable", "reference"
    PROVIDER_UNREACHABLE = "provider-unreachable", "reference"
    RECEIPTS_CHECKED = "receipts-checked", "proven", "open", "unasked"
    RECEIPT_UNPROVEN = "receipt-unproven", "entry"
    UNEXPECTED = "unexpected", "error", "reference"


LOG: Final = NamedLog("signal-desk")
log_event = LOG.write
log_to_stderr = LOG.start
