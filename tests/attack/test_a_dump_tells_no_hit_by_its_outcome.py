"""Somebody has a copy of the database, and asks which lookups showed a flag.

An open row "entry, flag, contact made" says that this lookup was a hit, how many flags
it had and how the family took it. What is kept says none of it without the year's key.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import UUID

import pytest

from signal_index.identifiers import new_uuid7
from signal_index.ledger import open_outcome, seal_outcome
from signal_index.proof import DisclosureRefused
from tests.holders_builders import a_bsn
from tests.ledger_builders import NOON, a_disclosure_key
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
CODES = ("contact-made", "citizen-says-ended", "not-needed")
NONCE = bytes(12)
TOLD = UUID(int=7)


async def _told(
    world: World, folder: Path
) -> tuple[list[tuple[bytes | str | int, ...]], UUID]:
    await world.publish(world.debt_help, [a_bsn(1)])
    await world.publish(world.income_support, [a_bsn(1)])
    (part,) = await world.look_up([a_bsn(1)])
    for flag, code in enumerate(CODES[:2]):
        body = {"outcome": code, "flag": flag}
        path = f"/lookups/{part['entryId']}/outcome"
        answer = await world.send("POST", path, world.a_token(), body)
        assert answer.status_code == 204, answer.text
    with sqlite3.connect(folder / "index.sqlite") as connection:
        rows = connection.execute("SELECT * FROM lookup_outcome").fetchall()
    return rows, UUID(part["entryId"])


async def test_no_row_names_the_lookup_the_flag_or_what_came_of_it(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        rows, entry = await _told(world, tmp_path)
    assert len(rows) == 2
    written = b"".join(
        cell if isinstance(cell, bytes) else str(cell).encode()
        for row in rows
        for cell in row
    )
    for told in (entry.bytes, entry.hex.encode(), *(code.encode() for code in CODES)):
        assert told not in written


async def test_rows_differ_in_nothing_but_what_is_random(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        rows, _ = await _told(world, tmp_path)
    assert (
        len({tuple(len(c) if isinstance(c, bytes) else c for c in r) for r in rows})
        == 1
    )


@pytest.mark.parametrize("code", [*CODES, None])
def test_every_code_and_what_was_taken_back_seal_to_one_length(
    code: str | None,
) -> None:
    entry, key = new_uuid7(NOON), a_disclosure_key(2026)
    name, sealed = seal_outcome(entry, 0, code, TOLD, key=key, nonce=NONCE)
    _, longest = seal_outcome(entry, 0, "x" * 64, TOLD, key=key, nonce=NONCE)
    assert len(sealed) == len(longest)
    assert open_outcome(name, sealed, key=key) == (code, TOLD)


def test_a_row_put_in_the_place_of_another_does_not_open() -> None:
    entry, key = new_uuid7(NOON), a_disclosure_key(2026)
    name, sealed = seal_outcome(entry, 0, "contact-made", TOLD, key=key, nonce=NONCE)
    other, _ = seal_outcome(entry, 1, "contact-made", TOLD, key=key, nonce=NONCE)
    assert open_outcome(name, sealed, key=key) == ("contact-made", TOLD)
    with pytest.raises(DisclosureRefused):
        open_outcome(other, sealed, key=key)


def test_with_the_key_of_its_year_the_name_of_a_row_is_gone_too() -> None:
    entry = new_uuid7(NOON)
    name, _ = seal_outcome(entry, 0, "x", TOLD, key=a_disclosure_key(2026), nonce=NONCE)
    other, _ = seal_outcome(
        entry, 0, "x", TOLD, key=a_disclosure_key(2027), nonce=NONCE
    )
    assert name != other
