"""The demo's register answers as the real one would: with a key, and what is named."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.brp.app import QUERY, create_app
from deploy.town.early_signals import (
    BORN,
    FOUND,
    IN_DOUBT,
    list_persons,
    write_reports,
)
from deploy.town.parties import EARLY_SIGNALS
from deploy.town.settings_files import PROFILES
from keys.bsn import Bsn
from sources.brp.matching import choose, list_surnames
from sources.brp.wire import Answer, make_question
from sources.intake.files import FileIntake
from sources.profile import load_profile
from sources.values import Unidentified
from tests.sources_builders import TODAY, a_number

pytestmark = pytest.mark.anyio
PERSONS = list_persons(tuple(a_number(n) for n in range(4)))


async def ask(body: dict[str, Any], key: str = "sleutel") -> httpx.Response:
    transport = httpx.ASGITransport(create_app(PERSONS, "sleutel"))
    async with httpx.AsyncClient(transport=transport, base_url="http://brp") as client:
        return await client.post("/personen", json=body, headers={"X-API-Key": key})


async def test_it_answers_its_key_alone() -> None:
    question = make_question("Duijvenstein", TODAY)
    assert (await ask(question, "ander")).status_code == 401
    assert (await ask(question)).json() == {"type": QUERY, "personen": []}
    assert (await ask({"type": "ZoekMetPostcodeEnHuisnummer"})).status_code == 400


async def test_it_gives_the_fields_that_are_named_and_no_other() -> None:
    fields = ["burgerservicenummer", "naam.voorletters", "partners.naam"]
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
