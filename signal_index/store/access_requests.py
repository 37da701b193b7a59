"""Requests for access: received, extended, answered, closed.

- Of the person only a keyed hash, and that from the first report until the request is
  closed: two requests of one person have nothing in common.
- Every function takes the municipality: another one's request does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import SealedRow
from signal_index.errors import (
    AccessRequestClosed,
    AccessRequestOfAnother,
    UnknownAccessRequest,
)
from signal_index.labels import Labels
from signal_index.store.ledger_reading import Page
from signal_index.tables.citizen_rights import access_request
from signal_index.wire.access_requests import AccessRequest

_READ: Final = tuple(one for one in access_request.c if one.name != "person_seal")


async def insert_access_request(
    conn: AsyncConnection, received: Mapping[str, Any], labels: Labels, today: date
) -> AccessRequest:
    """Keep a request that was received; the columns as they are called."""
    row = {**dict.fromkeys(access_request.c.keys()), **received}
    await conn.execute(insert(access_request), row)
    return _request(row, labels, today)


async def get_access_request(
    conn: AsyncConnection, id_: UUID, municipality: str, labels: Labels, today: date
) -> AccessRequest:
    """Read one request as it stands today, or raise `UnknownAccessRequest`."""
    rows = await conn.execute(
        select(*_READ).where(
            access_request.c.id == id_, access_request.c.municipality == municipality
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownAccessRequest
    return _request(dict(row), labels, today)


async def get_open_request(
    conn: AsyncConnection, id_: UUID, municipality: str, labels: Labels, today: date
) -> AccessRequest:
    """Read one request that is not closed, or raise `AccessRequestClosed`."""
    found = await get_access_request(conn, id_, municipality, labels, today)
    if found.closedAt is not None:
        raise AccessRequestClosed
    return found


async def lock_open_request(
    conn: AsyncConnection, id_: UUID, municipality: str, labels: Labels, today: date
) -> AccessRequest:
    """Read the same in a writing transaction; two changes never interleave."""
    if conn.dialect.name == "postgresql":
        await conn.execute(
            select(access_request.c.id)
            .where(access_request.c.id == id_)
            .with_for_update()
        )
    return await get_open_request(conn, id_, municipality, labels, today)


async def bind_request(
    conn: AsyncConnection, id_: UUID, person: Sequence[SealedRow], at: datetime
) -> None:
    """Note that a report was made about this person; of a request that is locked.

    `person`: as the row keys name them within this request, what is written first.
    Raises `AccessRequestOfAnother` where an earlier one was about another person.
    """
    columns = access_request.c
    query = select(columns.person_key).where(columns.id == id_)
    bound = (await conn.execute(query)).scalar_one()
    if bound is not None and bound not in {one.row_key for one in person}:
        raise AccessRequestOfAnother
    key, seal = person[0].row_key, person[0].seal
    await change_access_request(
        conn, id_, reported_at=at, person_key=key, person_seal=seal
    )


async def change_access_request(
    conn: AsyncConnection, id_: UUID, **values: object
) -> None:
    """Write down what changed of a request that was looked at in this transaction."""
    await conn.execute(
        update(access_request).where(access_request.c.id == id_).values(**values)
    )


async def list_access_requests(
    conn: AsyncConnection,
    municipality: str,
    page: Page,
    labels: Labels,
    today: date,
    *,
    is_open: bool,
) -> Sequence[AccessRequest]:
    """Read open requests, the most urgent first; or closed ones, the newest first."""
    columns = access_request.c
    query = select(*_READ).where(columns.municipality == municipality)
    if is_open:
        query = query.where(columns.closed_at.is_(None))
        query = query.order_by(columns.due_on, columns.id)
    else:
        query = query.where(columns.closed_at.is_not(None))
        query = query.order_by(columns.id.desc())
        if page.before is not None:
            query = query.where(columns.id < page.before)
    rows = await conn.execute(query.limit(page.limit))
    return [_request(dict(row), labels, today) for row in rows.mappings()]


def _request(row: Mapping[str, Any], labels: Labels, today: date) -> AccessRequest:
    catalogue = labels.catalogue
    is_extensible = row["closing"] is None and row["extension"] is None
    return AccessRequest(
        id=row["id"],
        reference=row["reference"],
        identityCheck=row["identity_check"],
        identityLabel=labels.of(catalogue.identity_checks, row["identity_check"]),
        receivedOn=row["received_on"],
        dueOn=row["due_on"],
        daysLeft=(row["due_on"] - today).days,
        extension=row["extension"],
        extensionLabel=labels.of(catalogue.extension_reasons, row["extension"]),
        mayExtend=is_extensible and today <= row["due_on"],
        reportedAt=row["reported_at"],
        closing=row["closing"],
        closingLabel=labels.of(catalogue.request_closings, row["closing"]),
        closedAt=row["closed_at"],
    )
