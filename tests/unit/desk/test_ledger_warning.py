"""Every page warns where nobody outside the index confirms its ledger."""

import pytest
from fastapi import FastAPI

from tests.desk_builders import INDEX, Browser, Town, log_in

pytestmark = pytest.mark.anyio

WARNING = "Het logboek wordt nu niet gecontroleerd."
NEED = "U kunt nu alleen zoeken bij spoed."


async def seen(town: Town, desk: FastAPI, browser: Browser, state: str) -> str:
    town.index.witness = state
    await desk.state.desk.index_watch.look()
    return (await browser.get("/lookup")).text


async def test_a_page_says_that_the_ledger_is_not_watched(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    await log_in(browser)
    page = await seen(town, desk, browser, "unwitnessed")
    assert WARNING in page
    assert NEED not in page
    assert NEED in await seen(town, desk, browser, "break-glass-only")


@pytest.mark.parametrize("state", ["witnessed", "trial", "something-new"])
async def test_a_watched_ledger_is_no_news(
    town: Town, desk: FastAPI, browser: Browser, state: str
) -> None:
    await log_in(browser)
    assert WARNING in await seen(town, desk, browser, "unwitnessed")
    page = await seen(town, desk, browser, state)
    assert WARNING not in page
    assert NEED not in page


async def test_an_index_that_is_silent_changes_nothing_of_what_was_said(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    await log_in(browser)
    assert WARNING in await seen(town, desk, browser, "unwitnessed")
    town.down.add(INDEX)
    assert WARNING in await seen(town, desk, browser, "witnessed")


async def test_who_is_not_logged_in_is_not_bothered(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    town.index.witness = "unwitnessed"
    await desk.state.desk.index_watch.look()
    assert WARNING not in (await browser.get("/")).text
