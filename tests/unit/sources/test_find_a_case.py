"""Which case a reference at the index is about: told from the agency's own file."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import anyio
import pytest
from typer.testing import CliRunner, Result

from sources.__main__ import app
from sources.agency_keys import create_keys
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from tests.held_builders import take_over_lost
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
)
from tests.sources_parties import pseudonym_of
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS


def settle(folder: Path, profile: str) -> Agency:
    create_keys(folder / "keys", name="agency", algorithm="Ed25519")
    (folder / "keys" / "outbox.key").write_bytes(SECRET)
    (folder / "agency.toml").write_text(SETTINGS)
    (folder / "profile.toml").write_text(profile)
    return an_agency(folder, parse_profile(profile))


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = settle(tmp_path, PROFILE)
    made.write(a_row(), a_row(BSN=a_number(2)), a_row(Zaak="Z-3", BSN=a_number(3)))
    anyio.run(made.publish)
    return made


def find(agency: Agency, reference: str) -> Result:
    folder = agency.folder
    words = ["--settings", folder / "agency.toml", "--file", agency.file]
    words += ["--profile", folder / "profile.toml"]
    return CliRunner().invoke(app, ["find", reference, *map(str, words)])


@pytest.mark.parametrize(("person", "line"), [(1, 2), (2, 3), (3, 4)])
def test_the_line_of_a_reference_is_told(
    agency: Agency, person: int, line: int
) -> None:
    """Also where two persons share a case number."""
    n = pseudonym_of(a_number(person)).encoded.hex()
    signals = agency.index.state["signals"]
    (reference,) = [at for at, row in signals.items() if row["n"] == n]  # type: ignore[index]  # JSON has no types
    said = find(agency, reference)
    assert said.exit_code == 0, said.output
    assert f"delivery.csv: regel {line}.\n" in said.stdout
    assert a_number(person) not in said.output


def test_a_reference_that_no_case_here_has_is_a_sentence(agency: Agency) -> None:
    """And whom to ask: it may be of another outbox, by hand, or of nobody here."""
    unknown = str(uuid4())
    settings = ("--settings", str(agency.folder / "agency.toml"))
    for said in (
        find(agency, unknown),
        CliRunner().invoke(app, ["find", unknown, *settings]),
    ):
        assert (said.exit_code, said.stdout) == (2, "")
        for way in ("pagina Signalen", "met de hand", "nog een postvak", "vraag wie"):
            assert way in said.stderr


def test_a_reference_of_ours_that_is_not_in_this_file_is_a_sentence(
    agency: Agency,
) -> None:
    reference = refer(agency)
    agency.write(a_row())
    said = find(agency, reference)
    assert (said.exit_code, said.stdout) == (2, "")
    assert "geen zaak bij dit kenmerk" in said.stderr


def refer(agency: Agency) -> str:
    """Give the reference under which the one case of its number stands now."""
    (found,) = re.findall("[0-9a-f-]{36}", find_by_number(agency, "Z-3").stdout)
    return str(found)


def test_the_old_reference_of_a_case_that_ended_and_came_back_still_finds_it(
    agency: Agency,
) -> None:
    """A notice may come when the case has another reference already."""
    reference = refer(agency)
    shared = [a_row(), a_row(BSN=a_number(2))]
    back = a_row(Zaak="Z-3", BSN=a_number(3))
    agency.write(*shared)
    anyio.run(agency.publish)
    words = ["find", reference, "--settings", str(agency.folder / "agency.toml")]
    assert CliRunner().invoke(app, words).stdout == "Zaak: Z-3.\n"
    agency.write(*shared, back)
    anyio.run(partial(agency.publish, approve=True))
    assert refer(agency) != reference
    said = find(agency, reference)
    assert said.stdout == "Zaak: Z-3.\ndelivery.csv: regel 4.\n", said.output


def test_the_old_reference_of_a_case_is_forgotten_after_35_days(agency: Agency) -> None:
    reference = refer(agency)
    for days in (0, 36):
        agency.now += timedelta(days=days)
        agency.write(a_row(), a_row(BSN=a_number(2)))
        anyio.run(agency.publish)
    words = ["find", reference, "--settings", str(agency.folder / "agency.toml")]
    assert "geen zaaknummer bewaard" in CliRunner().invoke(app, words).stderr


def test_of_a_signal_of_a_lost_outbox_it_is_said_that_it_was_replaced(
    agency: Agency,
) -> None:
    reference = min(agency.index.state["signals"])
    agency.outbox_path.unlink()

    async def begin_anew() -> None:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            await take_over_lost(outbox, agency.index)

    anyio.run(begin_anew)
    before = find(agency, reference)
    anyio.run(partial(agency.publish, approve=True))
    after = find(agency, reference)
    assert (before.exit_code, after.exit_code) == (2, 2)
    assert "wordt vervangen bij de volgende levering" in before.stderr
    assert "is vervangen" in after.stderr


def find_by_number(agency: Agency, number: str) -> Result:
    words = ["--case", number, "--settings", str(agency.folder / "agency.toml")]
    return CliRunner().invoke(app, ["find", *words])


def test_the_line_of_a_case_is_told_beside_its_reference(agency: Agency) -> None:
    folder = agency.folder
    words = ["find", "--case", "Z-3", "--settings", str(folder / "agency.toml")]
    words += ["--file", str(agency.file), "--profile", str(folder / "profile.toml")]
    said = CliRunner().invoke(app, words)
    assert said.stdout == f"Kenmerk: {refer(agency)} (Z-3, regel 4)\n", said.output
    (told,) = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert (told["case"], told["line"]) == ("Z-3", 4)
    agency.write(a_row(Zaak="Z-3", BSN=a_number(3), Stand="aanvraag"))
    paused = CliRunner().invoke(app, words)
    assert "(Z-3, regel 2)" in paused.stdout, "also where its status says not begun"
    agency.write(a_row())
    assert "staat niet in dit bestand" in CliRunner().invoke(app, words).stdout
    half = CliRunner().invoke(app, words[:-2])
    assert (half.exit_code, "allebei of geen van beide" in half.stderr) == (2, True)


def test_the_references_of_a_case_are_told_by_its_number(agency: Agency) -> None:
    told = {
        line.removeprefix("Kenmerk: ").partition(" ")[0]
        for number in ("Z-1", " Z-3 ")
        for line in find_by_number(agency, number).stdout.splitlines()
    }
    assert told == set(agency.index.state["signals"])


def test_a_day_finds_every_case_that_began_on_it(agency: Agency) -> None:
    """Also one with a number, and one of which the name is not known here."""
    with closing(sqlite3.connect(agency.outbox_path)) as outbox, outbox:
        outbox.execute(
            "UPDATE signal SET name = NULL"
            " WHERE reference = (SELECT min(reference) FROM signal)"
        )
    begun = date.fromisoformat(a_row()["Begin"])
    said = find_by_number(agency, f"{begun:%d-%m-%Y}")
    found = re.findall("Kenmerk: ([0-9a-f-]{36}) ", said.stdout)
    assert set(found) == set(agency.index.state["signals"])
    assert "(zaaknummer hier niet bekend)" in said.stdout


def test_a_case_that_is_no_longer_open_is_found_in_the_file(agency: Agency) -> None:
    """A citizen may dispute what was withdrawn meanwhile."""
    reference = refer(agency)
    over = a_row(Zaak="Z-3", BSN=a_number(3), Eind="2026-08-01")
    agency.write(a_row(), a_row(BSN=a_number(2)), over)
    anyio.run(agency.publish)
    assert len(agency.index.state["signals"]) == 2
    assert find(agency, reference).stdout == "Zaak: Z-3.\ndelivery.csv: regel 4.\n"


def test_a_case_without_a_number_is_found_by_its_day(tmp_path: Path) -> None:
    """It is called by since when and with whom; more than one may be called so."""
    agency = settle(tmp_path, PROFILE.replace('case_number = "Zaak"\n', ""))
    agency.write(a_row(BSN=a_number(4)), a_row(BSN=a_number(5), Begin="2026-03-03"))
    anyio.run(agency.publish)
    said = find_by_number(agency, "03-03-2026")
    assert said.exit_code == 0, said.output
    (reference,) = re.findall("Kenmerk: ([0-9a-f-]{36}) ", said.stdout)
    assert "(sinds 3 maart 2026, bij " in said.stdout
    words = ["find", reference, "--settings", str(agency.folder / "agency.toml")]
    assert "Zaak: sinds 3 maart 2026, bij " in CliRunner().invoke(app, words).stdout


def test_what_a_machine_reads_names_the_case_of_each_reference(agency: Agency) -> None:
    """A beginning may be of several: a bare reference could be anybody's."""
    words = ["find", "--case", "Z-", "--json", "--settings"]
    said = CliRunner().invoke(app, [*words, str(agency.folder / "agency.toml")])
    found = {one["reference"]: one["case"] for one in json.loads(said.stdout)}
    assert found.keys() == agency.index.state["signals"].keys()
    assert set(found.values()) == {"Z-1", "Z-3"}


def test_a_number_without_a_signal_and_no_number_at_all_are_sentences(
    agency: Agency,
) -> None:
    unknown, nothing = (find_by_number(agency, one) for one in ("Z-9", ""))
    assert (unknown.exit_code, nothing.exit_code) == (2, 2)
    assert "staat nu geen signaal uit dit postvak" in unknown.stderr
    assert "Geef een kenmerk" in nothing.stderr


def test_a_reference_beside_a_number_is_refused(agency: Agency) -> None:
    """One of the two would win, and the answer could be about somebody else."""
    (reference, *_) = agency.index.state["signals"]
    said = CliRunner().invoke(
        app,
        [
            *("find", reference, "--case", "Z-3"),
            *("--settings", str(agency.folder / "agency.toml")),
        ],
    )
    assert (said.exit_code, said.stdout) == (2, "")
    assert "niet allebei" in said.stderr
