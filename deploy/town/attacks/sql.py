"""What an attacker with the database's own password does, on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

_CHANGE = """
UPDATE ledger_entry SET leaf = {changed}
WHERE entry_id = (
    SELECT e.entry_id FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.entry_id
    WHERE e.kind = 'lookup' AND {shown} LIKE '%"answered"%' LIMIT 1
)
"""
_SQLITE = _CHANGE.format(
    changed="""CAST(replace(CAST(leaf AS TEXT), '"answered"', '"refused"') AS BLOB)""",
    shown="CAST(e.leaf AS TEXT)",
)
_POSTGRESQL = _CHANGE.format(
    changed="convert_to(replace(convert_from(leaf, 'UTF8'), "
    """'"answered"', '"refused"'), 'UTF8')""",
    shown="convert_from(e.leaf, 'UTF8')",
)

_NUMBER = """
UPDATE contact_holder SET details = {changed} WHERE {shown} LIKE '%' || :number || '%'
"""
_NUMBER_SQLITE = _NUMBER.format(
    changed="replace(details, :number, :other)", shown="details"
)
_NUMBER_POSTGRESQL = _NUMBER.format(
    changed="CAST(replace(CAST(details AS text), :number, :other) AS json)",
    shown="CAST(details AS text)",
)

_LOOKUPS = """
FROM ledger_disclosure d JOIN ledger_entry e ON e.entry_id = d.entry_id
WHERE e.kind = 'lookup' AND d.find_person IS NOT NULL
"""
_NEWEST = f"""
SELECT d.entry_id, d.find_person {_LOOKUPS} ORDER BY e.recorded_at DESC LIMIT 1
"""
_OTHER = f"""
SELECT d.find_person {_LOOKUPS} AND d.find_person <> :found LIMIT 1
"""
_OTHERWISE = """
UPDATE ledger_disclosure SET find_person = :found WHERE entry_id = :entry
"""


async def dump_rows(database_url: str) -> tuple[set[bytes], list[str]]:
    """Give every row key in the index, and the categories that occur."""
    async with _owning(database_url) as conn:
        found = (await conn.execute(text("SELECT row_key, category FROM signal"))).all()
    return {bytes(row) for row, _ in found}, sorted({name for _, name in found})


async def change_entry(database_url: str) -> int:
    """Change what one lookup's entry says; gives how many rows changed.

    Raises `sqlalchemy.exc.DBAPIError` where the database's own guard refuses.
    """
    async with _owning(database_url) as conn:
        sqlite = conn.dialect.name == "sqlite"
        statement = text(_SQLITE if sqlite else _POSTGRESQL)
        return (await conn.execute(statement)).rowcount


async def change_number(database_url: str, number: str, other: str) -> int:
    """Write another telephone number wherever one stands; gives in how many rows."""
    async with _owning(database_url) as conn:
        sqlite = conn.dialect.name == "sqlite"
        statement = text(_NUMBER_SQLITE if sqlite else _NUMBER_POSTGRESQL)
        done = await conn.execute(statement, {"number": number, "other": other})
        return done.rowcount


async def find_newest(database_url: str) -> tuple[object, bytes, bytes]:
    """Give the newest lookup, by what it is found, and by what somebody else's is."""
    async with _owning(database_url) as conn:
        row = (await conn.execute(text(_NEWEST))).one()
        other = await conn.execute(text(_OTHER), {"found": row.find_person})
        return row.entry_id, bytes(row.find_person), bytes(other.scalar_one())


async def name_otherwise(database_url: str, entry: object, found: bytes | None) -> None:
    """Change by what a lookup is found.

    The table's guard goes first, as only its owner can take it.
    """
    async with _owning(database_url) as conn:
        if conn.dialect.name == "sqlite":
            guard = "DROP TRIGGER IF EXISTS refuse_ledger_disclosure_update"
        else:
            guard = "ALTER TABLE ledger_disclosure DISABLE TRIGGER ALL"
        await conn.execute(text(guard))
        await conn.execute(text(_OTHERWISE), {"entry": entry, "found": found})


async def drop_guards(database_url: str) -> None:
    """Remove the triggers of the table of entries, as only its owner can."""
    async with _owning(database_url) as conn:
        if conn.dialect.name != "sqlite":
            await conn.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"))
            return
        named = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in (await conn.execute(named)).all():
            await conn.execute(text(f'DROP TRIGGER "{name}"'))


@asynccontextmanager
async def _owning(database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as conn:
            yield conn
    finally:
        await engine.dispose()
