"""Words for contact holders: one asks on a page, another reads the word and decides."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.desk_builders import Browser, Town, csrf_of
from tests.policy_answers import NONE_DECIDED, an_approval

pytestmark = pytest.mark.anyio
PAGE = "/officer/approvals/words"
AGENCY = "00000001000000000002"
APPROVAL = an_approval(kind="contact-label", titleCode="contact-label")


def the_words(state: str = "open") -> dict[str, Any]:
    word = {
        "id": "6f1c2d3e-0000-4000-8000-000000000009",
        "organisation": AGENCY,
        "organisationName": "Kredietbank Oost",
        "label": "Klantmanager team Zuid",
        "approvalId": APPROVAL["id"],
        "askedAt": "2026-11-23T12:00:00Z",
        "state": state,
    }
    agency = {"oin": AGENCY, "name": "Kredietbank Oost"}
    return {"items": [word], "organisations": [agency], "leftOff": 0}


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages |= {
        "/v1/contact-labels": (200, the_words()),
        "/v1/approvals": (200, {"open": [APPROVAL], **NONE_DECIDED}),
    }
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


async def test_a_word_is_asked_for_and_the_page_says_that_it_waits(
    town: Town, officer: Browser
) -> None:
    assert PAGE in (await officer.get("/officer/approvals")).text
    token = csrf_of(await officer.get(PAGE))
    asked = the_words()["items"][0]
    town.index.pages["POST /v1/contact-labels"] = (201, asked)
    form = {"csrf": token, "organisation": AGENCY, "label": "Klantmanager team Zuid"}
    answer = await officer.send_form(PAGE, form)
    page = (await officer.get(answer.headers["location"])).text
    assert "Het woord geldt zodra een tweede persoon het goedkeurt" in page
    assert f"/officer/approvals/{APPROVAL['id']}" in page


async def test_what_is_wrong_stands_at_the_form_with_what_was_typed(
    officer: Browser,
) -> None:
    token = csrf_of(await officer.get(PAGE))
    form = {"csrf": token, "organisation": "", "label": "Klantmanager"}
    answer = await officer.send_form(PAGE, form)
    page = await officer.get(answer.headers["location"])
    assert page.status_code == 400
    assert 'value="Klantmanager"' in page.text
    assert "Organisatie" in page.text.split('id="told"')[1].split("</ul>")[0]


async def test_who_decides_reads_which_word_and_whose(officer: Browser) -> None:
    page = (await officer.get(f"/officer/approvals/{APPROVAL['id']}")).text
    assert "Klantmanager team Zuid" in page
    assert "Kredietbank Oost" in page
    assert "Wijs het dan af" in page
    assert "Bel eerst" not in page


async def test_nobody_approves_what_the_page_cannot_tell(
    town: Town, officer: Browser
) -> None:
    town.index.pages["/v1/contact-labels"] = (200, {**the_words(), "items": []})
    page = (await officer.get(f"/officer/approvals/{APPROVAL['id']}")).text
    assert "is hier niet te lezen" in page
    assert 'value="approved"' not in page
    assert 'value="refused"' in page


async def test_a_word_that_ended_says_so(town: Town, officer: Browser) -> None:
    town.index.pages["/v1/contact-labels"] = (200, the_words("over"))
    assert "Beëindigd" in (await officer.get(PAGE)).text
