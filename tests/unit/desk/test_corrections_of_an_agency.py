"""An agency answers on its own page what a citizen says of its signals."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.unit.desk.test_notices_page import a_notice

pytestmark = pytest.mark.anyio
PAGE = "/agency/notices/corrections"
DUE = "2026-12-22"
ID = str(UUID(int=7))
ANSWERS = [
    {"code": "withdrawn", "label": "Ingetrokken"},
    {"code": "facts-correct", "label": "Het klopt zoals het is"},
]


def a_correction(**changed: object) -> dict[str, Any]:
    """A correction as the index gives it to its source."""
    return {
        "id": ID,
        "reference": "7KQ-4TM",
        "kind": "correction",
        "reason": "no-contact",
        "reasonLabel": "De inwoner heeft geen contact met deze organisatie",
        "signalSource": "00000001000000000011",
        "signalReference": str(UUID(int=5)),
        "category": "bijstand",
        "categoryLabel": "Bijstandsuitkering",
        "municipality": "9901",
        "receivedOn": "2026-11-22",
        "dueOn": DUE,
        "isLate": False,
        "isRestricted": False,
        "answer": None,
        "answerLabel": None,
        "answeredOn": None,
        "answersBefore": [],
        "step": 0,
        "mayAnswer": True,
        "standing": [],
        **changed,
    }


async def show(town: Town, browser: Browser, *found: dict[str, Any]) -> str:
    town.provider.person["roles"] = ["source-administrator"]
    page = {"items": list(found), "next": None, "answers": ANSWERS}
    said = a_notice(1, "correction", facts={"reference": "7KQ-4TM", "dueOn": DUE})
    told = {"items": [said], "next": None, "unreadable": 0, "padding": ""}
    town.index.pages["/v1/own-corrections"] = (200, page)
    town.index.pages["/v1/notices"] = (200, told)
    await log_in(browser)
    answer = await browser.get(PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


async def csrf(browser: Browser) -> str:
    return csrf_of(await browser.get(PAGE))


async def test_it_says_what_waits_until_when_and_what_can_be_answered(
    town: Town, browser: Browser
) -> None:
    page = await show(town, browser, a_correction())
    for said in (
        "Wacht op uw antwoord (1)",
        "7KQ-4TM",
        "De inwoner heeft geen contact met deze organisatie",
        "22 december 2026",
        "Het klopt zoals het is",
    ):
        assert said in page, said
    assert re.search(r"Nog (29|30) dagen\.", page)


async def test_what_is_due_first_stands_first_and_what_is_late_says_so(
    town: Town, browser: Browser
) -> None:
    late = a_correction(id=str(UUID(int=8)), dueOn="2026-11-01", reference="2AB-2AB")
    page = await show(town, browser, a_correction(), late)
    assert page.index("2AB-2AB") < page.index("7KQ-4TM")
    assert "Dat is te laat." in page


async def test_an_answer_goes_to_the_index_and_the_page_says_so_once(
    town: Town, browser: Browser
) -> None:
    await show(town, browser, a_correction())
    town.index.pages[f"/v1/own-corrections/{ID}/answer"] = (204, None)
    data = {"csrf": await csrf(browser), "step": "0", "answer": "facts-correct"}
    done = await browser.post(f"{PAGE}/{ID}/answer", data=data)
    assert done.status_code == 303
    assert (
        "Uw antwoord is verstuurd" in (await browser.get(done.headers["location"])).text
    )
    assert "Uw antwoord is verstuurd" not in (await browser.get(PAGE)).text


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("answer-changed", "Een collega gaf net een ander antwoord"),
        ("correction-told", "De inwoner las het antwoord al"),
        ("answered-too-often", "te vaak veranderd"),
    ],
)
async def test_what_the_index_refuses_is_said_at_the_card(
    town: Town, browser: Browser, slug: str, said: str
) -> None:
    await show(town, browser, a_correction())
    problem = {"type": f"https://x.test/problems/{slug}", "title": "x", "status": 409}
    town.index.pages[f"/v1/own-corrections/{ID}/answer"] = (409, problem)
    data = {"csrf": await csrf(browser), "step": "0", "answer": "withdrawn"}
    done = await browser.post(f"{PAGE}/{ID}/answer", data=data)
    assert said in (await browser.get(done.headers["location"])).text


async def test_no_answer_chosen_asks_nothing_of_the_index(
    town: Town, browser: Browser
) -> None:
    await show(town, browser, a_correction())
    done = await browser.post(
        f"{PAGE}/{ID}/answer", data={"csrf": await csrf(browser), "step": "0"}
    )
    assert "Kies een antwoord." in (await browser.get(done.headers["location"])).text


async def test_what_a_citizen_read_is_answered_no_more(
    town: Town, browser: Browser
) -> None:
    told = {"answer": "withdrawn", "answerLabel": "Ingetrokken", "mayAnswer": False}
    page = await show(
        town, browser, a_correction(**told, answeredOn="2026-11-23", step=1)
    )
    assert "Beantwoord (1)" in page
    assert "Het verandert niet meer." in page
    assert 'name="answer"' not in page
