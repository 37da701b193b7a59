"""The operator keeps an entry out of the tree, before the sequencer has seen it.

No tree can show what never stood in it. `signal-index reconcile` does: the promise that
the desk kept, and the key holders' statements, tell of what is not there.
"""

from pathlib import Path

import pytest

from tests.holders_builders import a_bsn
from tests.reconcile_world import gather, sequence
from tests.world import World

pytestmark = pytest.mark.anyio

UNQUEUE = """
DELETE FROM ledger_pending
WHERE entry_id IN (SELECT entry_id FROM ledger_entry WHERE kind = 'lookup')
"""


async def test_an_entry_whose_place_in_the_queue_was_deleted_is_missed(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    answers += await world.look_up([a_bsn(2)])
    await world.run_sql(UNQUEUE)
    files = await gather(world, tmp_path, answers)
    (found,) = files.report()["findings"]
    assert (found["code"], found["weight"]) == ("receipt-without-entry", "alarm")
    assert found["entryId"] == answers[1]["entryId"]


async def test_an_entry_that_was_wiped_out_whole_is_missed_too(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    await world.run_sql(
        UNQUEUE,
        "DROP TRIGGER refuse_ledger_entry_delete",
        "DELETE FROM ledger_disclosure WHERE find_person IS NOT NULL",
        "DELETE FROM ledger_entry WHERE kind = 'lookup'",
    )
    files = await gather(world, tmp_path, answers)
    assert files.codes() == ["receipt-without-entry"]


async def test_the_tree_alone_does_not_show_it(world: World, tmp_path: Path) -> None:
    """What this test is for: without the other parties' parts, nothing is found."""
    answers = await world.look_up([a_bsn(1)])
    await world.run_sql(UNQUEUE)
    files = await gather(world, tmp_path, answers)
    files.receipts = []
    assert files.codes() == []


async def test_a_user_whose_lookups_are_kept_out_again_and_again_stands_out(
    world: World, tmp_path: Path
) -> None:
    """Also where the desk helps the operator, and gives none of its receipts."""
    for number in range(1, 6):
        await world.look_up([a_bsn(number)])
    await world.run_sql(UNQUEUE)
    files = await gather(world, tmp_path)
    (found,) = files.report()["findings"]
    assert (found["code"], found["count"]) == ("abandoned-user", 5)
