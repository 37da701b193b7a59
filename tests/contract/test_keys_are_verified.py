"""`verify` on what was done with keys: each step as recorded, each ceremony shown."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys.ceremony.checking import CheckedRecord, check_record
from signal_index.cli.commands import app
from signal_index.keyring import YearKeys
from signal_index.ledger import KeyStep
from signal_index.store.acts import Recorder
from signal_index.store.ceremony_records import KeptRecord, keep_record
from signal_index.store.connect import transaction
from signal_index.store.key_steps import record_key_step
from signal_index.upkeep.export import export_year
from tests.ceremony_builders import Call
from tests.ledger_builders import NOON, a_disclosure_key
from tests.ledger_world import LedgerWorld, a_ledger, key_of

YEAR = YearKeys({2026: a_disclosure_key()})
RECORDER = Recorder(YEAR, "index", lambda: NOON)


def run(place: Path) -> Result:
    return CliRunner().invoke(
        app, ["verify", str(place), "--key", key_of().encode(), "--json"]
    )


@dataclass(frozen=True)
class Made:
    """A ceremony that was held."""

    record: str
    checked: CheckedRecord

    def activated(self, **changes: object) -> dict[str, object]:
        """What is recorded of the config that it came to."""
        config = self.checked.config
        return {
            "serial": config.serial,
            "version": int(config.key_version),
            "epoch": config.epoch,
            "origin": config.origin,
            "config": sha256(config.encode()).hexdigest(),
            "transcript": self.checked.transcript.hex(),
        } | changes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    call = Call(tmp_path_factory.mktemp("call"), holders=2)
    call.all(call.commit, call.share, call.accept, call.finish)
    record = (call.folders[1] / "record.json").read_text()
    return Made(record, check_record(record.encode()))


async def _fill(world: LedgerWorld, made: Made, steps: list[dict[str, object]]) -> None:
    async with transaction(world.owner) as conn:
        await record_key_step(
            conn, RECORDER, KeyStep.KEYS_CREATED, version=1, years=[2026]
        )
        for step in steps:
            await record_key_step(conn, RECORDER, KeyStep.CONFIG_ACTIVATED, **step)  # type: ignore[arg-type]  # JSON
        kept = KeptRecord(made.checked.kind, NOON)
        await keep_record(conn, made.checked.transcript, kept, made.record)
    await world.record_some([7])
    await world.sequence()


def export(folder: Path, made: Made, *steps: dict[str, object]) -> Path:
    """A ledger in which these configs were taken up, exported."""

    async def make() -> None:
        async with a_ledger(f"sqlite+aiosqlite:///{folder}/ledger.db", folder) as world:
            await _fill(world, made, list(steps))
            await export_year(
                *(world.owner, 2026, folder / "ledger"),
                keys=YEAR.disclosures,
                progress=lambda _done, _size: None,
            )

    asyncio.run(make())
    return folder / "ledger"


def test_a_ceremony_and_a_renewal_of_its_config_hold(
    made: Made, tmp_path: Path
) -> None:
    renewed = made.activated(serial=2, config="ab" * 32)
    found = run(export(tmp_path, made, made.activated(), renewed))
    assert found.exit_code == 0, found.output
    facts = json.loads(found.output)
    none = {"erased": 0, "successors": 0, "untaken": 0, "unjudged": 0}
    assert facts["keys"] == {"shown": 3, "ceremonies": 1, **none}
    assert "3 steps with keys, and 1 ceremonies by their records" in facts["sentence"]


@pytest.mark.parametrize(
    "changes",
    [{"config": "ab" * 32}, {"epoch": 2}, {"version": 2}],
    ids=["another config", "another epoch", "another version"],
)
def test_a_config_that_no_ceremony_made_is_false(
    made: Made, tmp_path: Path, changes: dict[str, object]
) -> None:
    found = run(export(tmp_path, made, made.activated(**changes)))
    assert found.exit_code == 1, found.output
    assert "the ceremony made another" in found.output


def _reverse(record: Path) -> None:
    members = json.loads(record.read_bytes())
    members["certificates"].reverse()
    record.write_text(json.dumps(members))


def _edit(export: Path, change: Callable[[dict[str, str | None]], object]) -> None:
    file = export / "key-steps"
    members = json.loads(file.read_bytes())
    change(members["steps"])
    file.write_text(json.dumps(members, sort_keys=True, separators=(",", ":")))


def _swap(steps: dict[str, str | None]) -> None:
    one, other = list(steps)[:2]
    steps[one], steps[other] = steps[other], steps[one]


def _erase_all(steps: dict[str, str | None]) -> None:
    steps.update(dict.fromkeys(steps))


@pytest.mark.parametrize(
    ("break_", "code", "said"),
    [
        (lambda e: next(e.glob("ceremonies/*")).unlink(), 2, "take-record"),
        (lambda e: _reverse(next(e.glob("ceremonies/*"))), 1, "does not hold"),
        (lambda e: (e / "key-steps").unlink(), 2, "not shown at that place"),
        (lambda e: _edit(e, lambda s: s.popitem()), 2, "is not shown"),
        (lambda e: _edit(e, lambda s: s.update({next(iter(s)): None})), 2, "not shown"),
        (lambda e: _edit(e, _swap), 1, "not what was recorded"),
        (lambda e: _edit(e, _erase_all), 0, "what 2 steps with keys said was erased"),
    ],
    ids=[
        *("no record", "a false record", "no steps", "one left out", "one erased"),
        *("exchanged", "all erased with their year"),
    ],
)
def test_what_is_hidden_or_changed_is_said(
    made: Made,
    tmp_path: Path,
    break_: Callable[[Path], object],
    code: int,
    said: str,
) -> None:
    place = export(tmp_path, made, made.activated())
    break_(place)
    found = run(place)
    assert found.exit_code == code, found.output
    assert said in found.output
