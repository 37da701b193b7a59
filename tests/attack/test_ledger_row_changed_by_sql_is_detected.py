"""An operator with SQL changes what was recorded: the verifier says so.

The attacker is the owner of the database: triggers and grants do not stand in the way.
What does is the signed tree: without the checkpoint key no changed tree is signed, and
with it the checkpoints that others keep do not fit.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from signal_index.errors import LedgerForked
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.proof import (
    Checkpoint,
    ConsistencyRefused,
    InclusionRefused,
    ProofRefused,
    SignatureRefused,
    TileRef,
    hash_leaf,
    parse_bundle,
)
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger_tiles import compute_root, find_tile
from signal_index.store.ledger_tree import Tree, insert_checkpoint
from signal_index.upkeep.export import export_year
from signal_index.verify.judge import Judgement, Trust, judge_ledger
from signal_index.verify.sources import open_source
from tests.ledger_builders import CHECKPOINT_KEY, NOON
from tests.ledger_world import LedgerWorld, a_ledger, key_of

pytestmark = pytest.mark.anyio

CHANGES = {
    "leaf": "UPDATE ledger_entry SET leaf = (SELECT leaf FROM ledger_entry WHERE "
    "kind = 'first-leaf') "
    "WHERE entry_id = (SELECT entry_id FROM ledger_leaf WHERE position = 2)",
    "leaf-hash": "UPDATE ledger_leaf SET leaf_hash = (SELECT leaf_hash FROM "
    "ledger_leaf WHERE position = 1) WHERE position = 515",
    "tile": "UPDATE ledger_tile SET hashes = (SELECT hashes FROM ledger_tile "
    "WHERE position = 1) WHERE position = 0",
    "tile-root": "UPDATE ledger_tile SET root = (SELECT leaf_hash FROM ledger_leaf "
    "WHERE position = 0) WHERE position = 0 AND level = 0",
    "other-entry": "UPDATE ledger_leaf SET entry_id = (SELECT entry_id FROM "
    "ledger_entry WHERE kind = 'lookup' AND entry_id NOT IN "
    "(SELECT entry_id FROM ledger_leaf)) WHERE position = 5",
}


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
        await world.record_some(range(1, 520))
        await world.sequence()
        await world.record_some([600])  # recorded, in no tree yet
        yield world


async def judge(ledger: LedgerWorld, folder: Path, *earlier: str) -> Judgement:
    into = folder / "export"
    await export_year(
        ledger.owner, 2026, into, keys={}, progress=lambda _done, _size: None
    )
    with open_source(str(into)) as source:
        return judge_ledger(source, Trust(key_of(), earlier))


async def test_an_untouched_ledger_holds(ledger: LedgerWorld, tmp_path: Path) -> None:
    found = await judge(ledger, tmp_path, await ledger.checkpoint())
    assert (found.size, found.entries_read, found.earlier) == (520, True, 1)


@pytest.mark.parametrize("change", sorted(CHANGES))
async def test_a_changed_row_is_detected(
    ledger: LedgerWorld, tmp_path: Path, change: str
) -> None:
    await ledger.drop_guards()
    await ledger.run_sql(CHANGES[change])
    with pytest.raises(ProofRefused):
        await judge(ledger, tmp_path)


async def test_a_tree_rebuilt_over_the_change_is_not_signed(
    ledger: LedgerWorld, tmp_path: Path
) -> None:
    await ledger.drop_guards()
    await ledger.run_sql(
        "UPDATE ledger_leaf SET leaf_hash = (SELECT leaf_hash FROM ledger_leaf WHERE "
        "position = 0) WHERE position = 519"
    )
    before = await ledger.checkpoint()
    with pytest.raises(LedgerForked):
        await ledger.sequence()
    assert await ledger.checkpoint() == before
    with pytest.raises(InclusionRefused):
        await judge(ledger, tmp_path)


async def resign(ledger: LedgerWorld, key: CheckpointKey) -> None:
    """Rebuild and sign the tree as it now stands in the database."""
    async with reading(ledger.owner) as conn:
        root = await compute_root(conn, 2026, 520)
    note = sign_checkpoint(Checkpoint(key_of().name, 520, root), key)
    tree = Tree(2026, key_of().name, 520, 520)
    async with transaction(ledger.owner) as conn:
        await insert_checkpoint(conn, tree, note, NOON)


async def replace_the_last_leaf(ledger: LedgerWorld) -> None:
    await ledger.drop_guards()
    await ledger.run_sql(
        "DELETE FROM ledger_checkpoint",
        CHANGES["other-entry"].replace("position = 5", "position = 519"),
    )
    async with reading(ledger.owner) as conn:
        data = await find_tile(conn, 2026, TileRef(None, 2, 8))
    assert data is not None
    forged = hash_leaf(parse_bundle(data, 8)[-1]).hex()
    literal = (
        f"X'{forged}'"
        if ledger.owner.dialect.name == "sqlite"
        else (f"decode('{forged}', 'hex')")
    )
    await ledger.run_sql(
        f"UPDATE ledger_leaf SET leaf_hash = {literal} "  # noqa: S608 - made here
        "WHERE position = 519"
    )


async def test_signing_the_change_with_another_key_is_detected(
    ledger: LedgerWorld, tmp_path: Path
) -> None:
    await replace_the_last_leaf(ledger)
    await resign(ledger, CheckpointKey(b"\x09" * 32))
    with pytest.raises(SignatureRefused):
        await judge(ledger, tmp_path)


async def test_signing_the_change_with_the_stolen_key_breaks_a_kept_checkpoint(
    ledger: LedgerWorld, tmp_path: Path
) -> None:
    kept = await ledger.checkpoint()
    await replace_the_last_leaf(ledger)
    await resign(ledger, CHECKPOINT_KEY)
    with pytest.raises(ConsistencyRefused):
        await judge(ledger, tmp_path, kept)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET kind = 'outcome'",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_checkpoint SET size = 1",
        "UPDATE ledger_tree SET size = 1",
    ],
)
async def test_the_guards_refuse_the_change_itself(
    ledger: LedgerWorld, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await ledger.run_sql(statement)
