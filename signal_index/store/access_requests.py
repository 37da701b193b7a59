"""Requests for access: received, extended, answered, closed. No person in any.

Every function takes the municipality: another one's request does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import AccessRequestClosed, UnknownAccessRequest
from signal_index.store.ledger_reading import Page
from signal_index.tables.citizen_rights import access_request


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request for access, as it stands."""

    id: UUID
    municipality: str
    organisation: str
    reference: str
    identity_check: str
    received_on: date
    due_on: date
    extension: str | None = None
    reported_at: datetime | None = None
    closing: str | None = None
    closed_at: datetime | None = None


async def insert_access_request(conn: AsyncConnection, made: AccessRequest) -> None:
    """Keep a request that was received."""
    await conn.execute(
        insert(access_request),
        {name: getattr(made, name) for name in AccessRequest.__dataclass_fields__},
    )


async def get_access_request(
    conn: AsyncConnection, id_: UUID, municipality: str
) -> AccessRequest:
    """Give one request, or raise `UnknownAccessRequest`."""
    rows = await conn.execute(
        select(access_request).where(
            access_request.c.id == id_, access_request.c.municipality == municipality
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownAccessRequest
    return AccessRequest(**row)


async def get_open_request(
    conn: AsyncConnection, id_: UUID, municipality: str
) -> AccessRequest:
    """Give one request that is not closed, or raise `AccessRequestClosed`."""
    found = await get_access_request(conn, id_, municipality)
    if found.closed_at is not None:
        raise AccessRequestClosed
    return found


async def lock_open_request(
    conn: AsyncConnection, id_: UUID, municipality: str
) -> AccessRequest:
    """Give the same in a writing transaction; two changes never interleave."""
    if conn.dialect.name == "postgresql":
        await conn.execute(
            select(access_request.c.id)
            .where(access_request.c.id == id_)
            .with_for_update()
        )
    return await get_open_request(conn, id_, municipality)


async def change_access_request(
    conn: AsyncConnection, id_: UUID, **values: object
) -> None:
    """Write down what changed of a request that was looked at in this transaction."""
    await conn.execute(
        update(access_request).where(access_request.c.id == id_).values(**values)
    )


async def list_access_requests(
    conn: AsyncConnection, municipality: str, page: Page, *, is_open: bool
) -> Sequence[AccessRequest]:
    """Give open requests, the most urgent first; or closed ones, the newest first."""
    columns = access_request.c
    query = select(access_request).where(columns.municipality == municipality)
    if is_open:
        query = query.where(columns.closed_at.is_(None))
        query = query.order_by(columns.due_on, columns.id)
    else:
        query = query.where(columns.closed_at.is_not(None))
        query = query.order_by(columns.id.desc())
        if page.before is not None:
            query = query.where(columns.id < page.before)
    rows = await conn.execute(query.limit(page.limit))
    return [AccessRequest(**row) for row in rows.mappings()]
