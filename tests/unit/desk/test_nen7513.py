"""The file with the fields of NEN 7513: whole, in two forms, and harmless."""

import csv
import io
import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from signal_index.ledger.nen7513 import FIELDS
from signal_index.wire.nen7513 import Nen7513Page
from tests.desk_builders import Browser, Town

pytestmark = pytest.mark.anyio
ID = "019ab000-0000-7000-8000-000000000001"
PATH = f"/v1/specific-reports/{ID}/nen7513"
PAGE = f"/officer/reports/specific/{ID}/nen7513"


def a_page(*users: str) -> Nen7513Page:
    items = [dict.fromkeys(FIELDS) | {"UserID": user} for user in users]
    answer = {"fields": list(FIELDS), "items": items, "next": None}
    return Nen7513Page.model_validate(answer)


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages[PATH] = (200, a_page("fatima", "=HYPERLINK()"))
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


async def test_as_csv_it_has_the_fields_and_no_formula(officer: Browser) -> None:
    answer = await officer.get(f"{PAGE}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert list(rows[0]) == list(FIELDS)
    assert [row["UserID"] for row in rows] == ["fatima", "'=HYPERLINK()"]


async def test_as_json_it_has_the_same_events(officer: Browser) -> None:
    answer = await officer.get(f"{PAGE}.json")
    assert "attachment" in answer.headers["content-disposition"]
    assert [one["UserID"] for one in json.loads(answer.content)] == [
        "fatima",
        "=HYPERLINK()",
    ]


async def test_an_empty_report_is_a_file_too(town: Town, officer: Browser) -> None:
    town.index.pages[PATH] = (200, a_page())
    answer = await officer.get(f"{PAGE}.json")
    assert json.loads(answer.content) == []


async def test_what_is_not_given_leads_back(town: Town, officer: Browser) -> None:
    town.index.pages[PATH] = (403, {"type": "/problems/not-approved"})
    answer = await officer.get(f"{PAGE}.csv")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/officer/reports#asked"


async def test_another_form_does_not_exist(officer: Browser) -> None:
    answer = await officer.get(f"{PAGE}.xlsx")
    assert answer.status_code in {400, 404}
