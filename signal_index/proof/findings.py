"""What a reconciliation can find, and its report as JSON.

- An alarm is something that cannot happen while all parties do as they should. A
  finding happens in good faith too (a closed tab); a person closes it with a reason.
- A finding names organisation, user and entry, never a person who was asked about: the
  groups that tell of one are not among what reconciling reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from signal_index.proof.encoding import Json, JsonObject

REPORT_FORMAT = "signal-index/reconciliation/1"


class Weight(StrEnum):
    """How a finding is to be taken."""

    ALARM = "alarm"
    FINDING = "finding"


class Code(StrEnum):
    """All that can be found."""

    TICKET_NOT_STATED = "ticket-not-stated"
    TICKET_DIFFERS = "ticket-differs"
    TICKET_STATED_TWICE = "ticket-stated-twice"
    ISSUERS_NOT_TWO = "issuers-not-two"
    ANSWERED_TWICE = "answered-twice"
    POSITION_MISSING = "position-missing"
    REPEAT_WITHOUT_ANSWER = "repeat-without-answer"
    OPENED_WITHOUT_LEAF = "opened-without-leaf"
    RECEIPT_WITHOUT_ENTRY = "receipt-without-entry"
    ENTRY_CLOSED = "entry-closed"
    ENTRY_WITHOUT_RECEIPT = "entry-without-receipt"
    ABANDONED_USER = "abandoned-user"
    ABANDONED_ORGANISATION = "abandoned-organisation"


_IN_GOOD_FAITH = frozenset(
    {
        Code.ENTRY_CLOSED,
        Code.ENTRY_WITHOUT_RECEIPT,
        Code.ABANDONED_USER,
        Code.ABANDONED_ORGANISATION,
    }
)

_SENTENCES = {
    Code.TICKET_NOT_STATED: "an entry names a ticket that no key holder says it gave",
    Code.TICKET_DIFFERS: "a key holder states a ticket otherwise than the entry has it",
    Code.TICKET_STATED_TWICE: "two key holders state one ticket",
    Code.ISSUERS_NOT_TWO: "an entry does not name tickets of two key holders",
    Code.ANSWERED_TWICE: "one request was answered more often than it asked",
    Code.POSITION_MISSING: "a request for several persons has no entry for each",
    Code.REPEAT_WITHOUT_ANSWER: "an answer was repeated that was never given",
    Code.OPENED_WITHOUT_LEAF: "an entry was shown that is not in the tree",
    Code.RECEIPT_WITHOUT_ENTRY: "a promised entry is not in the tree",
    Code.ENTRY_CLOSED: "an entry was not shown; whether it is right cannot be said",
    Code.ENTRY_WITHOUT_RECEIPT: "an answered entry has no receipt at its organisation",
    Code.ABANDONED_USER: "many requests of one user have no entry",
    Code.ABANDONED_ORGANISATION: "many requests of one organisation have no entry",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not fit; members that do not apply are None.

    `count` of `total` requests have no entry; `reported` of them were reported by the
    client that asked (a closed tab, a lost connection).
    """

    code: Code
    organisation: str | None = None
    user: str | None = None
    entry: UUID | None = None
    req: str | None = None
    count: int | None = None
    total: int | None = None
    reported: int | None = None

    @property
    def weight(self) -> Weight:
        """Tell whether this can happen in good faith."""
        return Weight.FINDING if self.code in _IN_GOOD_FAITH else Weight.ALARM

    @property
    def sentence(self) -> str:
        """Give one plain sentence, without naming anybody."""
        counts = "" if self.count is None else f" ({self.count} of {self.total})"
        return _SENTENCES[self.code] + counts

    def value(self) -> JsonObject:
        """Give the members as the report has them."""
        return {
            "code": self.code.value,
            "weight": self.weight.value,
            "organisation": self.organisation,
            "user": self.user,
            "entryId": None if self.entry is None else str(self.entry),
            "req": self.req,
            "count": self.count,
            "total": self.total,
            "reported": self.reported,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """How much was judged, and what was left open."""

    entries: int
    requests: int
    receipts: int
    still_open: int


@dataclass(frozen=True, slots=True)
class Report:
    """A judged day."""

    day: date
    origin: str
    holders: Sequence[str]
    organisations: Sequence[str]
    judged: Judged
    findings: Sequence[Finding]

    @property
    def alarms(self) -> int:
        """Count what cannot happen in good faith."""
        return sum(one.weight is Weight.ALARM for one in self.findings)

    def value(self) -> Json:
        """Give the report as JSON."""
        return {
            "format": REPORT_FORMAT,
            "day": self.day.isoformat(),
            "origin": self.origin,
            "holders": list(self.holders),
            "organisations": list(self.organisations),
            "judged": {
                "entries": self.judged.entries,
                "requests": self.judged.requests,
                "receipts": self.judged.receipts,
                "stillOpen": self.judged.still_open,
            },
            "findings": [one.value() for one in self.findings],
        }
