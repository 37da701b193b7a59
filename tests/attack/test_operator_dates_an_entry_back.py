"""The operator puts an entry in later, with its own code, and dates it back.

So that a purpose seems to have been established, a mandate given, something approved or
somebody looked up before it was. The tree holds it like any other; `signal-index
verify` holds its minute against its place, and against what witnesses saw when.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import Result

from signal_index.keyring import YearKeys
from signal_index.proof import HOURS_PATH, Kind
from signal_index.upkeep.export import export_year
from tests.holders_builders import FakeClock
from tests.ledger_builders import NOON, a_disclosure_key, an_entry, an_id
from tests.ledger_office import WITNESS, run
from tests.ledger_world import LedgerWorld, a_ledger, key_of
from tests.witness_builders import a_watch

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
DATED_BACK = {
    "establishment": Kind.ESTABLISHMENT,
    "mandate": Kind.ADMINISTRATION,
    "approval": Kind.APPROVAL,
    "lookup": Kind.LOOKUP,
}


@dataclass
class Scene:
    """A ledger that a witness sees, and the clock of both."""

    ledger: LedgerWorld
    clock: FakeClock
    folder: Path

    async def record(self, number: int, at: datetime, kind: Kind = Kind.LOOKUP) -> None:
        """Record an entry that says a moment, and have the tree signed now."""
        changes = {} if kind is Kind.LOOKUP else _facts_of(kind)
        await self.ledger.record(an_entry(number, recorded_at=at, **changes))
        await self.ledger.sequence(self.clock())

    async def wait(self, hours: int) -> None:
        """Let time go by; each hour the witness cosigns what has not grown."""
        for _ in range(hours):
            self.clock.forward(HOUR)
            await self.ledger.sequence(self.clock())

    async def export(self) -> Path:
        into = self.folder / "export"
        keys = YearKeys({2026: a_disclosure_key()}).disclosures
        await export_year(
            self.ledger.web, 2026, into, keys=keys, progress=lambda _done, _all: None
        )
        return into

    async def verify(self, *options: object) -> Result:
        export = self.folder / "export"
        place = export if export.exists() else await self.export()
        return run("verify", place, "--key", key_of().encode(), *options)


def _facts_of(kind: Kind) -> dict[str, object]:
    facts: dict[str, object] = {"kind": kind, "person": None, "why": None}
    facts |= {"decision": None, "activity": None}
    return facts if kind is not Kind.ESTABLISHMENT else facts | {"role": None}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = FakeClock(NOON)
    url = f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
    async with (
        a_watch(tmp_path, clock=clock) as watch,
        a_ledger(url, tmp_path, witnesses=watch.asked) as ledger,
    ):
        made = Scene(ledger, clock, tmp_path)
        await made.record(1, NOON)
        yield made


@pytest.mark.parametrize("what", DATED_BACK)
async def test_what_is_dated_before_what_stands_before_it_is_false(
    scene: Scene, what: str
) -> None:
    await scene.record(2, NOON - HOUR, DATED_BACK[what])
    found = await scene.verify()
    assert found.exit_code == 1
    assert "stands after one of a later time" in found.output


@pytest.mark.parametrize("what", DATED_BACK)
async def test_a_clock_that_was_set_back_for_all_is_seen_by_the_witnesses(
    scene: Scene, what: str
) -> None:
    await scene.wait(hours=4)
    await scene.record(2, NOON + timedelta(minutes=3), DATED_BACK[what])
    found = await scene.verify(*WITNESS)
    assert found.exit_code == 1
    assert "was in no tree until long after that" in found.output


async def test_without_a_witness_it_says_that_times_were_not_judged(
    scene: Scene,
) -> None:
    await scene.wait(hours=4)
    await scene.record(2, NOON + timedelta(minutes=3))
    found = await scene.verify()
    assert found.exit_code == 0
    assert "and when entries were made" in found.output


async def test_what_is_dated_ahead_is_false(scene: Scene) -> None:
    await scene.record(2, NOON + 3 * HOUR)
    found = await scene.verify(*WITNESS)
    assert found.exit_code == 1
    assert "stood in a tree before that" in found.output


async def test_checkpoints_that_are_left_out_are_missed(scene: Scene) -> None:
    await scene.wait(hours=4)
    await scene.record(2, NOON + timedelta(minutes=3))
    (await scene.export() / HOURS_PATH).unlink()
    found = json.loads((await scene.verify(*WITNESS, "--json")).output)
    assert found["times"] == {"checkpoints": 1, "loose": 3}
    assert "of 3 entries no closer than two hours" in found["sentence"]


async def test_checkpoints_of_another_tree_are_false(scene: Scene) -> None:
    await scene.wait(hours=2)
    await scene.record(2, scene.clock())
    place = await scene.export() / HOURS_PATH
    text = place.read_text()
    root = json.loads(text)["checkpoints"][0].split("\n")[2]
    place.write_text(text.replace(root, "A" * 43 + "="))
    assert (await scene.verify(*WITNESS)).exit_code == 1


async def test_a_checkpoint_that_nobody_cosigned_counts_for_nothing(
    scene: Scene,
) -> None:
    await scene.wait(hours=2)
    await scene.record(2, scene.clock())
    place = await scene.export() / HOURS_PATH
    notes = json.loads(place.read_text())["checkpoints"]
    bare = ["\n".join(note.split("\n")[:-2]) + "\n" for note in notes]
    form = "signal-index/hourly-checkpoints/1"
    said = {"checkpoints": bare, "format": form}
    place.write_text(json.dumps(said, separators=(",", ":"), ensure_ascii=False))
    found = json.loads((await scene.verify(*WITNESS, "--json")).output)
    assert found["times"]["checkpoints"] == 1


async def test_an_honest_day_holds_with_quiet_hours_and_what_came_out_of_order(
    scene: Scene,
) -> None:
    for number in range(2, 8):
        await scene.wait(hours=1)
        late = timedelta(minutes=4 if number % 2 else 0)
        await scene.record(number, scene.clock() - late)
    await scene.wait(hours=3)
    await scene.record(9, scene.clock())
    found = json.loads((await scene.verify(*WITNESS, "--json")).output)
    assert found["verified"], found
    assert found["times"] == {"checkpoints": 11, "loose": 2}  # before the first
    assert "held against 11 cosigned checkpoints" in found["sentence"]


async def test_an_id_that_says_more_than_the_minute_is_false(scene: Scene) -> None:
    """A millisecond in it would outlive what the entry says (row 1015)."""
    exact = UUID(int=an_id(2, NOON).int + (23_456 << 80))
    await scene.ledger.record(an_entry(2, entry=exact))
    await scene.ledger.sequence(scene.clock())
    found = await scene.verify()
    assert found.exit_code == 1
    assert "entry 2 has an id that says another time" in found.output
