"""Who can have the key renewed reads in time that it ends; others are not bothered."""

import pytest
from fastapi import FastAPI

from keys.validity import KeyValidity
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_index import FAR_FROM_OVER

pytestmark = pytest.mark.anyio

COMING = "moeten hem verlengen voor 1 januari 2028"
TITLES = {
    ("90-days", 60): "De sleutel verloopt over 60 dagen.",
    ("30-days", 2): "De sleutel verloopt over 2 dagen.",
    ("7-days", 1): "De sleutel verloopt over 1 dag.",
    ("7-days", 0): "De sleutel verloopt vandaag.",
}


async def seen(
    town: Town, desk: FastAPI, browser: Browser, key: KeyValidity, role: str
) -> str:
    town.provider.person["roles"] = [role]
    town.index.key = key
    await desk.state.desk.index_watch.look()
    return (await log_in(browser, "/start")).text


def ending(warning: str, days: int) -> KeyValidity:
    return FAR_FROM_OVER.model_copy(update={"warning": warning, "daysLeft": days})


@pytest.mark.parametrize(("warning", "days"), TITLES)
async def test_an_administrator_reads_how_long_it_takes(
    town: Town, desk: FastAPI, browser: Browser, warning: str, days: int
) -> None:
    key = ending(warning, days)
    page = await seen(town, desk, browser, key, "municipality-administrator")
    assert TITLES[warning, days] in page
    assert COMING in page


@pytest.mark.parametrize(
    "role", ["privacy-officer", "data-protection-officer", "source-administrator"]
)
async def test_officers_and_who_keeps_a_source_read_it_too(
    town: Town, desk: FastAPI, browser: Browser, role: str
) -> None:
    assert COMING in await seen(town, desk, browser, ending("30-days", 29), role)


async def test_what_is_over_says_what_to_do(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    page = await seen(town, desk, browser, ending("over", 0), "privacy-officer")
    assert "De sleutel is verlopen." in page
    assert COMING not in page


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (ending("7-days", 3), "generalist"),
        (FAR_FROM_OVER, "privacy-officer"),
        (ending("365-days", 300), "privacy-officer"),
    ],
)
async def test_nobody_else_and_not_too_early(
    town: Town, desk: FastAPI, browser: Browser, key: KeyValidity, role: str
) -> None:
    page = await seen(town, desk, browser, key, role)
    assert "De sleutel verloopt" not in page
    assert COMING not in page


async def test_the_desks_health_tells_how_long_its_own_key_is_valid(
    town: Town, browser: Browser
) -> None:
    before = (await browser.get("/health")).json()
    assert (before["status"], before["keyConfig"]) == ("ok", None)
    browser.headers["X-CSRF-Token"] = csrf_of(await log_in(browser))
    assert (await browser.get("/relay/v1/key-config")).status_code == 200
    said = (await browser.get("/health")).json()
    assert said["keyConfig"]["daysLeft"] == 365
    town.clock.moment = town.holders.config.valid_until
    over = (await browser.get("/health")).json()
    assert (over["status"], over["keyConfig"]["warning"]) == ("warning", "over")
