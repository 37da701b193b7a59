"""The files of one day, made by the parties of a world as each would make its own.

    evidence = await gather(world, tmp_path)
    result = evidence.reconcile()

The day is the one on which the world's clock stands; gathering moves it to the next.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from keys.client.statements import fetch_statement
from keys.client.transports import Signer
from signal_index.cli.commands import app
from signal_index.ledger import note_key
from signal_index.proof import RECEIPTS_OF_DAY, LineWriter, origin_of
from signal_index.store.connect import DatabaseRole, is_sqlite, open_engine
from signal_index.upkeep.disclose import Disclosing, disclose_day
from signal_index.upkeep.export import export_year
from signal_index.upkeep.sequencer import Sequencer, sequence_once
from tests.holders_builders import LOOKUP_OIN
from tests.ledger_builders import CHECKPOINT_KEY
from tests.world import LEDGER_ORIGIN, World


@dataclass
class DayFiles:
    """A folder with everything that `signal-index reconcile` reads."""

    folder: Path
    day: date
    receipts: list[Path] = field(default_factory=list)

    @property
    def opened(self) -> Path:
        return self.folder / "opened.gz"

    @property
    def statements(self) -> Path:
        return self.folder / "statements"

    @property
    def export(self) -> Path:
        return self.folder / "ledger"

    def reconcile(self, *more: object) -> Result:
        """Run the command as an officer would."""
        given = {
            "ledger": self.export,
            "opened": self.opened,
            "statements": self.statements,
            "key": self.folder / "checkpoint.vkey",
            "receipt-key": self.folder / "receipt.jwk",
            "key-config": self.folder / "key-config.json",
            "pins": self.folder / "pins.json",
            "accepted-origin": "dealt",
        }
        options = [str(part) for n, v in given.items() for part in (f"--{n}", v)]
        options += [part for f in self.receipts for part in ("--receipts", str(f))]
        arguments = ["reconcile", self.day.isoformat(), *options]
        return CliRunner().invoke(app, [*arguments, *(str(one) for one in more)])

    def report(self, *more: object) -> dict[str, Any]:
        """Give the report of a day that can be judged."""
        result = self.reconcile("--json", *more)
        assert result.exit_code in {0, 1}, result.output
        found: dict[str, Any] = json.loads(result.output)
        return found

    def codes(self) -> list[str]:
        return [one["code"] for one in self.report()["findings"]]


async def gather(
    world: World, folder: Path, answers: Sequence[dict[str, Any]] = ()
) -> DayFiles:
    """Let the day pass, and have each party write its part.

    `answers` are those whose receipts the one desk of this world kept.
    """
    files = DayFiles(folder, world.clock().date())
    await sequence(world, folder)
    write_receipts(files, answers)
    world.clock.moment += timedelta(days=1)
    async with _in_role(world, DatabaseRole.OWNER) as engine:  # as the command does
        disclosing = Disclosing(engine, world.index.keys, LEDGER_ORIGIN)
        await disclose_day(disclosing, files.day, files.opened, now=world.clock())
    await sequence(world, folder)
    await export_year(
        *(world.engine, files.day.year, files.export),
        keys=world.index.keys.disclosures,
        progress=lambda _done, _size: None,
    )
    files.statements.mkdir()
    await keep_statements(world, files.statements, files.day)
    write_keys(world, folder, files.day.year)
    return files


async def sequence(world: World, folder: Path) -> None:
    """Put what was recorded into the tree, in the role that may."""
    file = folder / "checkpoint.json"
    async with _in_role(world, DatabaseRole.SEQUENCER) as engine:
        sequencer = Sequencer(engine, CHECKPOINT_KEY, LEDGER_ORIGIN, file)
        await sequence_once(sequencer, now=world.clock())


@asynccontextmanager
async def _in_role(world: World, role: DatabaseRole) -> AsyncIterator[AsyncEngine]:
    if is_sqlite(world.engine):
        yield world.engine
        return
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, role)
    try:
        yield engine
    finally:
        await engine.dispose()


def write_receipts(files: DayFiles, answers: Sequence[dict[str, Any]]) -> Path:
    """Write what the desk of the one organisation that looks up would."""
    into = files.folder / "receipts.jsonl"
    head = {"format": RECEIPTS_OF_DAY, "day": files.day.isoformat()}
    with into.open("wb") as file:
        writer = LineWriter(file.write, {**head, "organisation": LOOKUP_OIN})
        for answer in answers:
            receipt = answer["receipt"]
            writer.add({"leaf": receipt["leaf"], "promise": receipt["promise"]})
        writer.end()
    files.receipts = [into]
    return into


async def keep_statements(world: World, folder: Path, day: date) -> None:
    auditor = world.holders.auditor
    signer = Signer(auditor.oin, auditor.oin, auditor.key, world.clock)
    async with world.holders.client() as client:
        for index, place in world.holders.places.items():
            token = await fetch_statement(client, place, signer, day)
            (folder / f"holder-{index}.jwt").write_text(token)


def write_keys(world: World, folder: Path, year: int) -> None:
    key = note_key(CHECKPOINT_KEY, origin_of(LEDGER_ORIGIN, year)).encode()
    (folder / "checkpoint.vkey").write_text(f"{key}\n")
    public = world.index.receipt_key.public_jwk
    (folder / "receipt.jwk").write_text(json.dumps(public))
    (folder / "key-config.json").write_bytes(world.holders.dealing.document)
    (folder / "pins.json").write_bytes(world.holders.dealing.pins)
