"""The edge's transactions: what they cannot be sure of, they say.

An exception inside the block means that nothing was changed. One from the COMMIT itself
means that we do not know: `CommitUnknown`, and the caller may ask the same again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.errors import CommitUnknown, DatabaseUnavailable
from signal_index.store.connect import reading, transaction

_GONE = (OperationalError, InterfaceError, PoolTimeout, OSError)


@asynccontextmanager
async def committing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a writing transaction that commits at the end of the block.

    Raises `CommitUnknown` when the database did not confirm, `DatabaseUnavailable` when
    it went away before.
    """
    is_committing = False
    try:
        async with transaction(engine) as conn:
            yield conn
            is_committing = True
    except (SQLAlchemyError, OSError) as error:
        if is_committing:
            raise CommitUnknown from error
        if isinstance(error, _GONE):
            raise DatabaseUnavailable from error
        raise


@asynccontextmanager
async def looking(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection that only reads; raises `DatabaseUnavailable`."""
    try:
        async with reading(engine) as conn:
            yield conn
    except _GONE as error:
        raise DatabaseUnavailable from error
