"""The invented town: always the same, and read by the shipped profiles as it says."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keys.bsn import parse_bsn
from keys.errors import InvalidBsn
from sources.connectors import read_file
from sources.outbox.staging import mark_case
from sources.outbox_key import OutboxKey
from sources.population.answers import write_population
from sources.profile import Profile, load_profile
from sources.values import Case, CaseKey, Reject
from tests.sources_builders import SECRET

ON = date(2026, 11, 22)
PROFILES = Path(__file__).parents[3] / "sources" / "profiles"
FILES = {
    "income-support.csv": "income-support",
    "debt-help.json": "debt-help",
    "schools.csv": "schools",
    "veilig-thuis.csv": "veilig-thuis",
}
Answers = Mapping[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("town")
    write_population(made, seed=1, size=600, on=ON)
    return made


@pytest.fixture(scope="module")
def answers(folder: Path) -> Answers:
    found: Answers = json.loads((folder / "answers.json").read_text())
    return found


def read(folder: Path, name: str) -> tuple[Profile, dict[bytes, Case], list[Reject]]:
    """Cases by key (a double counts once) and rejects, as a publisher reads them."""
    profile = load_profile(PROFILES / f"{FILES[name]}-9901.toml")
    cases: dict[bytes, Case] = {}
    rejects: list[Reject] = []
    with (folder / name).open("rb") as file:
        for reading in read_file(file, profile, today=ON):
            for entry in reading:
                if isinstance(entry, Case):
                    cases[_mark(profile, entry.key)] = entry
                elif isinstance(entry, Reject):
                    rejects.append(entry)
    return profile, cases, rejects


def _mark(profile: Profile, key: CaseKey) -> bytes:
    return mark_case(OutboxKey(SECRET), profile.name, key)


def test_the_answer_key_says_who_is_found_where(folder: Path, answers: Answers) -> None:
    found: dict[str, set[str]] = {bsn: set() for bsn in answers["people"]}
    for name in FILES:
        for case in read(folder, name)[1].values():
            found[case.bsn.digits].add(case.category)
    assert {bsn: sorted(each) for bsn, each in found.items()} == answers["people"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_accepted_and_rejected_as_told(
    folder: Path, answers: Answers, name: str
) -> None:
    told = answers["files"][name]
    _, cases, rejects = read(folder, name)
    assert len(cases) == told["accepted"]
    doubles = told["reasons"].get("double-record", 0)
    assert len(rejects) == told["rejected"] - doubles
    assert {each.reason.value for each in rejects} == (
        set(told["reasons"]) - {"double-record"}
    )


def test_a_town_of_600_gives_a_demo_enough(answers: Answers) -> None:
    files = answers["files"].values()
    assert sum(each["accepted"] for each in files) >= 500
    assert all(each["rejected"] >= 1 for each in files)
    shared = {"bijstand", "schuldhulpverlening"}
    matches = sum(shared <= {*known} for known in answers["people"].values())
    assert 6 <= matches <= 15, "as many matches as two people can go through"


def test_the_first_household_is_the_demos(answers: Answers) -> None:
    first = answers["households"][0]
    assert [answers["people"][bsn] for bsn in first] == [
        ["bijstand", "schuldhulpverlening"],
        ["bijstand"],
        ["leerplicht", "veilig-thuis"],
        [],
    ]


def test_the_numbers_are_valid_and_the_mistyped_ones_are_not(answers: Answers) -> None:
    for number in answers["bsns"]:
        assert parse_bsn(number).digits[0] in "09"
    assert any(number.startswith("0") for number in answers["people"])
    for number in answers["mistyped"]:
        with pytest.raises(InvalidBsn):
            parse_bsn(number)


def test_nobody_without_opt_in_is_found_for_it(answers: Answers) -> None:
    assert answers["withoutOptIn"]
    for bsn in answers["withoutOptIn"]:
        assert "veilig-thuis" not in answers["people"][bsn]


def test_those_in_no_file_are_in_no_file(folder: Path, answers: Answers) -> None:
    text = "".join((folder / name).read_text("utf-8") for name in FILES)
    assert answers["none"]
    assert not any(bsn in text for bsn in answers["none"])


def test_the_same_seed_gives_the_same_town(folder: Path, tmp_path: Path) -> None:
    write_population(tmp_path, seed=1, size=600, on=ON)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_another_seed_gives_other_people(answers: Answers, tmp_path: Path) -> None:
    path = write_population(tmp_path, seed=2, size=600, on=ON)
    other = json.loads(path.read_text())
    assert len(set(other["people"]) & set(answers["people"])) < 5
