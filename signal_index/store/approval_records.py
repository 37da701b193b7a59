"""What an approval is, and which there are: the reading half of `store.approvals`.

A row without this index's signature is none: it is in no list, and `UnknownApproval`.
How many there are is told beside every list (`count_unsigned`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from policy.vocabulary import Caller, Role
from signal_index.errors import UnknownApproval
from signal_index.ledger import ReceiptKey
from signal_index.store.approval_signatures import is_signed
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.approvals import approval


class State(StrEnum):
    """Where an approval stands; everything but `open` is final."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Matter:
    """What approval is asked for.

    `kind` tells whose it is (`policy-activation`, `embargo`, …), `title_code` which
    sentence a page shows, `digest` is the SHA-256 of exactly what is to happen. Where
    `needs_role` is given, one of the two persons must have it.
    """

    kind: str
    municipality: str
    digest: bytes
    title_code: str
    needs_role: Role | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as it stands: two accounts, each within its organisation.

    `requested_by` is of `organisation`, `decided_by` of `decided_in`.
    """

    id: UUID
    matter: Matter
    organisation: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: State
    decided_by: str | None
    decided_in: str | None
    decided_at: datetime | None
    reason: str | None

    def is_asked_by(self, caller: Caller) -> bool:
        """Tell whether this very account asked it, not a namesake of elsewhere."""
        asked = (self.organisation, self.requested_by)
        return asked == (caller.organisation, caller.subject)


async def find_open(
    conn: AsyncConnection,
    kind: str | None,
    scope: OfficerScope,
    key: ReceiptKey,
    *,
    now: datetime,
) -> tuple[Approval, ...]:
    """Give what waits for a second person in this scope, the oldest first."""
    wanted = [
        approval.c.state == State.OPEN.value,
        approval.c.expires_at > now,
        _within(scope),
    ]
    if kind is not None:
        wanted.append(approval.c.kind == kind)
    rows = await conn.execute(
        select(approval).where(*wanted).order_by(approval.c.requested_at, approval.c.id)
    )
    return tuple(_read_signed(rows.mappings(), key))


async def find_decided(
    conn: AsyncConnection,
    kind: str | None,
    scope: OfficerScope,
    key: ReceiptKey,
    *,
    limit: int = 50,
) -> tuple[Approval, ...]:
    """Give what was decided in this scope, the newest first."""
    wanted = [approval.c.decided_at.is_not(None), _within(scope)]
    if kind is not None:
        wanted.append(approval.c.kind == kind)
    rows = await conn.execute(
        select(approval)
        .where(*wanted)
        .order_by(approval.c.decided_at.desc(), approval.c.id.desc())
    )
    return tuple(islice(_read_signed(rows.mappings(), key), limit))


async def count_unsigned(
    conn: AsyncConnection, kind: str | None, scope: OfficerScope, key: ReceiptKey
) -> int:
    """Count the rows in this scope that are not as this index wrote them."""
    wanted = [_within(scope)]
    if kind is not None:
        wanted.append(approval.c.kind == kind)
    rows = await conn.execute(select(approval).where(*wanted))
    return sum(not is_signed(row, key) for row in rows.mappings())


async def get_approval(
    conn: AsyncConnection, approval_id: UUID, key: ReceiptKey
) -> Approval:
    """Give an approval, or raise `UnknownApproval`."""
    return read_approval(await get_signed_row(conn, approval_id, key))


async def find_approval(
    conn: AsyncConnection, approval_id: UUID, key: ReceiptKey
) -> Approval | None:
    """Give an approval; None where it is not as this index wrote it."""
    try:
        return await get_approval(conn, approval_id, key)
    except UnknownApproval:
        return None


async def get_signed_row(
    conn: AsyncConnection, approval_id: UUID, key: ReceiptKey
) -> RowMapping:
    """Give the row of an approval, or raise `UnknownApproval`."""
    row = await conn.execute(select(approval).where(approval.c.id == approval_id))
    found = row.mappings().one_or_none()
    if found is None or not is_signed(found, key):
        raise UnknownApproval
    return found


def _read_signed(rows: Iterable[RowMapping], key: ReceiptKey) -> Iterator[Approval]:
    return (read_approval(row) for row in rows if is_signed(row, key))


def _within(scope: OfficerScope) -> ColumnElement[bool]:
    return within(scope, approval.c.municipality, approval.c.organisation)


def read_approval(row: RowMapping) -> Approval:
    """Give the approval that a row of the table holds."""
    needed = row["needs_role"]
    return Approval(
        id=row["id"],
        matter=Matter(
            kind=row["kind"],
            municipality=row["municipality"],
            digest=bytes(row["digest"]),
            title_code=row["title_code"],
            needs_role=None if needed is None else Role(needed),
        ),
        organisation=row["organisation"],
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        expires_at=row["expires_at"],
        state=State(row["state"]),
        decided_by=row["decided_by"],
        decided_in=row["decided_in"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )
