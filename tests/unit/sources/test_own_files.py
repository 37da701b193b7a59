"""A rehearsal reads the agency's own file: what a generalist would see, and no more."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from sources.cli.own_files import describe_own, read_own, say_own
from sources.errors import InvalidProfile
from sources.settings import AgencySettings
from tests.sources_builders import (
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    write_rows,
)

SETTINGS = cast("AgencySettings", SimpleNamespace(databases={}, outbox=Path("none")))


def a_file(folder: Path) -> Path:
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 8)]
    over = a_row(Zaak="Z-8", BSN=a_number(8), Stand="dicht")
    wrong = a_row(Zaak="Z-9", BSN=a_wrong_number())
    return write_rows(folder / "own.csv", [*rows, over, wrong])


def test_five_flags_are_shown_as_a_generalist_sees_them(tmp_path: Path) -> None:
    own = read_own(SETTINGS, [a_profile()], [a_file(tmp_path)])
    said = [*say_own(own)]
    counts = "Zou versturen: 7. Afgelopen: 1. Nog niet begonnen: 0. Afgewezen: 1."
    assert f"  Gelezen: 9. {counts}" in said
    flags = [line for line in said if "Klantmanager Inkomen" in line]
    assert len(flags) == 5
    assert "bijstand, sinds 5 januari 2026. Bel Klantmanager" in flags[0]
    assert "0182 555 101 (regel 2" in flags[0]
    assert any("kan geen BSN zijn" in line for line in said)
    assert not any(a_number(n) in line for n in range(1, 9) for line in said)


def test_a_machine_hears_counts_and_codes(tmp_path: Path) -> None:
    own = read_own(SETTINGS, [a_profile()], [a_file(tmp_path)])
    (told,) = json.loads(json.dumps(describe_own(own)))
    assert (told["profile"], told["read"], told["signals"]) == ("test", 9, 7)
    assert told["rejects"] == {"bsn-invalid: BSN": 1}


def test_lines_that_are_passed_over_are_said_and_are_no_records(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    file.write_text(file.read_text() + "Totaal;9;;;;;;\n")
    own = read_own(SETTINGS, [a_profile()], [file])
    assert "  Regel 11 overgeslagen: lijkt een totaalregel." in [*say_own(own)]
    (told,) = json.loads(json.dumps(describe_own(own)))
    passed = [{"why": "total", "count": 1, "lines": [11]}]
    assert (told["read"], told["passed"]) == (9, passed)


def test_a_file_that_cannot_be_used_is_said_before_anything_is_tried(
    tmp_path: Path,
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("A;B\n1;2\n")
    own = read_own(SETTINGS, [a_profile()], [other])
    assert own[0][1].refusal
    assert any("Niet te gebruiken" in line for line in say_own(own))


def test_without_a_file_the_cases_alone_are_tried() -> None:
    assert read_own(SETTINGS, [a_profile()], []) == []


def test_each_file_has_its_profile(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    with pytest.raises(InvalidProfile, match="--file"):
        read_own(SETTINGS, [a_profile()], [file, file])
