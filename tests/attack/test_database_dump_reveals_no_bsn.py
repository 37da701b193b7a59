"""Somebody has a copy of the database, perhaps the index's secrets, perhaps a share.

Every invented number is tried offline. The database alone holds nothing of a person;
with the secrets and one holder's share no row is found either: N needs two.
"""

from __future__ import annotations

import sqlite3
from itertools import combinations
from pathlib import Path

import pytest

from keys.group import generate_scalar, parse_scalar
from keys.oprf import blind, evaluate
from keys.pseudonym import (
    Pseudonym,
    derive_stored_point,
    parse_pseudonym,
)
from tests.holders_builders import a_bsn
from tests.world import World, index_keys, open_world

pytestmark = pytest.mark.anyio
EVERYBODY = [a_bsn(number) for number in range(1, 6)]


async def _a_town(folder: Path) -> tuple[World, list[Pseudonym]]:
    async with open_world(folder) as world:
        await world.publish(world.debt_help, EVERYBODY)
        await world.publish(world.income_support, EVERYBODY)
        await world.look_up(EVERYBODY)
        given = await world.holders.prepare_publication(EVERYBODY)
        return world, list(given.pseudonyms)


def _dump(folder: Path) -> bytes:
    return b"".join(
        path.read_bytes() for path in folder.iterdir() if path.name.startswith("index")
    )


def _row_keys(folder: Path) -> set[bytes]:
    with sqlite3.connect(folder / "index.sqlite") as connection:
        return {row[0] for row in connection.execute("SELECT row_key FROM signal")}


def _found(rows: set[bytes], n: Pseudonym) -> int:
    """Try one pseudonym offline, with all that the index keeps outside its database."""
    keys = index_keys()
    (scalar,) = keys.scalars.values()
    point = derive_stored_point(scalar, n)
    categories = ("schuldhulpverlening", "bijstand")
    return sum(
        keys.row_keys.seal(point, category).row_key in rows for category in categories
    )


async def test_no_number_stands_in_the_database(tmp_path: Path) -> None:
    await _a_town(tmp_path)
    dump = _dump(tmp_path)
    assert len(dump) > 100_000
    for number in EVERYBODY:
        assert number.registered[-9:] not in dump


async def test_no_pseudonym_stands_in_the_database_in_any_form(tmp_path: Path) -> None:
    _, pseudonyms = await _a_town(tmp_path)
    dump = _dump(tmp_path)
    keys = index_keys()
    (scalar,) = keys.scalars.values()
    for n in pseudonyms:
        for secret in (n.encoded, derive_stored_point(scalar, n).encoded):
            assert secret not in dump
            assert secret.hex().encode() not in dump


async def test_rows_of_one_person_do_not_link(tmp_path: Path) -> None:
    await _a_town(tmp_path)
    with sqlite3.connect(tmp_path / "index.sqlite") as connection:
        rows = connection.execute("SELECT row_key, seal FROM signal").fetchall()
    parts = [part for row in rows for part in row]
    assert len(set(parts)) == len(parts) == 4 * len(EVERYBODY)
    for first, second in combinations(parts, 2):
        assert first[:8] != second[:8]


async def test_the_right_pseudonym_would_be_found(tmp_path: Path) -> None:
    _, pseudonyms = await _a_town(tmp_path)
    rows = _row_keys(tmp_path)
    assert [_found(rows, n) for n in pseudonyms] == [2] * len(EVERYBODY)


@pytest.mark.parametrize("holder", [1, 2, 3])
async def test_database_and_secrets_and_one_share_find_no_row(
    tmp_path: Path, holder: int
) -> None:
    world, _ = await _a_town(tmp_path)
    rows = _row_keys(tmp_path)
    share = world.holders.holders[holder].keys.share
    for number in EVERYBODY:
        # r = 1: an insider does not blind what only he sees.
        point = blind(number.registered, parse_scalar(b"\1" + bytes(31)))
        evaluation = evaluate(share, [point], generate_scalar())
        guessed = parse_pseudonym(evaluation.points[0].encoded)
        assert _found(rows, guessed) == 0
