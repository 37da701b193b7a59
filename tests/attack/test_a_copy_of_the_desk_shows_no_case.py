"""Somebody has a copy of the desk's database, or sits beside her at the same desk.

The desk keeps case numbers for who asked. The copy must not give one, nor say whose
lookups had one; a colleague must not get another's by asking for the same entry.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from desk.database import Database
from desk.lookup_notes import KEPT, LookupNotes, Note
from desk.own_seal import OwnSeal
from desk.tables import lookup_notes
from tests.holders_builders import FakeClock

pytestmark = pytest.mark.anyio
SEAL = OwnSeal(bytes(range(32)))
CASE = "Z-2026-001234"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.sqlite3'}")
    await opened.prepare()
    yield opened
    await opened.close()


def _copy(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def some_notes(
    database: Database, clock: FakeClock | None = None, seal: OwnSeal = SEAL
) -> LookupNotes:
    return LookupNotes(database, seal, clock or FakeClock())


async def keep(
    database: Database,
    sub: str,
    entries: list[UUID],
    case: str | None,
) -> None:
    async with database.transaction() as connection:
        notes = some_notes(database)
        await notes.keep(connection, entries, sub=sub, case=case)


async def _rows(database: Database) -> list[dict[str, Any]]:
    async with database.transaction() as connection:
        rows = await connection.execute(select(lookup_notes))
        return [dict(row) for row in rows.mappings()]


async def test_a_household_is_kept_in_the_order_asked(database: Database) -> None:
    entries = [uuid4() for _ in range(3)]
    await keep(database, "fatima", entries, CASE)
    found = await some_notes(database).find("fatima", entries)
    assert [found[one] for one in entries] == [Note(CASE, n, 3) for n in (1, 2, 3)]


async def test_a_colleague_of_the_same_desk_finds_nothing(database: Database) -> None:
    entry = uuid4()
    await keep(database, "fatima", [entry], CASE)
    assert await some_notes(database).find("joris", [entry]) == {}


async def test_a_copy_names_no_case_no_user_and_no_entry(
    database: Database, tmp_path: Path
) -> None:
    entry = uuid4()
    await keep(database, "fatima", [entry], CASE)
    await database.close()
    written = _copy(tmp_path)
    for told in (CASE.encode(), b"fatima", str(entry).encode(), entry.bytes):
        assert told not in written


async def test_every_row_is_equally_long(database: Database) -> None:
    await keep(database, "fatima", [uuid4()], CASE)
    await keep(database, "fatima", [uuid4()], None)
    await keep(database, "joris", [uuid4() for _ in range(10)], "Z" * 40)
    assert len({len(row["sealed"]) for row in await _rows(database)}) == 1


async def test_a_row_moved_to_another_name_does_not_open_and_hides_no_other(
    database: Database,
) -> None:
    notes, own, others, next_one = some_notes(database), uuid4(), uuid4(), uuid4()
    await keep(database, "fatima", [others], CASE)
    await keep(database, "joris", [own], None)
    await keep(database, "joris", [next_one], CASE)
    stolen = await _sealed_of(database, others)
    async with database.transaction() as connection:
        await connection.execute(
            update(lookup_notes)
            .where(lookup_notes.c.id == SEAL.name_row("lookup", str(own), "joris"))
            .values(sealed=stolen)
        )
    found = await notes.find("joris", [own, next_one])
    assert found == {next_one: Note(CASE, 1, 1)}


async def _sealed_of(database: Database, entry: UUID) -> bytes:
    name = SEAL.name_row("lookup", str(entry), "fatima")
    (row,) = [row for row in await _rows(database) if row["id"] == name]
    return bytes(row["sealed"])


async def test_another_key_finds_nothing(database: Database) -> None:
    entry = uuid4()
    await keep(database, "fatima", [entry], CASE)
    other = some_notes(database, seal=OwnSeal(bytes(32)))
    assert await other.find("fatima", [entry]) == {}


async def test_notes_are_gone_after_half_a_year(database: Database) -> None:
    clock, entry = FakeClock(), uuid4()
    notes = some_notes(database, clock)
    await keep(database, "fatima", [entry], CASE)
    clock.forward(KEPT)
    await notes.sweep()
    assert await notes.find("fatima", [entry]) != {}
    clock.forward(timedelta(days=1))
    await notes.sweep()
    assert await _rows(database) == []
