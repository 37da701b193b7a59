"""A backup comes back, or the ledger is rewritten: nothing is signed over it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signal_index.errors import (
    CheckpointMissing,
    LedgerForked,
    LedgerRolledBack,
)
from signal_index.proof import ConsistencyRefused
from signal_index.store.connect import is_sqlite
from signal_index.upkeep.checkpoint_file import read_checkpoints
from signal_index.upkeep.export import export_year
from signal_index.upkeep.sequencer import verify_start
from signal_index.verify.judge import Trust, judge_ledger
from signal_index.verify.sources import open_source
from tests.ledger_builders import NOON
from tests.ledger_world import LedgerWorld, a_ledger, key_of

pytestmark = pytest.mark.anyio

_LEDGER = ("checkpoint", "tile", "leaf", "pending", "disclosure", "tree", "entry")


@pytest.fixture(params=["sqlite", "postgresql"])
async def ledger(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[LedgerWorld]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    async with a_ledger(url, tmp_path) as world:
        await world.record_some(range(1, 11))
        await world.sequence()
        yield world


async def restore_a_backup(ledger: LedgerWorld, *, to_size: int) -> None:
    """Bring the database back to what it was when the tree was smaller."""
    await ledger.drop_guards()
    gone = f"(SELECT entry_id FROM ledger_leaf WHERE position >= {to_size})"  # noqa: S608 - ours
    if is_sqlite(ledger.owner):
        await ledger.run_sql("PRAGMA defer_foreign_keys = ON")
    await ledger.run_sql(
        f"DELETE FROM ledger_checkpoint WHERE size > {to_size}",  # noqa: S608 - ours
        f"DELETE FROM ledger_disclosure WHERE entry_id IN {gone}",  # noqa: S608 - ours
        f"DELETE FROM ledger_leaf WHERE position >= {to_size}",  # noqa: S608 - ours
        f"UPDATE ledger_tree SET size = {to_size}",  # noqa: S608 - ours
        "DELETE FROM ledger_entry WHERE entry_id NOT IN "
        "(SELECT entry_id FROM ledger_leaf)",
    )


async def empty_the_database(ledger: LedgerWorld) -> None:
    await ledger.drop_guards()
    await ledger.run_sql(*(f"DELETE FROM ledger_{table}" for table in _LEDGER))  # noqa: S608 - ours


async def test_an_honest_restart_goes_on(ledger: LedgerWorld) -> None:
    await verify_start(ledger.sequencer, now=NOON)
    await ledger.record_some([11])
    assert await ledger.sequence() == 1


async def test_a_restored_backup_refuses_to_start(ledger: LedgerWorld) -> None:
    await restore_a_backup(ledger, to_size=6)
    with pytest.raises(LedgerRolledBack):
        await verify_start(ledger.sequencer, now=NOON)


async def test_a_restored_backup_refuses_to_sign(ledger: LedgerWorld) -> None:
    await restore_a_backup(ledger, to_size=6)
    outside = read_checkpoints(ledger.sequencer.checkpoint_file)
    await ledger.record_some(range(20, 40))
    with pytest.raises(LedgerRolledBack):
        await ledger.sequence()
    assert read_checkpoints(ledger.sequencer.checkpoint_file) == outside


async def test_an_emptied_database_refuses_to_sign(ledger: LedgerWorld) -> None:
    await empty_the_database(ledger)
    await ledger.record_some([1])
    with pytest.raises(LedgerRolledBack):
        await ledger.sequence()


async def test_a_rewritten_tree_refuses_to_sign(ledger: LedgerWorld) -> None:
    await ledger.drop_guards()
    await ledger.run_sql(
        "UPDATE ledger_leaf SET leaf_hash = (SELECT leaf_hash FROM ledger_leaf WHERE "
        "position = 1) WHERE position = 4"
    )
    await ledger.record_some([20])
    with pytest.raises(LedgerForked):
        await ledger.sequence()
    with pytest.raises(LedgerForked):
        await verify_start(ledger.sequencer, now=NOON)


async def test_a_checkpoint_file_that_is_gone_refuses_to_sign(
    ledger: LedgerWorld,
) -> None:
    ledger.sequencer.checkpoint_file.unlink()
    await ledger.record_some([20])
    with pytest.raises(CheckpointMissing):
        await ledger.sequence()


@pytest.mark.parametrize("junk", ["", "[]", "{}x", '{"2026": "note"}', '{"x": "y"}'])
async def test_a_checkpoint_file_of_junk_refuses_to_sign(
    ledger: LedgerWorld, junk: str
) -> None:
    ledger.sequencer.checkpoint_file.write_text(junk)
    await ledger.record_some([20])
    with pytest.raises(CheckpointMissing):
        await ledger.sequence()


async def test_a_crash_before_publishing_is_made_good(ledger: LedgerWorld) -> None:
    await ledger.record_some([11])
    await ledger.sequence()
    published = await ledger.checkpoint()
    await ledger.drop_guards()
    await ledger.run_sql("DELETE FROM ledger_checkpoint WHERE size = 12")
    assert await ledger.sequence() == 0
    assert await ledger.checkpoint() == published


async def test_a_crash_before_signing_is_made_good(ledger: LedgerWorld) -> None:
    file = ledger.sequencer.checkpoint_file
    before = file.read_text()
    await ledger.record_some([11])
    await ledger.sequence()
    published = await ledger.checkpoint()
    await ledger.drop_guards()
    await ledger.run_sql("DELETE FROM ledger_checkpoint WHERE size = 12")
    file.write_text(before)
    assert await ledger.sequence() == 0
    assert await ledger.checkpoint() == published
    assert json.loads(file.read_text()) == {"2026": published}


async def test_a_kept_checkpoint_shows_the_rollback_to_anyone(
    ledger: LedgerWorld, tmp_path: Path
) -> None:
    kept = await ledger.checkpoint()
    await restore_a_backup(ledger, to_size=6)
    ledger.sequencer.checkpoint_file.unlink()
    await ledger.sequence()
    await export_year(
        *(ledger.owner, 2026, tmp_path / "export"),
        keys={},
        progress=lambda _done, _size: None,
    )
    with (
        open_source(str(tmp_path / "export")) as source,
        pytest.raises(ConsistencyRefused),
    ):
        judge_ledger(source, Trust(key_of(), [kept]))
