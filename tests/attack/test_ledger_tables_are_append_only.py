"""Attacker: an administrator who corrects the ledger with a statement of SQL.

Triggers stop the mistake and the temptation, on both databases and for the owner too.
Whoever drops the triggers first is found by the signed tree
(test_ledger_row_changed_by_sql_is_detected.py).
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tests.ledger_world import LedgerWorld, a_ledger
from tests.store_builders import DATABASES, database_url

pytestmark = pytest.mark.anyio

CHANGES = [
    "UPDATE ledger_entry SET municipality = '9902'",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_leaf SET position = position + 100",
    "DELETE FROM ledger_leaf",
    "UPDATE ledger_tile SET level = 9",
    "DELETE FROM ledger_tile",
    "UPDATE ledger_checkpoint SET note = ''",
    "DELETE FROM ledger_checkpoint",
    "UPDATE ledger_disclosure SET municipality = '9902'",
    "UPDATE ledger_tree SET size = size - 1",
    "DELETE FROM ledger_tree",
    "UPDATE ledger_succession SET origin = 'index.example/another'",
    "DELETE FROM ledger_succession",
]
SUCCEEDED = (
    "INSERT INTO ledger_succession (generation, origin, entry_id, succeeded_at) "
    "SELECT 1, 'index.example/other', entry_id, recorded_at FROM ledger_entry LIMIT 1"
)
REPLACE = "INSERT OR REPLACE INTO ledger_leaf SELECT * FROM ledger_leaf"


@pytest.fixture(params=DATABASES)
async def ledger(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[LedgerWorld]:
    url = database_url(request.param, request, tmp_path)
    async with a_ledger(url, tmp_path) as world:
        await world.record_some(range(1, 300))  # enough for a full tile
        await world.sequence()
        await world.run_sql(SUCCEEDED)
        yield world


async def test_nothing_of_the_ledger_is_changed_or_deleted(ledger: LedgerWorld) -> None:
    outcomes: set[object] = set()
    for statement in CHANGES:
        try:
            await ledger.run_sql(statement)
        except DBAPIError as refused:
            outcomes.add("append-only" in str(refused))
        else:
            outcomes.add(statement)
    assert outcomes == {True}


@pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
async def test_replacing_a_leaf_is_no_way_around_it(ledger: LedgerWorld) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await ledger.run_sql(REPLACE)


@pytest.mark.parametrize("ledger", ["postgresql"], indirect=True)
async def test_truncating_is_no_way_around_it(ledger: LedgerWorld) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await ledger.run_sql("TRUNCATE ledger_entry CASCADE")


async def test_sealed_disclosures_can_be_erased_whole(ledger: LedgerWorld) -> None:
    await ledger.run_sql("DELETE FROM ledger_disclosure")
