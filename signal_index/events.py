"""What the index logs: JSON lines from a closed list, each with its allowed fields.

What a SOC must see is another list, of all services: `keys.security.events`.

Never a pseudonym, a token, a user, a reference or a message of a library: a field that
is not on the list cannot be logged. Who looked stands in the ledger, not in the log.
Proven by tests/unit/signal_index/test_events.py.
"""

from keys.events import LoggedEvent


class Event(LoggedEvent):
    """All that can be logged."""

    STARTED = "started", "host", "port", "database", "keyVersion", "epoch"
    ONE_LOGIN_FOR_ALL = "one-login-for-all"
    START_REFUSED = "start-refused", "reason"
    STOPPED = "stopped"
    ANSWERED = "answered", "method", "route", "status", "milliseconds"
    FAILED = "failed", "kind", "route"
    LOOKUPS_RETRIED = "lookups-retried", "kind", "count"
    COMMIT_UNKNOWN = "commit-unknown", "kind", "count"
    NO_DECISION = "no-decision", "purpose"
    POLICY_ACTIVATED = "policy-activated", "digest"
    POLICY_TAKEN_UP = "policy-taken-up", "municipality", "serial", "digest"
    POLICY_REFUSED = "policy-refused", "municipality", "serial", "kind"
    LEADING = "leading"
    LEADERSHIP_LOST = "leadership-lost"
    UPKEEP_FAILED = "upkeep-failed", "job", "kind"
    ERASED = "erased"
    ENTRIES_UNREADABLE = "entries-unreadable", "count"
    NOTICES_UNREADABLE = "notices-unreadable", "count"
    MATCHES_UNREADABLE = "matches-unreadable", "count"
    APPROVALS_UNREADABLE = "approvals-unreadable", "count"
    EMBARGOES_UNREADABLE = "embargoes-unreadable", "count"
    REGISTRATIONS_DIFFER = "registrations-differ", "what", "count"
    CLEANED = "cleaned", "what", "count"
    KEYS_MISSING = "keys-missing", "year"
    ROW_KEY_REFUSED = "row-key-refused", "reason"
    KEYS_OVERDUE = "keys-overdue", "year"
    COSIGNED = "cosigned", "size"
    SUCCESSOR_REFUSED = "successor-refused", "reason"
    COSIGNATURE_REFUSED = "cosignature-refused", "kind"
    WITNESS_SILENT = "witness-silent", "witness", "kind"
    WITNESS_BACK = "witness-back", "witness"
    HOLDERS_REFUSED = "holders-refused", "reason"
    HOLDER_UNTOLD = "holder-untold", "holder", "kind"
    HOLDER_TOLD = "holder-told", "holder"
    PROCESSING_LOG_DELAYED = "processing-log-delayed", "kind", "count"
