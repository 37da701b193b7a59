"""Suspending an account and restoring it; read at most ten seconds old by the edge.

- An account is a subject (`sub`) at an organisation, whatever a token still says.
- The subject `EVERYONE` stands for the organisation as a whole.
- The caller records it in the ledger, in the same transaction.
"""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import AccountNotSuspended
from signal_index.store.registry import Change, get_municipality
from signal_index.tables.registry import account_suspension

EVERYONE = "*"


async def suspend_account(
    conn: AsyncConnection, organisation: str, subject: str, *, now: datetime
) -> Change:
    """Suspend an account; an account that is suspended stays so, unchanged."""
    home = await get_municipality(conn, organisation)
    key = {"organisation": organisation, "subject": subject}
    found = await conn.execute(select(account_suspension).filter_by(**key))
    if found.one_or_none() is not None:
        return Change.UNCHANGED
    await conn.execute(
        insert(account_suspension).values(**key, municipality=home, suspended_at=now)
    )
    return Change.ADDED


async def restore_account(
    conn: AsyncConnection, organisation: str, subject: str
) -> None:
    """Lift the suspension of an account, or raise `AccountNotSuspended`."""
    gone = await conn.execute(
        delete(account_suspension)
        .filter_by(organisation=organisation, subject=subject)
        .returning(account_suspension.c.subject)
    )
    if gone.one_or_none() is None:
        raise AccountNotSuspended("the account is not suspended")
