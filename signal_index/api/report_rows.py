"""The rows of a report with persons, read from the ledger a page at a time.

- A page is read by what a report is about: its period, its scope, and where a user is
  named the keyed hash of that user, so that nobody else's entries are opened.
- What is opened is let go of again: memory does not grow with the report.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.keyring import YearKeys
from signal_index.labels import Labels
from signal_index.ledger import Group, Opened, user_find_key
from signal_index.overview.hours import bounds_of, is_off_hours
from signal_index.overview.sealing import name_in_report
from signal_index.store.lookups_seen import (
    BATCH,
    Period,
    SealedLookup,
    find_lookups,
    find_repeated,
)
from signal_index.store.outcomes import Said, find_outcomes, in_order
from signal_index.store.report_requests import ReportRequest
from signal_index.store.scope import OfficerScope
from signal_index.wire.reports import SpecificReportLookup, SpecificReportQuestion

PAGE_ROWS: Final = 500
_BATCHES: Final = 20


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One lookup of one person, as a report with persons tells it."""

    opened: Opened
    person: str | None
    repeated: bool
    outcomes: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Reader:
    """Who reads which report: the request, its scope, and what opens entries."""

    request: ReportRequest
    scope: OfficerScope
    keys: YearKeys
    organisations: Collection[str]


async def find_rows(
    conn: AsyncConnection, reader: Reader, after: UUID | None
) -> tuple[Sequence[Row], UUID | None]:
    """Read a page of rows that come after this entry, and after which the next begins.

    A page may be short, or empty, while there are more: it ends after so many entries
    have been looked at. None says that it was the last one.
    """
    question = reader.request.question
    begins, ends = bounds_of(question.from_)[0], bounds_of(question.until)[1]
    rows: list[Row] = []
    for _ in range(_BATCHES):
        batch = await find_lookups(
            conn,
            Period(begins, ends),
            reader.scope,
            after=after,
            users=_user_hashes(reader),
        )
        repeated = await find_repeated(conn, batch) if batch else frozenset[UUID]()
        rows += await _with_outcomes(conn, reader, _wanted(reader, batch, repeated))
        await asyncio.sleep(0)
        if len(batch) < BATCH:
            return rows, None
        after = batch[-1].entry
        if len(rows) >= PAGE_ROWS:
            break
    return rows, after


async def _with_outcomes(
    conn: AsyncConnection, reader: Reader, rows: Sequence[Row]
) -> Sequence[Row]:
    lookups = [one.opened for one in rows]
    said = await find_outcomes(conn, lookups, reader.keys.disclosures)
    return [replace(one, outcomes=said.get(one.opened.entry, {})) for one in rows]


def _user_hashes(reader: Reader) -> Collection[bytes] | None:
    user = reader.request.question.user
    if user is None:
        return None
    return [
        user_find_key(key, organisation, user)
        for key in reader.keys.disclosures.values()
        for organisation in reader.organisations
    ]


def _wanted(
    reader: Reader, batch: Sequence[SealedLookup], repeated: Collection[UUID]
) -> Sequence[Row]:
    rows = []
    for one in batch:
        opened = one.open(reader.keys.disclosures)
        if opened is None:
            continue
        key = reader.keys.get_disclosure_key(one.year)
        person = name_in_report(key, reader.request.id, one.find_person)
        row = Row(opened, person, one.entry in repeated)
        if _belongs(reader.request.question, row):
            rows.append(row)
    return rows


def _belongs(question: SpecificReportQuestion, row: Row) -> bool:
    return (
        question.organisation in {None, row.opened.organisation}
        and question.team in {None, row.opened.text(Group.ROLE, "team")}
        and question.purpose in {None, row.opened.text(Group.WHY, "purpose")}
    )


def name_row(row: Row, labels: Labels) -> SpecificReportLookup:
    """Name what one row tells; of flags only how many there were."""
    one, organisation = row.opened, row.opened.organisation or ""
    purpose = one.text(Group.WHY, "purpose")
    return SpecificReportLookup(
        entryId=one.entry,
        at=one.recorded_at,
        offHours=is_off_hours(one.recorded_at),
        organisation=organisation,
        organisationName=labels.organisation(organisation),
        sub=one.text(Group.WHO, "sub"),
        team=one.text(Group.ROLE, "team"),
        person=row.person,
        repeated=row.repeated,
        purpose=purpose,
        purposeLabel=labels.purpose(purpose),
        informed=one.text(Group.WHY, "informed"),
        breakGlass=one.text(Group.WHY, "breakGlass"),
        outcome=one.text(Group.DECISION, "outcome"),
        flags=len(one.flags or ()),
        followUp=labels.name(labels.catalogue.outcomes, in_order(row.outcomes)),
    )
