"""Spent tickets, and the five minutes in which the same lookup may be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import TicketInvalid
from signal_index.tables.lookups import lookup_repeat, spent_ticket

REPEAT_FOR: Final = timedelta(minutes=5)
REPEATS_MAXIMUM: Final = 3


@dataclass(frozen=True, slots=True, repr=False)
class TicketPair:
    """The two tickets of one lookup, and what makes a repeat of it recognisable."""

    jtis: tuple[UUID, UUID]
    until: datetime
    req: bytes
    organisation: str
    subject: str
    municipality: str
    body_digest: bytes
    repeat_until: datetime


async def take_repeat(
    conn: AsyncConnection, pair: TicketPair, *, now: datetime
) -> bool:
    """Count a repeat, and tell whether it is one: a lookup is answered again thrice.

    It is where this caller was answered exactly this within five minutes.
    """
    columns = lookup_repeat.c
    taken = await conn.execute(
        update(lookup_repeat)
        .where(
            columns.req == pair.req,
            columns.organisation == pair.organisation,
            columns.subject == pair.subject,
            columns.body_digest == pair.body_digest,
            columns.until > now,
            columns.repeats < REPEATS_MAXIMUM,
        )
        .values(repeats=columns.repeats + 1)
        .returning(columns.req)
    )
    return taken.first() is not None


async def spend_tickets(
    conn: AsyncConnection, pairs: Sequence[TicketPair]
) -> Sequence[bool]:
    """Spend the pairs that are whole, and tell of each whether it was (SQLite).

    Inside BEGIN IMMEDIATE nobody else can spend between the two statements.
    """
    asked = [jti for pair in pairs for jti in pair.jtis]
    spent = await conn.scalars(
        select(spent_ticket.c.jti).where(spent_ticket.c.jti.in_(asked))
    )
    gone = set(spent)
    fresh = [gone.isdisjoint(pair.jtis) for pair in pairs]
    whole = [pair for pair, is_fresh in zip(pairs, fresh, strict=True) if is_fresh]
    if whole:
        await conn.execute(
            insert(spent_ticket),
            [{"jti": jti, "until": pair.until} for pair in whole for jti in pair.jtis],
        )
        await conn.execute(
            sqlite.insert(lookup_repeat).on_conflict_do_nothing(),
            [repeat_row(pair) for pair in whole],
        )
    return fresh


async def spend_tickets_once(
    conn: AsyncConnection, jtis: Sequence[UUID], until: datetime
) -> None:
    """Spend the tickets of one act, all of them, or raise `TicketInvalid`.

    For acts that are not gathered; the caller's transaction takes back what was spent
    when it fails. In sorted order, so that two of them never wait for each other.
    """
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    spent = await conn.scalars(
        dialect.insert(spent_ticket)
        .values([{"jti": jti, "until": until} for jti in sorted(jtis)])
        .on_conflict_do_nothing()
        .returning(spent_ticket.c.jti)
    )
    if set(spent) != set(jtis):
        raise TicketInvalid


def repeat_row(pair: TicketPair) -> dict[str, object]:
    """Give the row by which a repeat is recognised."""
    return {
        "req": pair.req,
        "municipality": pair.municipality,
        "organisation": pair.organisation,
        "subject": pair.subject,
        "body_digest": pair.body_digest,
        "until": pair.repeat_until,
    }
