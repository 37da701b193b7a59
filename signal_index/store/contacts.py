"""Contact holders: whom a generalist calls about the signals of an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.answers import Contact
from signal_index.errors import (
    ContactChanged,
    TooManyContactHolders,
    UnknownContactHolder,
)
from signal_index.store.many_rows import in_parts
from signal_index.store.readable import read_each
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import signal
from signal_index.wire.contact_holders import ContactSignature, StoredContactHolder
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_value

_AHEAD: Final = 60
"""Seconds that a source's clock may be ahead: so much later it may have signed."""

SIGNALS_EACH: Final = 20
"""How many signals give their organisation room for one more contact holder."""


async def store_contact_holder(
    conn: AsyncConnection,
    owner: tuple[str, str],
    holder: StoredContactHolder,
    *,
    replaces: str | None = None,
    most: int,
    now: datetime,
) -> bool:
    """Store one contact holder of an organisation; tell whether it is a new one.

    `owner` is the organisation and its municipality. Another organisation's id raises
    `UnknownContactHolder`, as if it did not exist. A new one beyond `most`, and beyond
    one for each `SIGNALS_EACH` signals, is `TooManyContactHolders`; who is there stays.
    One that was signed before what stands is refused: an old number never comes back.
    What says that it was signed after now, or by nobody, is not as it was stored, and
    stands in no one's way. `replaces`: the signature that must stand there, else
    `ContactChanged`: of two who change the same, the second is told, and what somebody
    took away meanwhile does not come back.
    """
    organisation, municipality = owner
    holder_id = holder.id
    values = {
        "details": holder.model_dump(mode="json", exclude={"id"}),
        "last_verified": holder.lastVerified,
        "updated_at": now,
    }
    own = contact_holder.c.id == holder_id
    columns = (contact_holder.c.organisation, contact_holder.c.details)
    known = (
        await conn.execute(select(*columns).where(own).with_for_update())
    ).one_or_none()
    if known is None:
        if replaces is not None:
            raise ContactChanged
        await _verify_room(conn, organisation, most)
        await conn.execute(
            insert(contact_holder),
            {
                "id": holder_id,
                "organisation": organisation,
                "municipality": municipality,
                **values,
            },
        )
        return True
    if known.organisation != organisation:
        raise UnknownContactHolder
    new, old = holder.signature, _find_signature(known.details)
    if replaces is not None and (old is None or old.value != replaces):
        raise ContactChanged
    if new and old and new.at < old.at <= now.timestamp() + _AHEAD:
        raise InvalidField("iat", "in-the-past")
    await conn.execute(update(contact_holder).where(own).values(values))
    return False


async def _verify_room(conn: AsyncConnection, organisation: str, most: int) -> None:
    own = select(contact_holder.c.id).where(
        contact_holder.c.organisation == organisation
    )
    count = await conn.scalar(select(func.count()).select_from(own.subquery())) or 0
    if count < most:
        return
    naming = select(func.count()).where(signal.c.contact_holder.in_(own))
    if count >= (await conn.scalar(naming) or 0) // SIGNALS_EACH:
        raise TooManyContactHolders


async def list_contact_holders(
    conn: AsyncConnection, organisation: str
) -> tuple[Sequence[StoredContactHolder], Sequence[UUID]]:
    """Read an organisation's own contact holders, and which cannot be read."""
    rows = await conn.execute(
        select(contact_holder.c.id, contact_holder.c.details)
        .where(contact_holder.c.organisation == organisation)
        .order_by(contact_holder.c.id)
    )
    found, broken = read_each(
        rows,
        lambda row: StoredContactHolder.model_validate(
            {
                **row.details,
                "id": row.id,
                "signature": _find_signature(row.details),
            }
        ),
    )
    return found, [row.id for row in broken]


def _find_signature(details: object) -> ContactSignature | None:
    """Give the signature that a row has; None for what cannot be one."""
    said = details.get("signature") if isinstance(details, Mapping) else None
    try:
        return parse_value(ContactSignature, said)
    except InvalidField:
        return None


async def find_contacts(
    conn: AsyncConnection, ids: Iterable[UUID]
) -> Mapping[UUID, Contact]:
    """Read whom to call, as it is now; who is no more is not among them."""
    found: dict[UUID, Contact] = {}
    for part in in_parts(sorted(set(ids))):
        rows = await conn.execute(
            select(
                contact_holder.c.id,
                contact_holder.c.details,
                contact_holder.c.last_verified,
            ).where(contact_holder.c.id.in_(part))
        )
        found |= {row.id: (row.id, row.details, row.last_verified) for row in rows}
    return found


async def find_contact_owners(
    conn: AsyncConnection, ids: Iterable[UUID]
) -> Mapping[UUID, str]:
    """Give which organisation each of these contact holders belongs to."""
    rows = await conn.execute(
        select(contact_holder.c.id, contact_holder.c.organisation).where(
            contact_holder.c.id.in_(list(ids))
        )
    )
    return {row.id: row.organisation for row in rows}
