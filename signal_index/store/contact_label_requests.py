"""Words for contact holders that one person asked for and another approved.

A row says what was asked; whether it counts says its approval alone, as this index
signed it and about exactly this word and organisation (`store.approvals`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import ReceiptKey
from signal_index.notice.text import encode_compact
from signal_index.store.approvals import Approval, Matter, State, find_approval
from signal_index.tables.approvals import contact_label_request

MATTER: Final = "contact-label"
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class AskedLabel:
    """A word that was asked for; its approval; whether it ended since."""

    id: UUID
    municipality: str
    organisation: str
    label: str
    approval: Approval
    is_over: bool

    @property
    def is_of_its_approval(self) -> bool:
        """Tell whether exactly this word, and whose, is what the approval is about."""
        return self.approval.matter == matter_of(
            self.id, self.municipality, self.organisation, self.label
        )

    @property
    def is_approved(self) -> bool:
        """Tell whether the organisation may use it now."""
        return self.approval.state is State.APPROVED and not self.is_over


def matter_of(id_: UUID, municipality: str, organisation: str, label: str) -> Matter:
    """Make the matter of a request: its SHA-256 is over its id, whose and which."""
    whole = {"label": label, "organisation": organisation, "request": str(id_)}
    digest = hashlib.sha256(encode_compact(whole)).digest()
    return Matter(MATTER, municipality, digest, MATTER)


async def store_asked_label(
    conn: AsyncConnection, asked: AskedLabel, *, now: datetime
) -> None:
    """Keep what was asked beside the approval that it waits for."""
    await conn.execute(
        insert(contact_label_request).values(
            id=asked.id,
            municipality=asked.municipality,
            organisation=asked.organisation,
            label=asked.label,
            approval_id=asked.approval.id,
            asked_at=now,
        )
    )


async def list_asked_labels(
    conn: AsyncConnection, municipality: str, key: ReceiptKey
) -> tuple[Sequence[AskedLabel], int]:
    """Read a municipality's newest requests, and count the older ones."""
    columns = contact_label_request.c
    own = columns.municipality == municipality
    query = select(contact_label_request).where(own).order_by(columns.id.desc())
    rows = (await conn.execute(query.limit(SHOWN))).all()
    count = select(func.count()).select_from(contact_label_request).where(own)
    older = (await conn.scalar(count) or 0) - len(rows)
    return [one for row in rows if (one := await _read(conn, row, key))], older


async def find_approved_labels(
    conn: AsyncConnection, organisation: str, key: ReceiptKey
) -> Collection[str]:
    """Find the words that two persons let this organisation use."""
    query: Select[*tuple[object, ...]] = select(contact_label_request).where(
        contact_label_request.c.organisation == organisation,
        contact_label_request.c.ended_at.is_(None),
    )
    found = [await _read(conn, row, key) for row in (await conn.execute(query)).all()]
    return frozenset(one.label for one in found if one and one.is_approved)


async def _read(
    conn: AsyncConnection, row: Row[*tuple[object, ...]], key: ReceiptKey
) -> AskedLabel | None:
    """Read one; None where its approval is not ours, or about another word.

    So nobody reads one word, and approves another.
    """
    approval = await find_approval(conn, row.approval_id, key)
    if approval is None:
        return None
    found = AskedLabel(
        id=row.id,
        municipality=row.municipality,
        organisation=row.organisation,
        label=row.label,
        approval=approval,
        is_over=row.ended_at is not None,
    )
    return found if found.is_of_its_approval else None
