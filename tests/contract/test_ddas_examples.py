"""The DDAS examples as VNG Realisatie published them, read by our own profiles.

Published and found end to end: `tests/contract/test_ddas_end_to_end.py`.
"""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sources.connectors import read_file
from sources.population.answers import write_population
from sources.population.ddas_file import DEBTS_FILE
from sources.profile import Profile, load_profile
from sources.reasons import Reason
from sources.values import Aside, Case, Closing, Reading, Reject

PROFILES = Path(__file__).parents[2] / "sources" / "profiles"
DURING_SHV = date(2024, 6, 1)
DURING_VS = date(2025, 1, 6)
TODAY = date(2026, 11, 22)


def load(name: str, municipality: str) -> Profile:
    profile = load_profile(PROFILES / f"{name}-9901.toml")
    return profile.model_copy(update={"municipalities": (municipality,)})


def read(value: object, profile: Profile, today: date) -> list[Reading]:
    file = io.BytesIO(json.dumps(value).encode())
    readings = read_file(file, profile, today=today)
    return [each for each in readings if each and not isinstance(each[0], Aside)]


def rejects(readings: list[Reading]) -> list[tuple[str, str, Reason]]:
    return [
        (each.place.record, each.field, each.reason)
        for reading in readings
        for each in reading
        if isinstance(each, Reject)
    ]


@pytest.fixture
def test_person(conformance: Path) -> tuple[str, str]:
    """BSN and municipality of the first living test person."""
    lines = (conformance / "brp-test-persons.csv").read_text().splitlines()
    row = lines[1].split(",")
    return row[0], row[3]


@pytest.fixture
def example(conformance: Path) -> Callable[[str], Any]:
    return lambda name: json.loads((conformance / "ddas" / name).read_text())


@pytest.mark.parametrize("today", [DURING_SHV, TODAY], ids=["then", "now"])
def test_the_shv_example_is_rejected_by_record_and_reason(
    example: Callable[[str], Any], today: date
) -> None:
    readings = read(example("shv-example.json"), load("debt-help", "9901"), today)
    record = "leveringen[0].schuldhulptrajecten[0].client[0]"
    assert rejects(readings) == [
        (record, "client[0].Burgerservicenummer", Reason.BSN_INVALID),
        (record, "gemeentecode", Reason.MUNICIPALITY_UNKNOWN),
    ]


def test_the_vs_example_is_rejected_by_record_and_reason(
    example: Callable[[str], Any],
) -> None:
    readings = read(example("vs-example.json"), load("early-signals", "0518"), TODAY)
    assert rejects(readings) == [
        (
            "leveringen[0].vroegsignalen[0]",
            "client.Burgerservicenummer",
            Reason.BSN_INVALID,
        )
    ]


def test_the_shv_example_is_accepted_with_a_test_person_and_a_valid_code(
    example: Callable[[str], Any], test_person: tuple[str, str]
) -> None:
    bsn, municipality = test_person
    value = example("shv-example.json")
    case = value["leveringen"][0]["schuldhulptrajecten"][0]
    case["client"][0]["Burgerservicenummer"] = bsn
    case["gemeentecode"] = f"GM{municipality}"
    (reading,) = read(value, load("debt-help", municipality), DURING_SHV)
    (found,) = reading
    assert isinstance(found, Case)
    assert (found.bsn.digits, found.municipality) == (bsn, municipality)
    assert found.started_on == date(2024, 1, 10)
    assert found.limit == date(2024, 12, 31)
    assert found.contact.holder.function == "Schuldhulpverlener"
    assert found.contact.holder.phone == "+31612345678"
    assert found.contact.holder.name is None, "a name only where the agency wants one"


def test_the_vs_example_is_accepted_and_then_closed_by_its_case(
    example: Callable[[str], Any], test_person: tuple[str, str]
) -> None:
    bsn, _ = test_person
    value = example("vs-example.json")
    signal = value["leveringen"][0]["vroegsignalen"][0]
    signal["client"]["Burgerservicenummer"] = bsn
    (opened,), (closed,) = read(value, load("early-signals", "0518"), DURING_VS)
    assert isinstance(opened, Case)
    assert isinstance(closed, Closing)
    assert opened.key == closed.key


@pytest.mark.parametrize(
    ("result", "closes"),
    [("Inwoner hoeft geen hulp vanuit vroegsignalering", True), ("Iets anders", False)],
)
def test_the_profile_says_which_results_close(
    example: Callable[[str], Any], result: str, *, closes: bool
) -> None:
    profile = load("early-signals", "0518")
    chosen = profile.ddas.model_copy(update={"closing_results": frozenset({result})})
    readings = read(
        example("vs-example.json"), profile.model_copy(update={"ddas": chosen}), TODAY
    )
    found = [each for one in readings for each in one if isinstance(each, Closing)]
    assert bool(found) is closes


def test_what_we_invent_obeys_the_published_schema(
    example: Callable[[str], Any], tmp_path: Path
) -> None:
    write_population(tmp_path, seed=3, size=60, on=TODAY)
    invented = json.loads((tmp_path / DEBTS_FILE).read_text())
    Draft202012Validator(example("shv.schema.json")).validate(invented)
