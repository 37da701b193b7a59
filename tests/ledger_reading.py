"""Open what a world's ledger recorded, with the index's own keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from signal_index.ledger import open_disclosures
from signal_index.proof import Group, JsonObject, parse_disclosure, parse_leaf
from signal_index.store.connect import reading
from tests.world import World

Opened = Mapping[Group, JsonObject | None]

_ALL = text(
    "SELECT e.entry_id, e.year, e.kind, e.leaf, d.sealed FROM ledger_entry e "
    "JOIN ledger_disclosure d ON d.entry_id = e.entry_id "
    "WHERE e.kind = :kind ORDER BY e.entry_id"
)


async def open_entries(world: World, kind: str) -> list[Opened]:
    """Give the opened groups of every entry of a kind."""
    async with reading(world.engine) as conn:
        rows = (await conn.execute(_ALL, {"kind": kind})).all()
    return [_open(world, row) for row in rows]


async def count_entries(
    world: World, kind: str, *, repeat: bool | None = None, outcome: str | None = None
) -> int:
    """Count the entries of a kind, perhaps only repeats or one outcome."""
    entries = await open_entries(world, kind)
    if repeat is not None:
        entries = [one for one in entries if _decision(one).get("repeat") is repeat]
    if outcome is not None:
        entries = [one for one in entries if _decision(one)["outcome"] == outcome]
    return len(entries)


def _decision(opened: Opened) -> JsonObject:
    return opened[Group.DECISION] or {}


def _open(world: World, row: Any) -> Opened:  # noqa: ANN401 - a row of text SQL
    key = world.index.keys.get_disclosure_key(row.year)
    entry = UUID(str(row.entry_id))
    parse_leaf(bytes(row.leaf))
    texts = open_disclosures(entry, bytes(row.sealed), key=key)
    return {group: parse_disclosure(said).value for group, said in texts.items()}
