"""What the sequencer signs is cosigned before it is published, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.responses import PlainTextResponse

from keys.events import EventLog
from signal_index.errors import LedgerForked, LedgerRenamed, LedgerRolledBack
from signal_index.proof import (
    FirstLeaf,
    TileRef,
    parse_bundle,
    parse_leaf,
    parse_tlog_proof,
    split_note,
    verify_quorum,
)
from signal_index.store.connect import reading
from signal_index.store.ledger_proofs import prove_entry
from signal_index.store.ledger_tiles import find_tile
from signal_index.store.witnessing import find_shown, find_witnessed
from signal_index.tables.ledger import ledger_checkpoint
from signal_index.tables.metadata import metadata
from signal_index.upkeep.cosigning import LEFT_ALONE, HttpWitnesses
from signal_index.upkeep.sequencer import sequence_once, verify_start
from signal_index.witness.app import make_witness_app
from tests.holders_builders import FakeClock
from tests.ledger_builders import NOON, OIN, an_entry
from tests.ledger_world import LedgerWorld, a_ledger, key_of
from tests.witness_builders import COSIGNER, SECOND, Watch, a_request, a_watch

pytestmark = pytest.mark.anyio

KEYS = [COSIGNER.public, SECOND.public]


@dataclass
class Scene:
    """A ledger with two witnesses, of which one must cosign."""

    ledger: LedgerWorld
    watch: Watch
    clock: FakeClock

    async def sequence(self) -> int:
        return await self.ledger.sequence(self.clock())

    async def grow(self, *numbers: int) -> None:
        await self.ledger.record_some(numbers)
        await self.sequence()

    async def shown(self) -> str:
        async with reading(self.ledger.web) as conn:
            note = await find_shown(conn)
        assert note is not None
        return note

    async def witnessed_at(self) -> datetime | None:
        async with reading(self.ledger.web) as conn:
            found = await find_witnessed(conn, 2026)
        return None if found is None else found.at


@pytest.fixture(params=["sqlite", "postgresql"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    clock = FakeClock(NOON)
    async with (
        a_watch(tmp_path, clock=clock, count=2) as watch,
        a_ledger(url, tmp_path, witnesses=watch.asked) as ledger,
    ):
        yield Scene(ledger, watch, clock)


async def test_a_published_checkpoint_carries_its_cosignatures(scene: Scene) -> None:
    await scene.grow(1, 2, 3)
    assert verify_quorum(await scene.shown(), KEYS, 2).at == NOON
    await scene.grow(4)
    assert verify_quorum(await scene.shown(), KEYS, 2).at == NOON


async def test_of_a_tree_that_grew_on_no_cosignature_is_kept(scene: Scene) -> None:
    """A cosignature says the second; with that, when each entry came would be known."""
    await scene.grow(1, 2, 3)
    first = await scene.shown()
    await scene.grow(4)
    shown = split_note(await scene.shown())
    async with reading(scene.ledger.owner) as conn:
        notes = (await conn.scalars(select(ledger_checkpoint.c.note))).all()
        for table in metadata.sorted_tables:
            for row in await conn.execute(select(table)):
                kept = first in row and table.name != "ledger_hour"
                assert not kept, f"{table.name} has the cosigned tree of before"
    assert len(notes) == 2
    for note in notes:
        text, signed = split_note(note)
        assert [len(signed), len(shown[1])] == [1, 3], text


async def test_a_quiet_ledger_is_cosigned_again_every_minute(scene: Scene) -> None:
    await scene.grow(1)
    before = await scene.shown()
    for _ in range(3):
        scene.clock.forward(timedelta(seconds=30))
        await scene.sequence()
    after = await scene.shown()
    assert split_note(after)[0] == split_note(before)[0]
    assert verify_quorum(after, KEYS, 2).at == NOON + timedelta(seconds=60)
    assert await scene.witnessed_at() == NOON + timedelta(seconds=60)


async def test_one_silent_witness_of_two_holds_nothing_up(scene: Scene) -> None:
    scene.watch.lines[0].is_cut = True
    await scene.grow(1)
    assert verify_quorum(await scene.shown(), KEYS, 1).names == ["witness.example/w2"]
    assert '"witness": "witness.example/w1"' in scene.watch.said.getvalue()


async def test_no_witness_at_all_is_published_and_not_called_witnessed(
    scene: Scene,
) -> None:
    for line in scene.watch.lines:
        line.is_cut = True
    await scene.grow(1)
    assert await scene.witnessed_at() is None
    assert len(split_note(await scene.shown())[1]) == 1


async def test_a_quorum_that_is_not_reached_is_not_called_witnessed(
    scene: Scene,
) -> None:
    scene.watch.asked.quorum = 2
    scene.watch.lines[0].is_cut = True
    await scene.grow(1)
    assert await scene.witnessed_at() is None
    assert verify_quorum(await scene.shown(), KEYS, 1).names == ["witness.example/w2"]


async def test_a_witness_that_is_back_is_asked_again(scene: Scene) -> None:
    for line in scene.watch.lines:
        line.is_cut = True
    await scene.grow(1)
    for line in scene.watch.lines:
        line.is_cut = False
    scene.clock.forward(LEFT_ALONE + timedelta(seconds=1))
    await scene.sequence()
    verify_quorum(await scene.shown(), KEYS, 2)
    assert "witness-back" in scene.watch.said.getvalue()


async def test_a_sequencer_that_starts_anew_asks_what_was_seen(scene: Scene) -> None:
    await scene.grow(*range(1, 8))
    for witness in scene.watch.witnesses:
        assert witness.memory.find(key_of().name) is not None
    scene.watch.asked._asked[0].sizes.clear()
    await scene.grow(8)
    verify_quorum(await scene.shown(), KEYS, 2)


async def test_an_answer_that_is_no_cosignature_counts_for_nothing(
    scene: Scene,
) -> None:
    scene.watch.lines[0].lie = PlainTextResponse("— stranger.example AAAA\n")
    scene.watch.lines[1].lie = PlainTextResponse("\xff" * 10)
    await scene.grow(1)
    assert await scene.witnessed_at() is None


async def test_a_cosignature_of_another_time_counts_for_nothing(scene: Scene) -> None:
    for line, witness in zip(scene.watch.lines, scene.watch.witnesses, strict=True):
        slow = replace(witness, clock=lambda: NOON - timedelta(minutes=6))
        line.lie = make_witness_app(slow, EventLog(StringIO(), scene.clock))
    await scene.grow(1)
    assert await scene.witnessed_at() is None
    assert "ClocksDiffer" in scene.watch.said.getvalue()


async def test_a_proof_carries_the_cosigned_checkpoint(scene: Scene) -> None:
    await scene.grow(1, 2)
    for line in scene.watch.lines:
        line.is_cut = True
    await scene.grow(3)
    async with reading(scene.ledger.web) as conn:
        early = parse_tlog_proof(await prove_entry(conn, an_entry(1).id, OIN))
        late = parse_tlog_proof(await prove_entry(conn, an_entry(3).id, OIN))
    verify_quorum(early.checkpoint, KEYS, 2)
    assert len(split_note(late.checkpoint)[1]) == 1


async def test_a_year_begins_with_the_last_cosigned_checkpoint(scene: Scene) -> None:
    await scene.grow(1, 2)
    cosigned = await scene.shown()
    for line in scene.watch.lines:
        line.is_cut = True
    await scene.grow(3)
    later = datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
    await scene.ledger.record(an_entry(4, recorded_at=later))
    await scene.ledger.sequence(later)
    async with reading(scene.ledger.web) as conn:
        bundle = await find_tile(conn, 2027, TileRef(None, 0, 2))
    assert bundle is not None
    first = parse_leaf(parse_bundle(bundle, 2)[0])
    assert isinstance(first, FirstLeaf)
    assert first.previous == cosigned


async def test_a_witness_that_saw_more_stops_the_start_and_the_signing(
    scene: Scene,
) -> None:
    await scene.grow(1)
    await _let_see(scene, 40)
    with pytest.raises(LedgerRolledBack, match="40 entries"):
        await verify_start(scene.ledger.sequencer, now=scene.clock())
    await scene.ledger.record_some([2])
    with pytest.raises(LedgerRolledBack):
        await scene.sequence()


async def _let_see(scene: Scene, size: int) -> None:
    """Show the first witness a larger tree, as if it were of before a restore."""
    memory = scene.watch.witnesses[0].memory
    memory.keep(key_of().name, a_request(0, size).checkpoint)


async def test_a_witness_that_saw_another_tree_stops_the_signing(scene: Scene) -> None:
    await scene.grow(*range(1, 12))
    memory = scene.watch.witnesses[0].memory
    memory.keep(key_of().name, a_request(0, 5).checkpoint)
    await scene.ledger.record_some([12])
    with pytest.raises(LedgerForked, match="w1"):
        await scene.sequence()


async def test_two_sequencers_at_once_sign_one_tree(scene: Scene) -> None:
    await scene.ledger.record_some(range(1, 50))
    other = replace(scene.ledger.sequencer)
    done = await asyncio.gather(
        sequence_once(scene.ledger.sequencer, now=NOON),
        sequence_once(other, now=NOON),
    )
    assert sum(done) == 49
    verify_quorum(await scene.shown(), KEYS, 2)


async def test_another_name_in_the_settings_is_refused(scene: Scene) -> None:
    await scene.grow(1)
    renamed = replace(scene.ledger.sequencer, origin_base="index.example/other")
    with pytest.raises(LedgerRenamed):
        await verify_start(renamed, now=NOON)
    with pytest.raises(LedgerRenamed):
        await sequence_once(renamed, now=NOON)


async def test_a_clock_that_jumps_leaves_a_ledger_that_goes_on(scene: Scene) -> None:
    await scene.grow(1)
    scene.clock.forward(timedelta(days=60))  # into the next year, and back again
    await scene.ledger.record(an_entry(2, recorded_at=scene.clock()))
    await scene.sequence()
    scene.clock.forward(timedelta(days=-60))
    await scene.grow(3)
    assert await scene.sequence() == 0
    async with reading(scene.ledger.web) as conn:
        for year, size in ((2026, 3), (2027, 2)):
            found = await find_witnessed(conn, year)
            assert found is not None
            assert found.size == size
    await verify_start(scene.ledger.sequencer, now=scene.clock())


async def test_a_crash_after_the_witness_and_before_publishing_is_made_good(
    scene: Scene,
) -> None:
    await scene.grow(1, 2)
    await scene.grow(3)
    before = await scene.shown()
    await scene.ledger.drop_guards()
    await scene.ledger.run_sql(
        "DELETE FROM ledger_checkpoint WHERE size = 4", "DELETE FROM ledger_witnessed"
    )
    await verify_start(scene.ledger.sequencer, now=scene.clock())
    await scene.sequence()
    assert split_note(await scene.shown())[0] == split_note(before)[0]
    verify_quorum(await scene.shown(), KEYS, 2)


async def test_a_crash_before_the_witness_is_made_good(scene: Scene) -> None:
    for line in scene.watch.lines:
        line.is_cut = True
    await scene.grow(1)
    for line in scene.watch.lines:
        line.is_cut = False
    fresh = replace(scene.ledger.sequencer, witnesses=anew(scene.watch))
    await verify_start(fresh, now=scene.clock())
    await sequence_once(fresh, now=scene.clock())
    verify_quorum(await scene.shown(), KEYS, 2)


def anew(watch: Watch) -> HttpWitnesses:
    """Give the witnesses as a sequencer has them that has just started."""
    asked = watch.asked
    places = [(one.key, one.url) for one in asked._asked]
    return HttpWitnesses(asked._client, places, asked.quorum, asked._log)
