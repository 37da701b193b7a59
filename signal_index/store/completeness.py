"""Keeps the days that were reconciled and what was found, until an officer closes it.

- Taking the same report twice changes nothing: a finding is known by the digest of what
  it says. A later report of the same day may add findings, and counts the day anew.
- A finding is closed once, with a reason from a closed list. To whom it is about it is
  not there: who asked for a decoy does not learn it so, and does not close it. An
  account is one of its organisation; a namesake of another is somebody else.
- A finding without an organisation concerns the ledger as a whole; only officers who
  see the whole municipality see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Caller
from signal_index.errors import FindingClosed, UnknownFinding
from signal_index.identifiers import new_uuid7
from signal_index.labels import Labels
from signal_index.proof import encode_json
from signal_index.store.ledger_reading import Page
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.completeness import (
    alarm_window,
    completeness_day,
    completeness_finding,
)
from signal_index.tables.registry import organisation
from signal_index.wire.completeness import (
    CompletenessFinding,
    FindingClosing,
    FindingState,
    HolderGap,
    OpenFindings,
    ReconciledDay,
    ReconciledFinding,
    ReconciliationReport,
    Weight,
)
from signal_index.wire.model import parse_value
from signal_index.wire.persons import Account


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads findings, and within what."""

    caller: Caller
    scope: OfficerScope


def digest_report(report: ReconciliationReport) -> bytes:
    """Digest a report in its one form, SHA-256: what was taken in, to the byte."""
    return sha256(encode_json(report.model_dump(mode="json"))).digest()


async def take_report(
    conn: AsyncConnection,
    report: ReconciliationReport,
    municipality: str,
    *,
    taken_by: str,
    now: datetime,
) -> int:
    """Store a day's report as far as it concerns a municipality; count what is new."""
    own = await _find_organisations(conn, municipality)
    findings = [
        one
        for one in report.findings
        if one.organisation is None or one.organisation in own
    ]
    await _store_day(conn, report, findings, municipality, (taken_by, now))
    rows = {_digest(report.day, one): one for one in findings}
    known = set(
        await conn.scalars(
            select(completeness_finding.c.digest).where(
                completeness_finding.c.municipality == municipality,
                completeness_finding.c.day == report.day,
            )
        )
    )
    fresh = [
        _row(one, report.day, municipality, digest, now)
        for digest, one in rows.items()
        if digest not in known
    ]
    if fresh:
        await conn.execute(insert(completeness_finding), fresh)
    return len(fresh)


async def _find_organisations(conn: AsyncConnection, municipality: str) -> set[str]:
    found = select(organisation.c.oin).where(
        organisation.c.municipality == municipality
    )
    return set(await conn.scalars(found))


async def _store_day(
    conn: AsyncConnection,
    report: ReconciliationReport,
    findings: Sequence[ReconciledFinding],
    municipality: str,
    taken: tuple[str, datetime],
) -> None:
    values = {
        "digest": digest_report(report),
        "entries": report.judged.entries,
        "requests": report.judged.requests,
        "receipts": report.judged.receipts,
        "still_open": report.judged.stillOpen,
        "alarms": sum(one.weight is Weight.ALARM for one in findings),
        "findings": len(findings),
        "taken_by": taken[0],
        "taken_at": taken[1],
    }
    at = (
        completeness_day.c.municipality == municipality,
        completeness_day.c.day == report.day,
    )
    changed = await conn.execute(update(completeness_day).where(*at).values(values))
    if changed.rowcount == 0:
        key = {"municipality": municipality, "day": report.day}
        await conn.execute(insert(completeness_day), {**key, **values})


def _digest(day: date, finding: ReconciledFinding) -> bytes:
    said = finding.model_dump(mode="json")
    return sha256(encode_json([day.isoformat(), said])).digest()


def _row(
    one: ReconciledFinding, day: date, municipality: str, digest: bytes, now: datetime
) -> dict[str, object]:
    return {
        "id": new_uuid7(now),
        "municipality": municipality,
        "day": day,
        "digest": digest,
        "code": one.code.value,
        "weight": one.weight.value,
        "organisation": one.organisation,
        "subject": one.user,
        "entry_id": one.entryId,
        "req": one.req,
        "counted": one.count,
        "total": one.total,
        "reported": one.reported,
        "gap": None if one.gap is None else one.gap.model_dump(mode="json"),
        "found_at": now,
        "closed_at": None,
        "closed_by": None,
        "closed_in": None,
        "closing_reason": None,
    }


