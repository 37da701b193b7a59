"""The demo's register answers as the real one would: with a key, and what is named."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.brp.app import BY_NAME, BY_NUMBER, create_app
from deploy.town.early_signals import (
    BORN,
    FOUND,
    IN_DOUBT,
    list_persons,
    write_reports,
)
from deploy.town.parties import EARLY_SIGNALS
from deploy.town.register import (
    MEREL,
    NAMESAKES,
    OFFICIAL,
    name_citizens,
    write_persons,
)
from deploy.town.settings_files import PROFILES
from keys.bsn import Bsn, parse_bsn
from sources.brp.matching import choose, list_surnames
from sources.brp.wire import Answer, make_question
from sources.intake.files import FileIntake
from sources.population.people import Town
from sources.profile import load_profile
from sources.values import Unidentified
from tests.sources_builders import TODAY, a_number

pytestmark = pytest.mark.anyio
PERSONS = list_persons(tuple(a_number(n) for n in range(4)))
TESTSET = write_persons(OFFICIAL)


async def ask(
    body: dict[str, Any],
    key: str = "sleutel",
    persons: Sequence[dict[str, Any]] = PERSONS,
) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(persons, "sleutel"))
    async with httpx.AsyncClient(transport=transport, base_url="http://brp") as client:
        return await client.post("/personen", json=body, headers={"X-API-Key": key})


async def test_it_answers_its_key_alone() -> None:
    question = make_question("Duijvenstein", TODAY)
    assert (await ask(question, "ander")).status_code == 401
    assert (await ask(question)).json() == {"type": BY_NAME, "personen": []}
    assert (await ask({"type": "ZoekMetPostcodeEnHuisnummer"})).status_code == 400


async def test_it_gives_the_fields_that_are_named_and_no_other() -> None:
    fields = ["burgerservicenummer", "naam.voorletters"]
    question = {
        **make_question("duijvenstein", TODAY),
        "geboortedatum": BORN,
        "fields": fields,
    }
    (person,) = (await ask(question)).json()["personen"]
    assert person == {
        "burgerservicenummer": a_number(0),
        "naam": {"voorletters": "Q."},
    }


async def ask_number(
    *numbers: str, fields: Sequence[str] = ("naam",)
) -> httpx.Response:
    body = {"type": BY_NUMBER, "burgerservicenummer": numbers, "fields": fields}
    return await ask(body, persons=TESTSET)


async def test_a_number_gives_the_person_with_family_and_nothing_unnamed() -> None:
    fields = ["burgerservicenummer", "partners.naam.voornamen", "kinderen", "ouders"]
    (person,) = (await ask_number(MEREL, fields=fields)).json()["personen"]
    assert person["partners"] == [{"naam": {"voornamen": "Martin Gerard"}}]
    assert [len(person[group]) for group in ("kinderen", "ouders")] == [2, 2]
    assert set(person) == {"burgerservicenummer", "partners", "kinderen", "ouders"}


async def test_what_the_register_adds_comes_unasked_and_may_not_be_asked() -> None:
    found = {
        person["naam"]["voornamen"]: set(person)
        for person in (
            await ask_number("999992077", "999994931", "999994086", "999993847")
        ).json()["personen"]
    }
    assert found == {
        "Jan": found["Jan"],
        "Merel": {"naam"},
        "Lethe": {"naam", "inOnderzoek"},
    }
    dead = (await ask_number("999992077")).json()["personen"][0]
    assert dead["opschortingBijhouding"]["reden"]["code"] == "O"
    secret = (await ask_number("999994931")).json()["personen"][0]
    assert secret["geheimhoudingPersoonsgegevens"] is True
    assert (await ask_number(MEREL, fields=["rni"])).status_code == 400


@pytest.mark.parametrize("numbers", [(), ("12345678",), tuple([MEREL] * 21)])
async def test_a_question_that_does_not_hold_names_its_parameter(
    numbers: tuple[str, ...],
) -> None:
    answer = await ask_number(*numbers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "paramsValidation"
    assert "burgerservicenummer" in answer.json()["detail"]
    assert "12345678" not in answer.text


async def test_a_search_gives_namesakes_and_not_the_dead() -> None:
    twins = make_question("Käster", date(1958, 10, 9))
    found = (await ask(twins, persons=TESTSET)).json()["personen"]
    assert {one["burgerservicenummer"] for one in found} == set(NAMESAKES)
    dead = make_question("Staart", date(2015, 1, 1))
    assert (await ask(dead, persons=TESTSET)).json()["personen"] == []


def test_everybody_of_the_test_set_has_a_number_that_passes() -> None:
    assert all(parse_bsn(each.number) for each in OFFICIAL)
    assert all(each.number.startswith("99999") for each in OFFICIAL)


def test_a_household_of_the_town_is_a_family_in_the_register() -> None:
    citizens = Town(2026, TODAY).settle(40)
    entries = {each.number: each for each in name_citizens(citizens, TODAY)}
    first, second, child, baby = (entries[each.bsn] for each in citizens[:4])
    assert (first.partner, second.partner) == (second.number, first.number)
    assert first.children == (child.number, baby.number)
    assert child.parents == (first.number, second.number)
    assert len(write_persons(list(entries.values()))) == 40


async def test_of_the_reports_some_are_found_and_some_need_a_person(
    tmp_path: Path,
) -> None:
    profile = load_profile(PROFILES / EARLY_SIGNALS.profile)
    path = tmp_path / EARLY_SIGNALS.file
    write_reports(path)
    found = []
    for (entry,) in FileIntake(path, profile).read(today=TODAY):
        assert isinstance(entry, Unidentified)
        sought = entry.sought
        question = make_question(list_surnames(sought.surname)[0], sought.born)
        answer = Answer.model_validate_json((await ask(question)).content)
        found.append(choose(sought, answer.personen))
    assert sum(isinstance(one, Bsn) for one in found) == FOUND
    assert len(found) == FOUND + IN_DOUBT
