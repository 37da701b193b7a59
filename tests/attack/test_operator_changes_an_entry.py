"""The operator changes what an entry says after it was recorded.

Caught by `signal-index verify` on an export, whoever made the export; where the whole
tree was made anew around the change, by a checkpoint that somebody kept, or because no
witness cosigns it.
"""

from pathlib import Path

import pytest

from tests.ledger_office import WITNESS, Office, an_office

PLACE = 3
CHANGE = """
UPDATE ledger_entry
SET leaf = CAST(replace(CAST(leaf AS TEXT), '"9901"', '"9902"') AS BLOB)
WHERE entry_id = (SELECT entry_id FROM ledger_leaf WHERE position = 3)
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path, is_watched=True)


def test_an_untouched_ledger_holds(office: Office, tmp_path: Path) -> None:
    place = office.export(tmp_path / "ledger.zip")
    assert office.verify(place, *WITNESS).exit_code == 0


def test_an_entry_changed_in_the_database_is_found(
    office: Office, tmp_path: Path
) -> None:
    office.edit(CHANGE)
    found = office.verify(office.export(tmp_path / "ledger.zip"))
    assert found.exit_code == 1
    assert "entry 3 was changed after it was recorded" in found.output


def test_an_entry_changed_in_the_export_is_found(
    office: Office, tmp_path: Path
) -> None:
    place = office.export(tmp_path / "ledger")
    (bundle,) = (place / "tile" / "entries").rglob("*.p/*")
    bundle.write_bytes(bundle.read_bytes().replace(b'"9901"', b'"9902"', 1))
    assert office.verify(place).exit_code == 1


def test_an_entry_changed_with_its_hash_is_found(
    office: Office, tmp_path: Path
) -> None:
    office.edit(CHANGE)
    office.rehash(PLACE)
    found = office.verify(office.export(tmp_path / "ledger.zip"))
    assert found.exit_code == 1
    assert "do not give the root that was signed" in found.output


def test_a_tree_signed_anew_around_the_change_is_found(
    office: Office, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((office.export(tmp_path / "before") / "checkpoint").read_bytes())
    office.edit(CHANGE, "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_witnessed")
    office.rehash(PLACE)
    office.forget_what_was_signed()
    office.is_watched = False  # the operator's own sequencer, without the witness
    office.sequence()
    place = office.export(tmp_path / "after")
    assert office.verify(place).exit_code == 0  # by itself it is a ledger like another
    assert office.verify(place, "--earlier", kept).exit_code == 1
    assert office.verify(place, *WITNESS).exit_code == 1
