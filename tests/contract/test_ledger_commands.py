"""`signal-index export` and `verify` after each other, as an officer runs them."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys.successor import KeyUse
from signal_index import clock
from signal_index.cli.commands import app
from signal_index.settings import Settings, load_settings
from signal_index.signing_files import PINNED, load_checkpoint_keys
from signal_index.store.connect import open_engine
from signal_index.upkeep.sequencer import Sequencer, sequence_once
from tests.store_builders import an_oin, write_settings


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


async def sequence(settings: Settings) -> int:
    engine = open_engine(settings.database_url, None)
    sequencer = Sequencer(
        engine,
        load_checkpoint_keys(settings.keys, clock.now()),
        settings.ledger_origin,
        settings.checkpoint_file,
    )
    try:
        return await sequence_once(sequencer, now=clock.now())
    finally:
        await engine.dispose()


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Give the settings file of an index whose first acts are in the tree."""
    file = write_settings(tmp_path)
    town = "--name Voorbeeldstad --kind municipality --municipality 9901"
    for command in ("migrate", "keys create", f"organisation add {an_oin(1)} {town}"):
        result = run(*command.split(), "--settings", file)
        assert result.exit_code == 0, result.output
    assert asyncio.run(sequence(load_settings(file))) >= 1
    return file


def test_an_export_verifies_with_the_key_that_keys_create_wrote(
    office: Path, tmp_path: Path
) -> None:
    year = str(clock.now().year)
    into = tmp_path / "ledger.zip"
    exported = run("export", "--settings", office, "--year", year, "--into", into)
    assert exported.exit_code == 0, exported.output
    key = load_settings(office).keys / PINNED[KeyUse.CHECKPOINT]
    found = run("verify", into, "--key", key, "--year", year, "--json")
    assert found.exit_code == 0, found.output
    facts = json.loads(found.output)
    assert facts["verified"] is True
    assert facts["kinds"]["administration"] >= 1


def test_an_export_is_itself_recorded(office: Path, tmp_path: Path) -> None:
    year = str(clock.now().year)
    into = tmp_path / "ledger"
    run("export", "--settings", office, "--year", year, "--into", into)
    assert asyncio.run(sequence(load_settings(office))) == 1


def test_an_export_never_writes_over_anything(office: Path, tmp_path: Path) -> None:
    into = tmp_path / "taken"
    into.mkdir()
    year = str(clock.now().year)
    refused = run("export", "--settings", office, "--year", year, "--into", into)
    assert refused.exit_code == 1
    assert "there already" in refused.output
