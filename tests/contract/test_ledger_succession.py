"""After a restored backup the ledger begins anew under another name, and says why."""

import json
from pathlib import Path

import pytest

from signal_index.errors import LedgerRenamed, LedgerRolledBack
from signal_index.settings import load_settings
from tests.ledger_office import NEW, OLD, YEAR, Office, an_office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Give an index that was put back to a backup: entries were signed since."""
    made = an_office(tmp_path)
    made.copy_away(tmp_path / "backup")
    made.register(4)
    made.register(5)
    made.sequence()
    made.put_back(tmp_path / "backup")
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
    office.register(6)
    office.sequence()
    place = office.export(tmp_path / "new")
    new = office.verify(place, key_file="checkpoint-ledger-2.vkey")
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
    office = an_office(tmp_path)
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
    office.copy_away(tmp_path / "again")
    office.rename()
    office.succeed()
    office.sequence()
    office.put_back(tmp_path / "again")
    with pytest.raises(LedgerRenamed):
        office.sequence()
