"""Reports with persons that were asked for: what exactly, and whether it was approved.

- What was asked is kept sealed: it may name an employee. Its SHA-256 is what the second
  person approves; a request that is changed afterwards is not the one approved.
- Whose requests one sees follows from the `OfficerScope`, like everything else.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownApproval, UnknownReport
from signal_index.keyring import IndexKeys, YearKeys
from signal_index.overview.sealing import open_question, seal_question
from signal_index.proof import JsonObject, encode_json
from signal_index.store.approval_records import Approval, Matter, get_approval
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.overview import report_request
from signal_index.wire.reports import SpecificReportQuestion

MATTER_KIND: Final = "specific-report"
SHOWN: Final = 50


@dataclass(frozen=True, slots=True, repr=False)
class ReportRequest:
    """A request, and the approval that it waits for."""

    id: UUID
    municipality: str
    organisation: str
    question: SpecificReportQuestion
    approval: Approval
    requested_at: datetime

    @property
    def matter(self) -> Matter:
        """What the approval must be about."""
        return matter_of(self.id, self.municipality, self.question)


def members_of(question: SpecificReportQuestion) -> JsonObject:
    """Write a question as it is sealed, hashed and recorded: all members, also null."""
    return question.model_dump(mode="json")


def matter_of(
    request: UUID, municipality: str, question: SpecificReportQuestion
) -> Matter:
    """Make the matter of a request: its SHA-256 is over its id and all it asks."""
    whole: JsonObject = {"request": str(request), **members_of(question)}
    digest = sha256(encode_json(whole)).digest()
    return Matter(MATTER_KIND, municipality, digest, MATTER_KIND)


async def store_request(
    conn: AsyncConnection, request: ReportRequest, keys: YearKeys
) -> None:
    """Keep a request beside the approval that was asked for it."""
    year = request.requested_at.year
    sealed = seal_question(
        request.id,
        members_of(request.question),
        key=keys.get_disclosure_key(year),
        nonce=secrets.token_bytes(12),
    )
    await conn.execute(
        insert(report_request).values(
            id=request.id,
            municipality=request.municipality,
            organisation=request.organisation,
            approval_id=request.approval.id,
            year=year,
            sealed=sealed,
            requested_at=request.requested_at,
        )
    )


async def find_requests(
    conn: AsyncConnection, scope: OfficerScope, keys: IndexKeys
) -> tuple[Sequence[ReportRequest], int]:
    """Find the newest requests of this scope, and how many older ones there are.

    Left out are those whose key is gone, and those whose approval nobody asked, or
    asked for something else.
    """
    columns = report_request.c
    rows = await conn.execute(
        select(report_request, func.count().over().label("total"))
        .where(within(scope, columns.municipality, columns.organisation))
        .where(columns.year.in_(list(keys.disclosures)))
        .order_by(columns.id.desc())
        .limit(SHOWN)
    )
    newest = rows.mappings().all()
    found = []
    for row in newest:
        with suppress(UnknownApproval):
            found.append(await _read(conn, row, keys))
    return found, sum(row["total"] for row in newest[:1]) - len(newest)


async def get_request(
    conn: AsyncConnection, wanted: UUID, scope: OfficerScope, keys: IndexKeys
) -> ReportRequest:
    """Read one request of this scope, or raise `UnknownReport`."""
    columns = report_request.c
    rows = await conn.execute(
        select(report_request)
        .where(columns.id == wanted)
        .where(within(scope, columns.municipality, columns.organisation))
        .where(columns.year.in_(list(keys.disclosures)))
    )
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownReport
    return await _read(conn, row, keys)


async def _read(
    conn: AsyncConnection, row: RowMapping, keys: IndexKeys
) -> ReportRequest:
    key = keys.get_disclosure_key(row["year"])
    said = open_question(row["id"], row["sealed"], key=key)
    found = ReportRequest(
        id=row["id"],
        municipality=row["municipality"],
        organisation=row["organisation"],
        question=SpecificReportQuestion.model_validate(said),
        approval=await get_approval(
            conn, row["approval_id"], keys.receipts.at(row["requested_at"])
        ),
        requested_at=row["requested_at"],
    )
    if found.approval.matter != found.matter:
        raise UnknownApproval
    return found