async def find_days(
    conn: AsyncConnection, scope: OfficerScope, *, limit: int
) -> list[ReconciledDay]:
    """List the days of which a report was taken, newest first."""
    columns = completeness_day.c
    rows = await conn.execute(
        select(completeness_day)
        .where(columns.municipality == scope.municipality)
        .order_by(columns.day.desc())
        .limit(limit)
    )
    return [
        ReconciledDay(
            day=row.day,
            entries=row.entries,
            requests=row.requests,
            receipts=row.receipts,
            alarms=row.alarms,
            findings=row.findings,
            takenAt=row.taken_at,
        )
        for row in rows
    ]


async def find_findings(
    conn: AsyncConnection,
    reader: Reader,
    weight: Weight,
    page: Page,
    labels: Labels,
    *,
    state: FindingState,
) -> list[CompletenessFinding]:
    """List findings that a reader may see, the latest taken first."""
    columns = completeness_finding.c
    statement = (
        _shown_to(reader)
        .where(columns.weight == weight)
        .order_by(columns.id.desc())
        .limit(page.limit)
    )
    if state == "open":
        statement = statement.where(columns.closed_at.is_(None))
    if page.before is not None:
        statement = statement.where(columns.id < page.before)
    return [_finding_of(row, labels) for row in await conn.execute(statement)]


async def count_open(conn: AsyncConnection, reader: Reader) -> OpenFindings:
    """Count what is open, by weight."""
    columns = completeness_finding.c
    inside = _shown_to(reader).where(columns.closed_at.is_(None)).subquery()
    rows = await conn.execute(
        select(inside.c.weight, func.count()).group_by(inside.c.weight)
    )
    counted = {str(weight): int(count) for weight, count in rows}
    return OpenFindings(
        alarm=counted.get(Weight.ALARM, 0), finding=counted.get(Weight.FINDING, 0)
    )


async def close_finding(
    conn: AsyncConnection,
    finding: UUID,
    reader: Reader,
    closing: FindingClosing,
    *,
    now: datetime,
) -> tuple[str, date]:
    """Close a finding, and tell its code and its day.

    Raises `UnknownFinding` for what the reader does not see, `FindingClosed` where it
    was closed before.
    """
    columns, by = completeness_finding.c, reader.caller
    row = (await conn.execute(_shown_to(reader).where(columns.id == finding))).first()
    if row is None:
        raise UnknownFinding
    changed = await conn.execute(
        update(completeness_finding)
        .where(columns.id == finding, columns.closed_at.is_(None))
        .values(
            closed_at=now,
            closed_by=by.subject,
            closed_in=by.organisation,
            closing_reason=closing.reason,
        )
    )
    if changed.rowcount == 0:
        raise FindingClosed
    return row.code, row.day


async def erase_reconciled(conn: AsyncConnection, before: date) -> int:
    """Forget days and findings from before a day; count the findings."""
    await conn.execute(delete(completeness_day).where(completeness_day.c.day < before))
    old = completeness_finding.c.day < before
    found = select(completeness_finding.c.id).where(old)
    await conn.execute(delete(alarm_window).where(alarm_window.c.finding.in_(found)))
    gone = await conn.execute(delete(completeness_finding).where(old))
    return gone.rowcount


def _shown_to(reader: Reader) -> Select[tuple[object, ...]]:
    columns, who = completeness_finding.c, reader.caller
    inside = within(reader.scope, columns.municipality, columns.organisation)
    about_another = or_(
        columns.subject.is_(None),
        columns.organisation.is_(None),
        columns.subject != who.subject,
        columns.organisation != who.organisation,
    )
    return select(completeness_finding).where(inside, about_another)


def _finding_of(row: Row[tuple[object, ...]], labels: Labels) -> CompletenessFinding:
    return CompletenessFinding(
        code=row.code,
        weight=row.weight,
        organisation=row.organisation,
        user=row.subject,
        entryId=row.entry_id,
        req=row.req,
        count=row.counted,
        total=row.total,
        reported=row.reported,
        gap=None if row.gap is None else parse_value(HolderGap, row.gap),
        id=row.id,
        day=row.day,
        organisationName=labels.organisation(row.organisation),
        foundAt=row.found_at,
        closedAt=row.closed_at,
        closedBy=(
            None
            if row.closed_by is None
            else Account(organisation=row.closed_in, user=row.closed_by)
        ),
        reason=row.closing_reason,
    )
