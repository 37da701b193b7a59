"""What an approval is, and which there are: the reading half of `store.approvals`.

A row without this index's signature is none: it is in no list, and `UnknownApproval`.
How many there are is told beside every list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Caller, Role
from signal_index.errors import UnknownApproval
from signal_index.ledger import ReceiptKey
from signal_index.store.approval_signatures import is_signed
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.approvals import approval

DECIDED_SHOWN: Final = 50
"""How many decisions a page tells, the newest ones."""


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


@dataclass(frozen=True, slots=True)
class ReadApprovals:
    """Approvals of one scope, as read once and each held against its signature.

    `unreadable`: so many rows are not as this index wrote them.
    """

    signed: tuple[Approval, ...]
    unreadable: int

    def find_open(self, now: datetime) -> tuple[Approval, ...]:
        """Give what waits for a second person, the oldest first."""
        waiting = [
            one
            for one in self.signed
            if one.state is State.OPEN and one.expires_at > now
        ]
        return tuple(sorted(waiting, key=lambda one: (one.requested_at, one.id)))

    def find_decided(self) -> tuple[Approval, ...]:
        """Give what was decided, the newest first, at most `DECIDED_SHOWN`."""
        decided = [
            (one.decided_at, one.id, one)
            for one in self.signed
            if one.decided_at is not None
        ]
        return tuple(one for *_, one in sorted(decided, reverse=True)[:DECIDED_SHOWN])

    @property
    def decided_left_off(self) -> int:
        """Count what was decided before that."""
        decided = sum(one.decided_at is not None for one in self.signed)
        return max(0, decided - DECIDED_SHOWN)


async def read_approvals(
    conn: AsyncConnection, kind: str | None, scope: OfficerScope, key: ReceiptKey
) -> ReadApprovals:
    """Read the approvals in this scope: all, or those of one kind."""
    wanted = [within(scope, approval.c.municipality, approval.c.organisation)]
    if kind is not None:
        wanted.append(approval.c.kind == kind)
    rows = (await conn.execute(select(approval).where(*wanted))).mappings().all()
    signed = tuple(read_approval(row) for row in rows if is_signed(row, key))
    return ReadApprovals(signed, len(rows) - len(signed))


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
