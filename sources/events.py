"""Technical log: JSON lines on standard error, from a closed list, allow-listed fields.

No event has a field that could hold a value of a record, a name or a number of a
person. Who reads the log learns how a run went, nothing about whom.
"""

from typing import Final

from keys.events import LoggedEvent, NamedLog


class Event(LoggedEvent):
    """Everything a source's process ever logs."""

    DELIVERY_OPENED = "delivery-opened", "delivery", "kind", "profile"
    DELIVERY_RESUMED = "delivery-resumed", "delivery", "kind", "profile"
    DELIVERY_PARKED = "delivery-parked", "delivery", "kind", "profile"
    DELIVERY_PLANNED = "delivery-planned", "delivery", "work"
    DELIVERY_ABANDONED = "delivery-abandoned", "delivery", "kind", "profile", "work"
    DELIVERY_REPLACED = "delivery-replaced", "delivery", "kind", "profile", "work"
    DELIVERY_HELD = "delivery-held", "delivery", "profile"
    DELIVERY_LAPSED = "delivery-lapsed", "delivery", "kind", "profile"
    CHANGES_OWED = "changes-owed", "delivery", "profile", "count"
    DELIVERY_ANSWERED = "delivery-answered", "delivery"
    DELIVERY_CLOSED = "delivery-closed", "delivery"
    SOURCE_IN_TRIAL = "source-in-trial", "delivery"
    EVALUATED = "evaluated", "count"
    HOLDER_PASSED_OVER = "holder-passed-over", "holders"
    HOLDERS_REFUSED = "holders-refused", "reason"
    HOLDER_WITHOUT_US = "holder-without-us", "holders", "count"
    BATCH_SETTLED = "batch-settled", "batch", "count"
    RETRY = "retry", "status", "seconds"
    STOPPED = "stopped", "error"
    RECEIVED = "received", "feed", "count"
    REFUSED_AT_DOOR = "refused-at-the-door", "reason", "count"
    AGENT_STARTED = "agent-started", "feeds"
    AGENT_STOPPED = "agent-stopped"
    FILES_SEEN = "files-seen", "feed", "count", "unfinished", "seconds"
    FILES_LEFT = "files-left", "feed", "count"
    FEED_DONE = "feed-done", "feed", "count", "held", "failed"
    FEED_FAILED = "feed-failed", "feed", "error"
    FEED_WAITS = "feed-waits", "feed", "error", "seconds"
    IDENTIFIED = "identified", "count", "doubts"
    RECONCILED = "reconciled", "equal", "compared"
    STATUS_UNTOLD = "status-untold", "error"
    OWN_NUMBER_REFUSED = "own-number-refused"
    OWN_NUMBER_OLDER = "own-number-older"
    ANSWERS_WAIT = "answers-wait", "count", "until"
    NOTICES_HEARD = "notices-heard", "count"
    NOTICES_UNHEARD = "notices-unheard", "error"
    NOTICES_TOLD = "notices-told", "count", "way"
    NOTICES_UNTOLD = "notices-untold", "error"


LOG_NAME: Final = "sources"
LOG: Final = NamedLog(LOG_NAME)
log_event = LOG.write
start_logging = LOG.start
