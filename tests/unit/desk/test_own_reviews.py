"""The page of questions about one's own lookups: from our own page, by who looks up."""

import pytest

from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
PATH = "/own-reviews/6f1c2d3e-0000-4000-8000-000000000000"


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
