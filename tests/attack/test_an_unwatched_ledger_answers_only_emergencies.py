"""Somebody keeps the witnesses away, so that the ledger can be rewritten in peace."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from signal_index.api.edge import Edge
from signal_index.api.witnessing import WitnessRule, WitnessState
from signal_index.errors import LedgerForked
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.proof import Checkpoint, NoteKey, hash_leaf, origin_of
from signal_index.upkeep.sequencer import Sequencer, sequence_once
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.witness_builders import Watch, a_watch
from tests.world import LEDGER_ORIGIN, World

pytestmark = pytest.mark.anyio

ONE = a_bsn(1)
KEY = CheckpointKey(b"\x01" * 32)


@pytest.fixture
async def world(world: World) -> World:
    assert isinstance(world.app, Edge)
    world.app.state.index = replace(world.index, witnessing=WitnessRule())
    await look_up(world)
    return world


async def look_up(world: World, **changed: object) -> httpx.Response:
    body = await world.ask([ONE], **changed)
    return await world.send("POST", "/lookups", world.a_token(), body)


async def health(world: World) -> dict[str, Any]:
    async with world.http() as client:
        answer = await client.get("/v1/health")
    found: dict[str, Any] = answer.json()
    return found


async def witness(world: World, watch: Watch, file: Path) -> None:
    sequencer = Sequencer(world.engine, KEY, LEDGER_ORIGIN, file, watch.asked)
    await sequence_once(sequencer, now=world.clock())


async def test_ten_minutes_without_a_witness_is_a_warning(world: World) -> None:
    world.clock.forward(timedelta(minutes=9))
    assert (await health(world))["status"] == "ok"
    world.clock.forward(timedelta(minutes=2))
    found = await health(world)
    assert (found["status"], found["witness"]["state"]) == ("warning", "unwitnessed")
    assert (await look_up(world)).status_code == 200


async def test_four_hours_without_a_witness_only_emergencies_are_answered(
    world: World,
) -> None:
    world.clock.forward(timedelta(hours=4, minutes=1))
    refused = await look_up(world)
    assert refused.status_code == 403
    assert [ground["id"] for ground in refused.json()["grounds"]] == [
        "ledger-unwitnessed"
    ]
    assert (await health(world))["witness"]["state"] == "break-glass-only"
    emergency = await look_up(world, breakGlass={"reason": "eviction-today"})
    assert emergency.status_code == 200


async def test_the_refusal_is_recorded_and_spends_no_ticket(world: World) -> None:
    world.clock.forward(timedelta(hours=5))
    body = await world.ask([ONE])
    for _ in range(2):
        answer = await world.send("POST", "/lookups", world.a_token(), body)
        assert answer.status_code == 403
    assert await count_entries(world, "lookup", outcome="refused") == 2


async def test_a_cosignature_opens_it_again(world: World, tmp_path: Path) -> None:
    world.clock.forward(timedelta(hours=5))
    assert (await look_up(world)).status_code == 403
    year = world.clock().year
    key = NoteKey(origin_of(LEDGER_ORIGIN, year), KEY.public)
    async with a_watch(tmp_path, clock=world.clock, log_key=key) as watch:
        await witness(world, watch, tmp_path / "checkpoint.json")
    world.clock.forward(timedelta(seconds=11))
    assert (await health(world))["witness"]["state"] == "witnessed"
    assert (await look_up(world)).status_code == 200


async def let_a_witness_see_another(world: World, folder: Path) -> None:
    """Have a witness refuse the ledger: it saw another tree of this size."""
    note, other = folder / "checkpoint.json", replace(world.clock)
    year = world.clock().year
    key = NoteKey(origin_of(LEDGER_ORIGIN, year), KEY.public)
    async with a_watch(folder, clock=other, log_key=key) as watch:
        (seen,) = watch.witnesses
        forged = Checkpoint(key.name, 2, hash_leaf(b"another tree"))
        seen.memory.keep(key.name, sign_checkpoint(forged, KEY))
        with pytest.raises(LedgerForked):
            await witness(world, watch, note)
        world.clock.forward(timedelta(seconds=11))


async def test_a_witness_that_refuses_is_red_at_once_and_only_emergencies_are_answered(
    world: World, tmp_path: Path
) -> None:
    await let_a_witness_see_another(world, tmp_path)
    found = await health(world)
    assert (found["status"], found["witness"]["state"]) == ("error", "refused")
    refused = await look_up(world)
    assert refused.status_code == 403
    assert [one["id"] for one in refused.json()["grounds"]] == ["ledger-refused"]
    emergency = await look_up(world, breakGlass={"reason": "eviction-today"})
    assert emergency.status_code == 200


async def test_a_witness_that_refused_and_is_silent_has_not_come_round(
    world: World, tmp_path: Path
) -> None:
    await let_a_witness_see_another(world, tmp_path)
    sequencer = Sequencer(
        world.engine, KEY, LEDGER_ORIGIN, tmp_path / "checkpoint.json"
    )
    key = NoteKey(origin_of(LEDGER_ORIGIN, world.clock().year), KEY.public)
    async with a_watch(tmp_path, clock=world.clock, log_key=key) as watch:
        watch.lines[0].is_cut = True
        await sequence_once(
            replace(sequencer, witnesses=watch.asked), now=world.clock()
        )
    world.clock.forward(timedelta(seconds=11))
    assert (await health(world))["status"] == "error"


async def test_once_it_is_signed_and_seen_again_it_goes_on(
    world: World, tmp_path: Path
) -> None:
    await let_a_witness_see_another(world, tmp_path)
    year = world.clock().year
    key = NoteKey(origin_of(LEDGER_ORIGIN, year), KEY.public)
    again = tmp_path / "right"
    again.mkdir()
    async with a_watch(again, clock=world.clock, log_key=key) as watch:
        await witness(world, watch, tmp_path / "checkpoint.json")
    world.clock.forward(timedelta(seconds=11))
    assert (await health(world))["status"] == "ok"
    assert (await look_up(world)).status_code == 200


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "state"),
    [
        (None, WitnessState.WITNESSED),
        (NOON - timedelta(minutes=9, seconds=59), WitnessState.WITNESSED),
        (NOON - timedelta(minutes=10), WitnessState.UNWITNESSED),
        (NOON - timedelta(hours=4), WitnessState.BREAK_GLASS_ONLY),
        (NOON + timedelta(minutes=30), WitnessState.UNWITNESSED),
        (NOON + timedelta(days=300), WitnessState.BREAK_GLASS_ONLY),
    ],
)
async def test_a_clock_that_jumps_makes_no_old_confirmation_new(
    since: datetime | None, state: WitnessState
) -> None:
    assert WitnessRule().judge(since, NOON) is state


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (date(2026, 11, 22), WitnessState.TRIAL),
        (date(2026, 11, 21), WitnessState.BREAK_GLASS_ONLY),
    ],
)
async def test_a_trial_ends_on_its_day(until: date, state: WitnessState) -> None:
    assert WitnessRule(until).judge(None, NOON) is state
