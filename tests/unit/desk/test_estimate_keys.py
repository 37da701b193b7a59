"""The key under which estimates wait: for the same person, proven anew, for an hour."""

from datetime import timedelta

import httpx
import pytest

from desk.database import Database
from desk.errors import EstimatesGone
from desk.estimate_keys import EstimateKeys
from tests.desk_builders import Browser, Town, csrf_of, log_in

pytestmark = pytest.mark.anyio


async def ask(
    browser: Browser, page: httpx.Response, at: int | None = None
) -> httpx.Response:
    """Ask a key as the page does: of now, or of an earlier moment again."""
    headers = {"X-CSRF-Token": csrf_of(page)}
    if at is None:
        return await browser.post("/estimate-keys", headers=headers)
    return await browser.post("/estimate-keys/again", headers=headers, json={"at": at})


async def log_in_anew(
    town: Town, browser: Browser, sub: str = "user-1"
) -> httpx.Response:
    """Log in as who proves now who they are."""
    browser.kept.clear()
    town.provider.person["sub"] = sub
    town.provider.id_claims["auth_time"] = int(town.clock().timestamp())
    return await log_in(browser, "/lookup")


async def test_the_same_person_gets_the_same_key_again(
    town: Town, browser: Browser
) -> None:
    given = (await ask(browser, await log_in(browser))).json()
    town.clock.forward(timedelta(minutes=74))
    again = await ask(browser, await log_in_anew(town, browser), given["at"])
    assert again.json() == given


async def test_another_person_gets_another_key(town: Town, browser: Browser) -> None:
    given = (await ask(browser, await log_in(browser))).json()
    town.clock.forward(timedelta(minutes=20))
    again = await ask(browser, await log_in_anew(town, browser, "user-2"), given["at"])
    assert again.json()["key"] != given["key"]


async def test_a_login_that_the_provider_remembered_opens_nothing(
    town: Town, browser: Browser
) -> None:
    town.provider.id_claims["auth_time"] = int(town.clock().timestamp())
    given = (await ask(browser, await log_in(browser))).json()
    town.clock.forward(timedelta(minutes=20))
    browser.kept.clear()
    again = await ask(browser, await log_in(browser), given["at"])
    assert again.status_code == 404


@pytest.mark.parametrize("said", [None, "soon", True, 0])
async def test_a_provider_that_does_not_say_when_opens_nothing(
    town: Town, browser: Browser, said: object
) -> None:
    given = (await ask(browser, await log_in(browser))).json()
    town.clock.forward(timedelta(minutes=20))
    browser.kept.clear()
    if said is not None:
        town.provider.id_claims["auth_time"] = said
    again = await ask(browser, await log_in(browser), given["at"])
    assert again.status_code == 404


async def test_after_the_hour_it_is_gone(town: Town, browser: Browser) -> None:
    given = (await ask(browser, await log_in(browser))).json()
    town.clock.forward(timedelta(minutes=76))
    page = await log_in_anew(town, browser)
    assert (await ask(browser, page, given["at"])).status_code == 404
    assert (await ask(browser, page, given["at"] + 9999)).status_code == 404


async def test_the_secret_of_an_hour_is_erased(town: Town) -> None:
    database = Database(f"sqlite+aiosqlite:///{town.folder / 'keys.sqlite3'}")
    await database.prepare()
    keys = EstimateKeys(database, town.clock)
    given = await keys.give("user-1")
    town.clock.forward(timedelta(hours=4))
    await keys.sweep()
    town.clock.forward(timedelta(hours=-4))
    with pytest.raises(EstimatesGone):
        await keys.give_again("user-1", given.at, authenticated_at=given.at + 1)
    await database.close()


async def test_it_asks_the_pages_own_token_and_a_login(browser: Browser) -> None:
    assert (await browser.post("/estimate-keys")).status_code == 401
    await log_in(browser)
    assert (await browser.post("/estimate-keys")).status_code == 403


async def test_logging_in_anew_asks_the_provider_when_it_saw_the_person(
    browser: Browser,
) -> None:
    sent = await browser.get("/login?prompt=login")
    assert "prompt=login&max_age=0" in sent.headers["location"]
