"""Whom to call: the record's person, with what the profile knows of the same number."""

import io
import json
from datetime import date
from pathlib import Path

import pytest

import sources.profiles
from sources.connectors import read_file
from sources.profile import load_profile
from sources.values import Case
from tests.sources_builders import TODAY, a_number

FOLDER = Path(next(iter(sources.profiles.__path__)))


@pytest.mark.parametrize(
    ("phone", "hours"), [("0182-555123", ["08:30"]), ("0182-555124", [])]
)
def test_a_person_of_the_record_has_the_hours_of_the_profile_under_one_number(
    phone: str, hours: list[str]
) -> None:
    profile = load_profile(FOLDER / "debt-help-9901.toml")
    contact = {"functietitel": "Aanmeldteam schuldhulp", "telefoonnummer": phone}
    trajectory = {
        "gemeentecode": "9901",
        "client": [{"Burgerservicenummer": a_number(1)}],
        "startdatum": "2026-01-05",
    }
    delivery = {
        "aanleverende_organisatie": {"contactpersonen": [contact]},
        "schuldhulptrajecten": [trajectory],
    }
    said = {"leveringen": [delivery], "aanleverdatum": date(2026, 11, 1).isoformat()}
    file = io.BytesIO(json.dumps(said).encode())
    found = [one for each in read_file(file, profile, today=TODAY) for one in each]
    (case,) = [one for one in found if isinstance(one, Case)]
    assert [row.opens for row in case.contact.holder.officeHours] == hours
