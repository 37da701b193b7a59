"""`signal-source brp`: the list names nobody, and a decision is taken by its number."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.agency_keys import create_keys
from sources.clock import day_of, now
from sources.intake.files import FileIntake
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from tests.brp_builders import (
    PROFILE,
    FakeRegister,
    a_person,
    a_row,
    an_identifier,
    write_reports,
)
from tests.unit.sources.test_persons_are_sought_by_few import BRP, FOR_PARTNER

ELSEWHERE = {"adresregel1": "Dorpsweg 1", "adresregel2": "1234AB DORP"}


@pytest.fixture
def settings(tmp_path: Path) -> str:
    """A municipality's folder after a delivery that left one doubt."""
    create_keys(tmp_path / "keys", name="hall", algorithm="Ed25519")
    (tmp_path / "agency.toml").write_text(FOR_PARTNER + BRP)
    file = write_reports(tmp_path / "meldingen.csv", a_row())
    key = OutboxKey((tmp_path / "keys" / "outbox.key").read_bytes())
    register = FakeRegister([a_person(adressering=ELSEWHERE)])
    with Outbox(tmp_path / "outbox.sqlite", key) as outbox:
        identifier = an_identifier(tmp_path, outbox, register)
        intake = FileIntake(file, parse_profile(PROFILE))
        today = day_of(now())
        asyncio.run(identifier.identify(intake, "vroegsignalen", today=today))
    return str(tmp_path / "agency.toml")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["brp", *arguments], env={"COLUMNS": "140"})
    return done.exit_code, done.output


def find_reference(settings: str) -> str:
    code, said = run("list", "--settings", settings, "--json")
    assert code == 0, said
    (found,) = json.loads(said)
    assert found["why"] == "address"
    return str(found["reference"])


def test_the_list_names_nobody(settings: str) -> None:
    code, said = run("list", "--settings", settings)
    assert code == 0
    assert "postcode of huisnummer is anders" in said
    assert "Zeldzaam" not in said


def test_who_decides_sees_the_record_and_whom_the_register_gave(settings: str) -> None:
    code, said = run("settle", find_reference(settings), "--settings", settings)
    assert code == 0
    assert "9901ZZ 12" in said
    assert "Dorpsweg 1, 1234AB DORP" in said


def test_a_decision_is_made_once_and_can_be_taken_back(settings: str) -> None:
    reference = find_reference(settings)
    choose = ("settle", reference, "--settings", settings, "--choose", "1")
    assert run(*choose)[0] == 0
    assert run("list", "--settings", settings, "--json") == (0, "[]\n")
    code, said = run(*choose)
    assert (code, "brp forget" in said) == (2, True)
    assert run("forget", reference, "--settings", settings)[0] == 0
    assert run("forget", reference, "--settings", settings)[0] == 2


def test_a_number_that_is_not_in_the_list_decides_nothing(settings: str) -> None:
    reference = find_reference(settings)
    for number in ("0", "2"):
        code, _ = run("settle", reference, "--settings", settings, "--choose", number)
        assert code == 2
    assert find_reference(settings) == reference


def test_without_a_gateway_there_is_nothing_to_decide(settings: str) -> None:
    text = Path(settings).read_text()
    Path(settings).write_text(text.replace(BRP, ""))
    assert run("list", "--settings", settings)[0] == 2
