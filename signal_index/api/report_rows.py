"""The rows of a report with persons, read from the ledger a page at a time.

- A page is read by what a report is about: its period, its scope, and where a user is
  named the keyed hash of that user, so that nobody else's entries are opened.
- What is opened is let go of again: memory does not grow with the report.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.api.labels import Labels
from signal_index.keyring import YearKeys
from signal_index.ledger import Group, open_disclosures, user_find_key
from signal_index.notice.fields import encode_instant
from signal_index.overview.hours import bounds_of, is_off_hours
from signal_index.overview.sealing import name_in_report
from signal_index.proof import JsonObject, parse_disclosure
from signal_index.store.lookups_seen import (
    BATCH,
    Period,
    SealedLookup,
    find_lookups,
    find_repeated,
)
from signal_index.store.report_requests import Question, ReportRequest
from signal_index.store.scope import OfficerScope

PAGE_ROWS: Final = 500
_BATCHES: Final = 20


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One lookup of one person, as a report with persons tells it."""

    sealed: SealedLookup
    groups: Mapping[Group, JsonObject | None]
    person: str | None
    repeated: bool


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
    """Give a page of rows that come after this entry, and after which the next begins.

    A page may be short, or empty, while there are more: it ends after so many entries
    have been looked at. None says that it was the last one.
    """
    question = reader.request.question
    begins, ends = bounds_of(question.first)[0], bounds_of(question.last)[1]
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
        rows += _wanted(reader, batch, repeated)
        await asyncio.sleep(0)
        if len(batch) < BATCH:
            return rows, None
        after = batch[-1].entry
        if len(rows) >= PAGE_ROWS:
            break
    return rows, after


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
        key = reader.keys.disclosures.get(one.year)
        if key is None:
            continue
        texts = open_disclosures(one.entry, one.sealed, key=key)
        groups: dict[Group, JsonObject | None] = {
            group: parse_disclosure(text).value
            for group, text in texts.items()
            if group is not Group.PERSON
        }
        if _belongs(reader.request.question, one, groups):
            person = name_in_report(key, reader.request.id, one.find_person)
            rows.append(Row(one, groups, person, one.entry in repeated))
    return rows


def _belongs(
    question: Question,
    one: SealedLookup,
    groups: Mapping[Group, JsonObject | None],
) -> bool:
    said = {
        "organisation": one.organisation,
        "team": (groups[Group.ROLE] or {}).get("team"),
        "purpose": (groups[Group.WHY] or {}).get("purpose"),
    }
    wanted = question.members()
    return all(wanted[name] in {None, value} for name, value in said.items())


def describe_row(row: Row, labels: Labels) -> Mapping[str, object]:
    """Give a row on the wire, with what its ids are called."""
    why, what = row.groups[Group.WHY] or {}, row.groups[Group.WHAT] or {}
    decision = row.groups[Group.DECISION] or {}
    flags = what.get("flags")
    purpose = why.get("purpose")
    follow_up = row.sealed.follow_up
    at: datetime = row.sealed.recorded_at
    return {
        "entryId": str(row.sealed.entry),
        "at": encode_instant(at),
        "offHours": is_off_hours(at),
        "organisation": row.sealed.organisation,
        "organisationName": labels.organisation(row.sealed.organisation),
        "sub": (row.groups[Group.WHO] or {}).get("sub"),
        "team": (row.groups[Group.ROLE] or {}).get("team"),
        "person": row.person,
        "repeated": row.repeated,
        "purpose": purpose,
        "purposeLabel": labels.purpose(purpose if isinstance(purpose, str) else None),
        "informed": why.get("informed"),
        "breakGlass": why.get("breakGlass"),
        "outcome": decision.get("outcome"),
        "flags": len(flags) if isinstance(flags, list) else 0,
        "followUp": follow_up,
        "followUpLabel": None if follow_up is None else labels.follow_up(follow_up),
    }
