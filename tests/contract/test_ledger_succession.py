"""After a restored backup the ledger begins anew under another name, and says why."""

import asyncio
import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from signal_index import clock
from signal_index.cli.commands import app
from signal_index.errors import LedgerRenamed, LedgerRolledBack
from signal_index.key_files import (
    CHECKPOINT_PUBLIC,
    load_checkpoint_key,
    load_year_keys,
)
from signal_index.ledger import open_disclosures
from signal_index.proof import Group, JsonObject, parse_disclosure
from signal_index.settings import load_settings
from signal_index.store.connect import open_engine
from signal_index.upkeep.sequencer import Sequencer, sequence_once, verify_start
from tests.store_builders import an_oin, write_settings

OLD, NEW = "index.example/ledger", "index.example/ledger-2"
YEAR = str(clock.now().year)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@dataclass(frozen=True)
class Office:
    """An index with a database that can be copied away and put back."""

    file: Path

    @property
    def database(self) -> Path:
        return self.file.parent / "data" / "index.sqlite"

    def register(self, number: int) -> None:
        town = "--name Voorbeeldstad --kind municipality --municipality 9901"
        command = f"organisation add {an_oin(number)} {town}"
        result = run(*command.split(), "--settings", self.file)
        assert result.exit_code == 0, result.output

    def sequence(self) -> int:
        return asyncio.run(self._sequence())

    async def _sequence(self) -> int:
        settings = load_settings(self.file)
        engine = open_engine(settings.database_url, None)
        sequencer = Sequencer(
            engine,
            load_checkpoint_key(settings.keys),
            settings.ledger_origin,
            settings.checkpoint_file,
        )
        try:
            await verify_start(sequencer, now=clock.now())
            return await sequence_once(sequencer, now=clock.now())
        finally:
            await engine.dispose()

    def rename(self) -> None:
        text_ = self.file.read_text().replace(f'"{OLD}"', f'"{NEW}"')
        self.file.write_text(text_)

    def succeed(self, old: str = OLD) -> Result:
        decision = ["--from", old, "--by", "privacy-officer", "--on", "2026-11-22"]
        return run("ledger", "succeed", *decision, "--settings", self.file)

    def export(self, into: Path, *options: str) -> Path:
        year = ["--year", YEAR, "--into", str(into)]
        done = run("export", "--settings", self.file, *year, *options)
        assert done.exit_code == 0, done.output
        return into

    def verify(
        self, place: Path, *options: object, key_file: str = CHECKPOINT_PUBLIC
    ) -> Result:
        key = load_settings(self.file).keys / key_file
        return run("verify", place, "--key", key, "--json", *options)

    def recorded(self) -> list[JsonObject]:
        """Give group `what` of every entry of kind `witness`."""
        keys = load_year_keys(load_settings(self.file).keys)
        rows = sqlite3.connect(self.database).execute(
            "SELECT e.entry_id, e.year, d.sealed FROM ledger_entry e "
            "JOIN ledger_disclosure d ON d.entry_id = e.entry_id "
            "WHERE e.kind = 'witness'"
        )
        found = []
        for entry, year, sealed in rows:
            key = keys.get_disclosure_key(year)
            texts = open_disclosures(UUID(entry), sealed, key=key)
            found.append(parse_disclosure(texts[Group.WHAT]).value or {})
        return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Give an index that was put back to a backup: entries were signed since."""
    made = Office(write_settings(tmp_path))
    for command in ("migrate", "keys create"):
        assert run(*command.split(), "--settings", made.file).exit_code == 0
    made.register(1)
    made.sequence()
    backup = shutil.copy(made.database, tmp_path / "backup")
    made.register(2)
    made.register(3)
    made.sequence()
    for beside in ("-wal", "-shm"):
        made.database.with_name(made.database.name + beside).unlink(missing_ok=True)
    shutil.copy(backup, made.database)
    return made


def test_a_restored_backup_is_refused_until_it_is_succeeded(office: Office) -> None:
    with pytest.raises(LedgerRolledBack):
        office.sequence()
    office.rename()
    with pytest.raises(LedgerRenamed):
        office.sequence()
    assert office.succeed().exit_code == 0
    assert office.sequence() > 0


def test_the_succession_is_recorded_with_what_was_lost(office: Office) -> None:
    lost = json.loads(load_settings(office.file).checkpoint_file.read_text())[YEAR]
    office.rename()
    office.succeed()
    (what,) = office.recorded()
    assert what["act"] == "ledger-succeeded"
    assert (what["from"], what["to"]) == (OLD, NEW)
    assert (what["byRole"], what["refusal"]) == ("privacy-officer", "rolled-back")
    assert what["signed"] == lost
    held = what["held"]
    assert isinstance(held, dict)
    assert held["size"] < int(lost.splitlines()[1])


def test_the_new_ledger_goes_on_from_what_is_left_of_the_old(
    office: Office, tmp_path: Path
) -> None:
    office.rename()
    office.succeed()
    office.register(4)
    office.sequence()
    place = office.export(tmp_path / "new")
    new = office.verify(place, key_file="checkpoint-2.vkey")
    assert new.exit_code == 0, new.output
    facts = json.loads(new.output)
    assert facts["origin"] == f"{NEW}/{YEAR}"
    assert facts["previous"].startswith(f"{OLD}/{YEAR}, ")
    assert facts["kinds"]["witness"] == 1


def test_the_old_ledger_can_still_be_exported_and_verified(
    office: Office, tmp_path: Path
) -> None:
    office.rename()
    office.succeed()
    office.sequence()
    place = office.export(tmp_path / "old", "--before", "1")
    old = office.verify(place)
    assert old.exit_code == 0, old.output
    assert json.loads(old.output)["origin"] == f"{OLD}/{YEAR}"


def test_who_kept_a_checkpoint_of_the_old_ledger_sees_the_loss(
    office: Office, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    file = load_settings(office.file).checkpoint_file
    kept.write_text(json.loads(file.read_text())[YEAR])
    office.rename()
    office.succeed()
    office.sequence()
    place = office.export(tmp_path / "old", "--before", "1")
    assert office.verify(place, "--earlier", kept).exit_code == 1


def test_a_ledger_that_goes_on_is_not_succeeded(tmp_path: Path) -> None:
    office = Office(write_settings(tmp_path))
    for command in ("migrate", "keys create"):
        run(*command.split(), "--settings", office.file)
    office.sequence()
    office.rename()
    refused = office.succeed()
    assert refused.exit_code == 1
    assert "go on with it" in refused.output
    assert not office.recorded()


def test_the_ledger_that_is_given_up_must_be_named(office: Office) -> None:
    assert office.succeed().exit_code == 1  # ledger_origin still says the old name
    office.rename()
    assert office.succeed("index.example/another").exit_code == 1
    assert not office.recorded()


def test_a_backup_from_before_the_succession_is_refused_again(
    office: Office, tmp_path: Path
) -> None:
    backup = shutil.copy(office.database, tmp_path / "again")
    office.rename()
    office.succeed()
    office.sequence()
    for beside in ("-wal", "-shm"):
        office.database.with_name(office.database.name + beside).unlink(missing_ok=True)
    shutil.copy(backup, office.database)
    with pytest.raises(LedgerRenamed):
        office.sequence()
