"""Work on many rows that lets answers go first: a part at a time, one statement each.

The leader may run in the loop that answers: what it does for a thousand rows at once
would have every answer wait for it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Table, TextClause, bindparam, insert, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE: Final = 50
"""So many rows take a few milliseconds."""

NAMED_AT_ONCE: Final = 400
"""So many values, or pairs of them, one statement may name on either database."""

T = TypeVar("T")


def in_parts(items: Sequence[T], most: int = NAMED_AT_ONCE) -> Iterator[Sequence[T]]:
    """Give the items a part at a time, each of which one statement may name."""
    for start in range(0, len(items), most):
        yield items[start : start + most]


async def by_turns(items: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """Give the items a part at a time; what waits goes between two of them."""
    for part in in_parts(items, AT_ONCE):
        yield part
        await asyncio.sleep(0)


async def insert_rows(
    conn: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that give every column: on PostgreSQL in one statement of arrays.

    Compiled once a table, for any number of rows.
    """
    if not rows:
        return
    if conn.dialect.name != "postgresql":
        await conn.execute(insert(table), rows)
        return
    columns = {one.name: [row[one.name] for row in rows] for one in table.columns}
    await conn.execute(_statement(table), columns)


@cache
def _statement(table: Table) -> TextClause:
    names = table.columns.keys()
    arrays = ", ".join(f":{name}" for name in names)
    return text(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608  names of our own table
    ).bindparams(*(bindparam(one.name, type_=ARRAY(one.type)) for one in table.columns))
