"""Technical log: JSON lines from a closed list; nothing about a citizen has a field."""

from typing import Final

from keys.events import LoggedEvent, NamedLog


class Event(LoggedEvent):
    """Everything the portal ever logs."""

    STARTED = "started", "host", "port"
    STOPPED = "stopped"
    LIMIT_REACHED = "limit-reached", "reason", "count"
    LOGIN_FAILED = "login-failed", "reason"
    SUCCESSOR_REFUSED = "successor-refused", "reason"
    HOLDER_MOVED = "holder-moved", "holder"
    HOLDERS_REFUSED = "holders-refused", "reason"
    NO_ANSWER = "no-answer", "party", "reason"
    MESSAGES_DONE = "messages-done"
    MESSAGES_FAILED = "messages-failed", "reason"
    MESSAGE_REFUSED = "message-refused"
    UNEXPECTED = "unexpected", "error"


LOG: Final = NamedLog("signal-portal")
log_event = LOG.write
log_to_stderr = LOG.start
