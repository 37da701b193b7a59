"""The operator puts an older copy of the database back, to be rid of what came after.

The index itself refuses to sign on it: the checkpoint file is newer, and where that was
put back with it, the witness saw more. An operator who signs on all the same is caught
by `signal-index verify`: by a checkpoint that somebody kept, or for want of a witness.
"""

import json
from pathlib import Path

import pytest

from signal_index.errors import LedgerRolledBack
from tests.ledger_office import WITNESS, YEAR, Office, an_office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Give a watched index that was put back to an older copy of its database."""
    made = an_office(tmp_path, is_watched=True)
    made.copy_away(tmp_path / "older")
    made.register(4)
    made.register(5)
    made.sequence()
    (tmp_path / "kept").write_bytes(
        (made.export(tmp_path / "before") / "checkpoint").read_bytes()
    )
    made.put_back(tmp_path / "older")
    return made


def test_the_checkpoint_file_refuses_the_older_copy(office: Office) -> None:
    with pytest.raises(LedgerRolledBack, match=f"the tree of {YEAR} is smaller"):
        office.sequence()


def test_the_witness_refuses_it_where_the_file_was_put_back_too(
    office: Office,
) -> None:
    office.edit("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_witnessed")
    office.forget_what_was_signed()
    with pytest.raises(LedgerRolledBack, match="a witness saw"):
        office.sequence()


def test_an_emptied_database_is_refused_by_the_witness(office: Office) -> None:
    office.edit(
        "DELETE FROM ledger_witnessed",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_tile",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_tree",
        "DELETE FROM ledger_pending",
    )
    office.forget_what_was_signed()
    with pytest.raises(LedgerRolledBack, match="a witness saw"):
        office.sequence()


def test_who_signs_on_all_the_same_is_found(office: Office, tmp_path: Path) -> None:
    sign_on(office)
    place = office.export(tmp_path / "after")
    assert office.verify(place).exit_code == 0
    found = office.verify(place, "--earlier", tmp_path / "kept")
    assert found.exit_code == 1
    assert "rewritten" in found.output or "rolled back" in found.output
    unwatched = office.verify(place, *WITNESS)
    assert unwatched.exit_code == 1
    assert "0 of the 1 witnesses cosigned" in unwatched.output


def test_what_the_witness_saw_is_a_checkpoint_that_somebody_kept(
    office: Office, tmp_path: Path
) -> None:
    (memory,) = (tmp_path / "witness").glob("*.json")
    (note,) = json.loads(memory.read_text())["seen"].values()
    (tmp_path / "seen").write_text(note)
    sign_on(office)
    place = office.export(tmp_path / "after")
    quick = ("--checkpoint-only", "--earlier", tmp_path / "seen")
    assert office.verify(place, *quick).exit_code == 1


def sign_on(office: Office) -> None:
    """Sign the older copy without file and witness, as an operator who means it."""
    office.edit("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_witnessed")
    office.forget_what_was_signed()
    office.is_watched = False
    for number in (6, 7, 8):
        office.register(number)
    office.sequence()
