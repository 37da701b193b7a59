"""Pages over entries of one minute: nothing comes twice, and nothing is left out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from signal_index.identifiers import make_uuid7
from signal_index.ledger import Entry
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import Page, find_organisation_entries
from signal_index.tables.metadata import metadata
from tests.ledger_builders import NOON, OIN, an_entry

NUMBERS = st.integers(0, 2**66 - 1)
SOME = st.lists(NUMBERS, min_size=1, max_size=24, unique=True)
"""What several processes drew in one minute: in no order of time."""


@dataclass(frozen=True)
class Paged:
    """What stood there at first, what was given page by page, and what came in."""

    at_first: list[UUID]
    given: list[UUID]
    added: list[UUID]


@given(SOME, SOME, st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_what_stood_there_comes_once_whatever_is_added_meanwhile(
    first: list[int], more: list[int], limit: int
) -> None:
    coming = [number for number in more if number not in first]
    paged = asyncio.run(_page(first, coming, limit))
    assert sorted(set(paged.given)) == sorted(paged.given), "nothing comes twice"
    assert set(paged.at_first) <= set(paged.given), "nothing is left out"
    assert set(paged.given) <= {*paged.at_first, *paged.added}
    assert paged.given == sorted(paged.given, reverse=True), "in an order that stands"


async def _page(first: list[int], coming: list[int], limit: int) -> Paged:
    engine = create_async_engine("sqlite+aiosqlite://")
    entries = [_entry(number) for number in first]
    later = [_entry(number) for number in coming]
    given: list[UUID] = []
    async with engine.connect() as conn:
        await conn.run_sync(metadata.create_all)
        await insert_entries(conn, entries)
        waiting = list(later)
        while page := await _read(conn, given, limit):
            given += page
            if waiting:
                await insert_entries(conn, [waiting.pop()])
    await engine.dispose()
    return Paged([one.id for one in entries], given, [one.id for one in later])


async def _read(conn: AsyncConnection, given: list[UUID], limit: int) -> list[UUID]:
    page = Page(limit, before=given[-1] if given else None)
    return [one.entry for one in await find_organisation_entries(conn, OIN, page)]


def _entry(number: int) -> Entry:
    return an_entry(1, entry=make_uuid7(NOON, number))
