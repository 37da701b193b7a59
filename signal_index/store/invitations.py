"""Invitations to join: made by this index, each answered by one request.

The caller records what was done in the ledger, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvitationForged, InvitationUsed
from signal_index.tables.registry import invitation


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """Who was invited, by which municipality, until when."""

    id: UUID
    organisation: str
    municipality: str
    expires_at: datetime


async def add_invitation(
    conn: AsyncConnection, record: InvitationRecord, *, now: datetime
) -> None:
    """Remember an invitation that goes out."""
    await conn.execute(
        insert(invitation).values(
            id=record.id,
            organisation=record.organisation,
            municipality=record.municipality,
            made_at=now,
            expires_at=record.expires_at,
        )
    )


async def use_invitation(
    conn: AsyncConnection, given: InvitationRecord, request: str, *, now: datetime
) -> bool:
    """Use an invitation for one request; False where exactly this request used it.

    Raises `InvitationForged` for one that is not known here, or for somebody else, and
    `InvitationUsed` for one that another request used. The key that signs is that of
    receipts: who has it alone invites nobody.
    """
    found = select(invitation).where(invitation.c.id == given.id)
    row = (await conn.execute(found)).one_or_none()
    told = (given.organisation, given.municipality, given.expires_at)
    if row is None or (row.organisation, row.municipality, row.expires_at) != told:
        raise InvitationForged("this index does not know the invitation")
    if row.request == request:
        return False
    if row.request is not None:
        raise InvitationUsed("the invitation was used, with another request")
    done = await conn.execute(
        update(invitation)
        .where(invitation.c.id == given.id, invitation.c.request.is_(None))
        .values(request=request, accepted_at=now)
    )
    if done.rowcount != 1:
        raise InvitationUsed("the invitation was used just now")
    return True
