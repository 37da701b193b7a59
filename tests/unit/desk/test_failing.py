"""When a party fails: what a person reads, and under which number it is known."""

import logging
import re
from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.desk_builders import ISSUER, Browser, Town, log_in

REFERENCE = "7KQ-4TM"
pytestmark = pytest.mark.anyio


async def test_nobody_is_sent_to_a_provider_that_stopped_answering(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.down.add(ISSUER)
    page = await browser.get("/login?prompt=login")
    assert page.status_code == 502
    assert "De inlogdienst antwoordt niet" in page.text
    assert re.search(r"<strong>[2-9A-Z]{3}-[2-9A-Z]{3}</strong>", page.text)


async def test_what_fails_stands_in_the_log_under_the_number_on_the_screen(
    town: Town, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await log_in(browser)
    town.holders.holders[1].down = True
    town.holders.holders[2].down = True
    town.holders.holders[3].down = True
    with caplog.at_level(logging.INFO, "signal-desk"):
        answer = await browser.get(
            "/relay/v1/key-config", headers={"X-Reference": REFERENCE}
        )
    assert answer.json()["reference"] == REFERENCE
    assert any(REFERENCE in line for line in caplog.messages)


@pytest.mark.parametrize("path", ["/broken", "/relay/v1/broken"])
async def test_what_broke_is_told_with_the_headers_of_every_answer(
    desk: FastAPI, browser: Browser, path: str
) -> None:
    async def break_down() -> None:
        raise ZeroDivisionError

    desk.add_api_route(path, break_down)
    answer = await browser.get(path)
    assert answer.status_code == 500
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert ("API-Version" in answer.headers) == path.startswith("/relay/")


@pytest.mark.parametrize("given", ["123456782", "7KQ-4TM1", "<b>", "7kq-4tm"])
async def test_a_reference_of_another_form_is_not_taken_over(
    browser: Browser, given: str
) -> None:
    answer = await browser.get("/relay/v1/pins", headers={"X-Reference": given})
    assert answer.status_code == 401
    assert answer.json()["reference"] != given


async def test_a_page_knows_how_long_its_session_still_lasts(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=10))
    page = await browser.get("/lookup")
    left = 8 * 3600 - 600
    assert f'<meta name="session-seconds-left" content="{left}">' in page.text


async def test_glass_is_broken_on_a_page_of_its_own_that_tells_of_the_review(
    town: Town, browser: Browser
) -> None:
    offer_glass(town)
    page = await log_in(browser, "/break-glass")
    assert "Zoeken bij spoed" in page.text
    assert "Dit wordt altijd achteraf bekeken" in page.text
    assert 'value="danger-to-life"' in page.text
    assert 'id="purpose-wmo-onderzoek"' in page.text
    assert 'id="purpose-veiligheid"' not in page.text


async def test_the_way_to_it_is_shown_only_where_it_is_open(
    town: Town, browser: Browser
) -> None:
    assert 'href="/break-glass"' not in (await log_in(browser)).text
    offer_glass(town)
    assert 'href="/break-glass"' in (await browser.get("/lookup")).text


def offer_glass(town: Town) -> None:
    """Let glass be broken for the first purpose only."""
    reasons = [{"code": "danger-to-life", "label": "Iemand is in levensgevaar"}]
    first, *others = town.index.catalogue["purposes"]
    purposes = [first | {"breakGlassReasons": reasons}, *others]
    town.index.catalogue = town.index.catalogue | {
        "purposes": purposes,
        "breakGlass": {"reasons": reasons},
    }
