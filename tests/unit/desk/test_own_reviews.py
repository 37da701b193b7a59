"""The page of questions about one's own lookups: from our own page, by who looks up."""

import pytest

from tests.desk_builders import Browser, Town, log_in
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio
ASKED = {
    "id": "6f1c2d3e-0000-4000-8000-000000000000",
    "entryId": "6f1c2d3e-0000-4000-8000-000000000001",
    "at": "2026-11-23T12:00:00Z",
    "purposeLabel": "Onderzoek na een melding",
    "caseReference": "hmac",
    "state": "asked",
    "answerBy": None,
    "questions": ["why-again"],
    "text": None,
    "explanation": None,
    "explanationText": None,
}
PATH = f"/own-reviews/{ASKED['id']}"


async def test_nobody_reads_questions_without_logging_in(browser: Browser) -> None:
    assert (await browser.get("/own-reviews")).status_code == 401


async def test_no_explanation_is_sent_from_elsewhere(browser: Browser) -> None:
    await log_in(browser)
    answer = await browser.post(PATH, data={"csrf": "guess", "explanation": "mistake"})
    assert answer.status_code == 403


async def test_an_officer_who_does_not_look_up_explains_nothing(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["privacy-officer"]
    await log_in(browser)
    answer = await browser.post(PATH, data={"explanation": "mistake"})
    assert answer.status_code == 403
    assert "Deze pagina is niet voor u" in answer.text


async def test_who_is_asked_to_explain_sees_which_case_it_was(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, people=2)
    review = ASKED | {"entryId": answer.json()["answers"][1]["entryId"]}
    town.index.pages["/v1/own-reviews"] = (200, {"items": [review]})
    page = (await browser.get("/own-reviews")).text
    assert "Z-2026-001234, persoon 2 van 2" in page
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_with_csrf(browser)
    page = (await browser.get("/own-reviews")).text
    assert "Z-2026-001234" not in page
    assert "Zaaknummer niet bewaard" in page
