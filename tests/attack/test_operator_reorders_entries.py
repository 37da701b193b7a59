"""The operator gives two entries each other's place, so that one seems to come first.

Caught by `signal-index verify` on an export: places are part of the tree.
"""

from pathlib import Path

import pytest

from tests.ledger_office import Office, an_office

FIRST, SECOND = 2, 3
SWAP = (  # by way of a place that does not exist
    "UPDATE ledger_leaf SET position = -1 WHERE position = 2",
    "UPDATE ledger_leaf SET position = 2 WHERE position = 3",
    "UPDATE ledger_leaf SET position = 3 WHERE position = -1",
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def test_entries_swapped_in_the_database_are_found(
    office: Office, tmp_path: Path
) -> None:
    before = office.export(tmp_path / "before")
    assert office.verify(before).exit_code == 0
    office.edit(*SWAP)
    place = office.export(tmp_path / "after")
    assert office.verify(place).exit_code == 1
    assert "do not give the root that was signed" in office.verify(place).output


def test_entries_swapped_in_the_export_are_found(
    office: Office, tmp_path: Path
) -> None:
    place = office.export(tmp_path / "ledger")
    (bundle,) = (place / "tile" / "entries").rglob("*.p/*")
    leaves = split(bundle.read_bytes())
    leaves[FIRST], leaves[SECOND] = leaves[SECOND], leaves[FIRST]
    bundle.write_bytes(b"".join(leaves))
    assert office.verify(place).exit_code == 1


def test_entries_and_hashes_swapped_in_the_export_are_found(
    office: Office, tmp_path: Path
) -> None:
    place = office.export(tmp_path / "ledger")
    (bundle,) = (place / "tile" / "entries").rglob("*.p/*")
    (tile,) = (place / "tile" / "0").rglob("*.p/*")
    leaves, data = split(bundle.read_bytes()), tile.read_bytes()
    hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
    for row in (leaves, hashes):
        row[FIRST], row[SECOND] = row[SECOND], row[FIRST]
    bundle.write_bytes(b"".join(leaves))
    tile.write_bytes(b"".join(hashes))
    found = office.verify(place)
    assert found.exit_code == 1
    assert "do not give the root that was signed" in found.output


def split(bundle: bytes) -> list[bytes]:
    """Give each leaf of a bundle with the two bytes of its length before it."""
    leaves, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2])
        leaves.append(bundle[at:end])
        at = end
    return leaves
