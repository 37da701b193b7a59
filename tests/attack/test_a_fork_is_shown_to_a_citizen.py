"""The operator shows a citizen another ledger than the rest of the world.

What is left out of it, or put in, is in no other. The file of proofs holds by itself:
the true key signed it. It comes with the witnesses that must have cosigned.
"""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from typer.testing import Result

from signal_index.key_files import load_year_keys
from signal_index.proof import encode_policy, parse_note_key
from signal_index.settings import load_settings
from signal_index.store.connect import open_engine, reading
from signal_index.store.ledger_proofs import prove_entry_for
from tests.ledger_office import Office, an_office, run
from tests.witness_builders import COSIGNER


@pytest.fixture
def shown(tmp_path: Path) -> Office:
    """Give the ledger that a citizen is shown; a witness cosigns the other one."""
    folder = tmp_path / "one"
    folder.mkdir()
    one = an_office(folder, is_watched=True)
    one.settle()
    shutil.copytree(folder, tmp_path / "other")
    other = Office(tmp_path / "other" / "index.toml", watchtower=one.watchtower)
    one.register(4)
    one.sequence()
    for number in (5, 6):
        other.register(number)
    other.sequence()
    return other


async def _prove_newest(office: Office) -> str:
    settings = load_settings(office.file)
    engine = open_engine(settings.database_url, None)
    newest = "SELECT entry_id FROM ledger_leaf ORDER BY position DESC LIMIT 1"
    try:
        async with reading(engine) as conn:
            entry = UUID(str(await conn.scalar(text(newest))))
            keys = load_year_keys(settings.keys)
            return await prove_entry_for(conn, entry, (), keys)
    finally:
        await engine.dispose()


def give_proofs(office: Office, folder: Path) -> Path:
    """Write what a citizen is given: proof, key, and who must have cosigned."""
    folder.mkdir()
    proof = asyncio.run(_prove_newest(office))
    (folder / "bewijs-0001.tlog-proof").write_text(proof)
    key = load_settings(office.file).keys / "checkpoint.vkey"
    shutil.copy(key, folder)
    log = parse_note_key(key.read_text())
    policy = encode_policy([log], [COSIGNER.public], 1)
    (folder / "getuigen.policy").write_text(policy)
    return folder


def verify(folder: Path, *options: str) -> Result:
    key: Sequence[object] = ("--key", folder / "checkpoint.vkey")
    named = [folder / one if one.endswith(".policy") else one for one in options]
    return run("verify", folder, *key, *named)


def test_the_command_that_comes_with_the_proofs_finds_it(
    shown: Office, tmp_path: Path
) -> None:
    given = give_proofs(shown, tmp_path / "given")
    found = verify(given, "--policy", "getuigen.policy")
    assert found.exit_code == 1
    assert "0 of the 1 witnesses cosigned" in found.output


def test_without_a_witness_it_says_what_it_did_not_judge(
    shown: Office, tmp_path: Path
) -> None:
    found = verify(give_proofs(shown, tmp_path / "given"))
    assert found.exit_code == 0
    assert "not judged, for no witness was named: whether others are" in found.output


def test_what_the_witnesses_saw_holds_by_the_same_command(tmp_path: Path) -> None:
    office = an_office(tmp_path, is_watched=True)
    given = give_proofs(office, tmp_path / "given")
    found = verify(given, "--policy", "getuigen.policy")
    assert found.exit_code == 0, found.output
    assert "seen by 1 of the witnesses" in found.output
