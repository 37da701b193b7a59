"""A kill at any write of upkeep or a command: all of it is there, or nothing.

Each act is done once; at every point where the process could have been killed the files
are copied, and each copy is held to two things: the effect and its ledger entry are
both there or both not, and a new process can go on from there. What a caller's request
does is in test_crash_at_every_write_loses_nothing.py.
"""

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from keys.events import EventLog
from policy.catalogue import load_catalogue
from signal_index.cli.items import OrganisationItem, parse_item
from signal_index.cli.registration import Registrar
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.upkeep.expiry import Erasure
from signal_index.upkeep.sequencer import Sequencer, sequence_once, verify_start
from tests.crash_points import CrashPoint, CrashRecorder
from tests.holders_builders import a_bsn
from tests.ledger_builders import CHECKPOINT_KEY, NOON
from tests.match_builders import open_matching, run_matches
from tests.store_builders import an_oin
from tests.world import LEDGER_ORIGIN, World, open_world

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Scene:
    """A world in which debt help has published about three persons."""

    world: World
    sequencer: Sequencer


@dataclass(frozen=True)
class Act:
    """What is done, and the two counts that may only change together."""

    do: Callable[[Scene], Awaitable[object]]
    effect: str
    entry: str
    before: Callable[[Scene], Awaitable[object]] | None = None


async def _register(scene: Scene) -> None:
    recorder = Recorder(scene.world.index.keys, "operator:test", scene.world.clock)
    values = {
        "oin": an_oin(77),
        "name": "Nieuw",
        "kind": "source-agency",
        "municipality": "9901",
    }
    async with transaction(scene.world.engine) as conn:
        registrar = Registrar(conn, recorder, load_catalogue())
        await registrar.register(parse_item(OrganisationItem, values))


async def _erase(scene: Scene) -> None:
    scene.world.clock.forward(timedelta(days=365))
    world, clock = scene.world, scene.world.clock
    recorder = Recorder(world.index.keys, "upkeep", clock)
    log = EventLog(io.StringIO(), clock)
    catalogue = load_catalogue()
    await Erasure(world.engine, recorder, catalogue, log, clock, 5).run()


async def _sequence(scene: Scene) -> None:
    assert await sequence_once(scene.sequencer, now=scene.world.clock()) > 0


async def _two_publish(scene: Scene) -> None:
    await open_matching(scene.world)
    await scene.world.publish(scene.world.income_support, [a_bsn(1)])


async def _match(scene: Scene) -> None:
    assert await run_matches(scene.world) == 1


def _entries(kind: str) -> str:
    return f"SELECT count(*) FROM ledger_entry WHERE kind = '{kind}'"  # noqa: S608 - ours


def _rows(table: str) -> str:
    return f"SELECT count(*) FROM {table}"  # noqa: S608 - ours


ACTS = {
    "administration": Act(_register, _rows("organisation"), _entries("administration")),
    "erasure": Act(_erase, _rows("signal"), _entries("erasure")),
    "matching": Act(_match, _rows("match_sheet"), _entries("match"), _two_publish),
    "sequencing": Act(_sequence, _rows("ledger_leaf"), _rows("ledger_pending")),
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_world(tmp_path) as world:
        await world.publish(world.debt_help, [a_bsn(1), a_bsn(2), a_bsn(3)])
        checkpoint = tmp_path / "checkpoint.json"
        sequencer = Sequencer(world.engine, CHECKPOINT_KEY, LEDGER_ORIGIN, checkpoint)
        yield Scene(world, sequencer)


async def _crash_points(scene: Scene, act: Act, folder: Path) -> Sequence[CrashPoint]:
    if act.before is not None:
        await act.before(scene)
    recorder = CrashRecorder(
        scene.world.engine, scene.sequencer.checkpoint_file, folder / "points"
    )
    recorder.start()
    await act.do(scene)
    return recorder.stop()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_effect_and_entry_are_both_there_or_both_not(
    scene: Scene, act: Act, tmp_path: Path
) -> None:
    points = await _crash_points(scene, act, tmp_path)
    counts = [(point.count(act.effect), point.count(act.entry)) for point in points]
    before, after = counts[0], counts[-1]
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert set(counts) == {before, after}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_a_new_process_goes_on_from_there(
    scene: Scene, act: Act, tmp_path: Path
) -> None:
    for point in await _crash_points(scene, act, tmp_path):
        engine = open_engine(
            f"sqlite+aiosqlite:///{point.database}", DatabaseRole.OWNER
        )
        sequencer = Sequencer(engine, CHECKPOINT_KEY, LEDGER_ORIGIN, point.checkpoint)
        await verify_start(sequencer, now=NOON)
        await sequence_once(sequencer, now=scene.world.clock())
        await verify_start(sequencer, now=NOON)
        await engine.dispose()
        leaves = point.count(_rows("ledger_leaf"))
        assert leaves == point.count(_rows("ledger_entry")), point.label
        assert point.count(_rows("ledger_pending")) == 0, point.label
        assert point.count("SELECT count(*) FROM pragma_integrity_check") == 1
