"""What an organisation's contact holders may be called beside the catalogue's lists.

- A label is the organisation's own once its municipality approved it: by a role, on a
  day, recorded in the ledger, or by two persons (`store.contact_label_requests`).
  Nothing is by default.
- One that ended names no contact holder anew; who is called so already stays.
- The caller records each `Change` in the ledger, in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.ledger import ReceiptKey
from signal_index.store.contact_label_requests import find_approved_labels
from signal_index.store.registry import Change, get_municipality
from signal_index.tables.registry import contact_label


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """That an organisation's contact holders may be called so, and who approved it."""

    organisation: str
    label: str
    by_role: str
    on: date


async def approve_label(
    conn: AsyncConnection, given: LabelRecord, *, now: datetime
) -> Change:
    """Let an organisation call its contact holders so; raises `UnknownOrganisation`.

    What is approved already stays as it is; what ended is approved anew.
    """
    home = await get_municipality(conn, given.organisation)
    key = {"organisation": given.organisation, "label": given.label}
    facts = {"by_role": given.by_role, "approved_on": given.on, "recorded_at": now}
    rows = await conn.execute(select(contact_label).filter_by(**key))
    found = rows.one_or_none()
    if found is None:
        row = {**key, "municipality": home, **facts}
        await conn.execute(insert(contact_label).values(row))
        return Change.ADDED
    if found.ended_at is None:
        return Change.UNCHANGED
    again = {**facts, "ended_at": None, "ended_because": None}
    await conn.execute(update(contact_label).filter_by(**key).values(again))
    return Change.CHANGED


async def find_labels(
    conn: AsyncConnection, organisation: str, key: ReceiptKey, *, now: datetime
) -> Collection[str]:
    """Find what this organisation's contact holders may be called by its own list.

    What its municipality's administrator registered, and what two persons approved.
    """
    rows = await conn.scalars(
        select(contact_label.c.label)
        .where(contact_label.c.organisation == organisation)
        .where(contact_label.c.ended_at.is_(None))
        .where(contact_label.c.approved_on <= day_of(now))
    )
    return {*rows, *await find_approved_labels(conn, organisation, key)}
