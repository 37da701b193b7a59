"""`signal-source profile init` on a file of a partner who may not use a BSN."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.profile import FILL_IN, parse_profile
from tests.profile_pages import profile_page
from tests.sources_builders import a_number

HEADER = "Meldingsnummer;Achternaam;Geboortedatum;Postcode;Huisnummer;Meldingsdatum"


def write_file(path: Path, header: str = HEADER) -> Path:
    lines = [
        f"M-{n};De Wit;{10 + n}-05-1970;1234AB;{n};{13 + n}-03-2026" for n in range(12)
    ]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def propose(path: Path) -> tuple[str, str]:
    out = path.with_suffix(".toml")
    asked = ["profile", "init", str(path), "--out", str(out)]
    done = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return out.read_text(), done.stdout


def test_a_file_without_a_bsn_is_told_of_the_road_without_one(tmp_path: Path) -> None:
    text, said = propose(write_file(tmp_path / "f.csv"))
    assert "identify" in said
    for line in (
        'zet identify = "brp" boven',
        '#   surname = "Achternaam"',
        '#   birth = "Geboortedatum"',
        '#   postcode = "Postcode"',
        '#   house_number = "Huisnummer"',
    ):
        assert line in text


def test_what_is_told_makes_a_profile_that_loads(tmp_path: Path) -> None:
    text, _ = propose(write_file(tmp_path / "f.csv"))
    lines = [line for line in text.splitlines() if not line.startswith("bsn =")]
    told = [
        line.removeprefix("#   ") if " = " in line and line.startswith("#   ") else line
        for line in lines
    ]
    done = "\n".join(told).replace("[csv]", 'identify = "brp"\n[csv]', 1)
    for key, answer in (
        ("category", "vroegsignalering"),
        ("informed", "informed-by-letter"),
        ("function", "Consulent"),
        ("phone", "0182 555 101"),
    ):
        done = done.replace(f'{key} = "{FILL_IN}"', f'{key} = "{answer}"')
    done = done.replace(f'municipalities = ["{FILL_IN}"]', 'municipalities = ["0599"]')
    checked = "last_verified = 2026-10-01"
    done = done.replace(f'last_verified = "{FILL_IN}"', checked)
    assert parse_profile(done).identify == "brp"


@pytest.mark.parametrize(
    "without", ["Achternaam", "Geboortedatum", "Postcode"], ids=str.lower
)
def test_a_file_whose_persons_cannot_be_found_is_not(
    tmp_path: Path, without: str
) -> None:
    text, said = propose(write_file(tmp_path / "f.csv", HEADER.replace(without, "Xyz")))
    assert "identify" not in text + said


def test_a_file_with_a_bsn_is_not(tmp_path: Path) -> None:
    path = write_file(tmp_path / "f.csv")
    lines = path.read_text().splitlines()
    numbered = [f"{line};{a_number(n)}" for n, line in enumerate(lines[1:])]
    path.write_text("\n".join([f"{lines[0]};BSN", *numbered]) + "\n")
    text, said = propose(path)
    assert "identify" not in text + said


@pytest.mark.parametrize("name", ["Melding", "Meldingsnummer", "Melding nr"])
def test_the_number_of_a_report_is_a_case_number(tmp_path: Path, name: str) -> None:
    header = HEADER.replace("Meldingsnummer", name)
    text, said = propose(write_file(tmp_path / "f.csv", header))
    assert f'case_number = "{name}"' in text
    assert "gelezen, blijft bij u" in said
    assert "case_number" not in said
    tomllib.loads(text)


def test_the_page_tells_of_it_too(tmp_path: Path) -> None:
    with profile_page(write_file(tmp_path / "f.csv"), tmp_path / "p.toml") as visit:
        assert "identify" in visit.send(visit.open(), "preview").page
