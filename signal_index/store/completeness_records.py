"""What is kept of reconciled days and their findings, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from signal_index.proof.findings import Finding, Weight


class ClosingReason(StrEnum):
    """Why a finding needs no more attention, or where it went."""

    EXPLAINED = "explained"
    TECHNICAL_FAULT = "technical-fault"
    TEST = "test"
    PASSED_ON = "passed-on"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding as it stands."""

    id: UUID
    day: date
    finding: Finding
    found_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    reason: ClosingReason | None


@dataclass(frozen=True, slots=True)
class ReconciledDay:
    """A day whose report was taken, and how much of what was found is open."""

    day: date
    entries: int
    requests: int
    receipts: int
    alarms: int
    findings: int
    taken_at: datetime
    taken_by: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closes a finding, and why."""

    subject: str
    reason: ClosingReason


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Which findings: of one weight, open or all, at most so many, older than one."""

    weight: Weight
    only_open: bool
    limit: int
    before: UUID | None = None
