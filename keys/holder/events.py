"""What a holder logs: JSON lines from a closed list, each with its allowed fields.

Never a point, a token, a user or a message of a library: a field that is not on the
list cannot be logged. Which user asked stands in the database, not in the log. What a
SOC must see is another list, of all services: `keys.security.events`.
"""

from keys.events import LoggedEvent


class Event(LoggedEvent):
    """All that can be logged."""

    STARTED = "started", "holder", "keyVersion", "epoch", "organisations"
    START_REFUSED = "start-refused", "reason"
    STOPPED = "stopped"
    RENEWED = "renewed", "serial", "organisations"
    RENEWAL_REFUSED = "renewal-refused", "reason"
    SHARE_RETIRED = "share-retired", "keyVersion", "epoch", "left"
    EVALUATED = "evaluated", "organisation", "act", "count", "milliseconds"
    REFUSED = "refused", "problem", "status"
    REFUSED_TAKEN = "refused-taken", "count"
    REGISTRATION_SHOWN = "registration-shown", "organisation"
    FAILED = "failed", "kind"
