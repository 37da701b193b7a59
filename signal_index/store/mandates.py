"""Who may ask for reports with persons, and until which day.

A mandate is given by the organisation's own management and recorded by whoever runs the
index (`signal-index account mandate`): an officer cannot give one, not even the other.
The caller records each change in the ledger, in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Caller
from signal_index.days import day_of
from signal_index.errors import MandateMissing, MandateNotGiven
from signal_index.store.registry import get_municipality
from signal_index.tables.overview import account_mandate


async def give_mandate(
    conn: AsyncConnection, organisation: str, subject: str, until: date, now: datetime
) -> None:
    """Give an account a mandate up to and including a day; a new one replaces it.

    Raises `UnknownOrganisation`, or `MandateNotGiven` where the day has passed.
    """
    home = await get_municipality(conn, organisation)
    if until < day_of(now):
        raise MandateNotGiven("the last day of a mandate cannot be in the past")
    key = {"organisation": organisation, "subject": subject}
    await conn.execute(delete(account_mandate).filter_by(**key))
    await conn.execute(
        insert(account_mandate).values(
            **key, municipality=home, until=until, given_at=now
        )
    )


async def end_mandate(conn: AsyncConnection, organisation: str, subject: str) -> None:
    """End a mandate at once, or raise `MandateNotGiven`."""
    gone = await conn.execute(
        delete(account_mandate)
        .filter_by(organisation=organisation, subject=subject)
        .returning(account_mandate.c.subject)
    )
    if gone.one_or_none() is None:
        raise MandateNotGiven("the account has no mandate")


async def find_mandate(
    conn: AsyncConnection, caller: Caller, now: datetime
) -> date | None:
    """Give the last day of the caller's mandate, or None without one that holds."""
    until: date | None = await conn.scalar(
        select(account_mandate.c.until).filter_by(
            organisation=caller.organisation, subject=caller.subject
        )
    )
    return until if until is not None and until >= day_of(now) else None


async def verify_mandate(conn: AsyncConnection, caller: Caller, now: datetime) -> None:
    """Raise `MandateMissing` unless the caller has a mandate that holds today."""
    if await find_mandate(conn, caller, now) is None:
        raise MandateMissing
