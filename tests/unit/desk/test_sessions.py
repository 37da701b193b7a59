"""Sessions: their limits, their renewal, their end, and what the database holds."""

import asyncio
from datetime import timedelta

import pytest

from tests.desk_builders import Browser, Town, csrf_of, log_in

pytestmark = pytest.mark.anyio


async def test_a_session_ends_after_a_quarter_of_an_hour_without_use(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=15))
    page = await browser.get("/lookup")
    assert page.status_code == 401
    assert "vanzelf uitgelogd" in page.text


async def test_a_session_in_use_ends_after_eight_hours(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    for _ in range(8 * 6 - 1):
        town.clock.forward(timedelta(minutes=10))
        assert (await browser.get("/lookup")).status_code == 200
    town.clock.forward(timedelta(minutes=10))
    assert (await browser.get("/lookup")).status_code == 401


async def test_the_access_token_is_renewed_before_it_ends(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=4, seconds=30))
    assert (await browser.get("/lookup")).status_code == 200
    assert town.provider.refreshed == 1
    assert town.index.tokens[0] != town.index.tokens[1]


async def test_requests_at_once_renew_once(town: Town, browser: Browser) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=4, seconds=30))
    pages = await asyncio.gather(*(browser.get("/relay/v1/pins") for _ in range(5)))
    assert {page.status_code for page in pages} == {200}
    assert town.provider.refreshed == 1


async def test_a_provider_that_renews_no_longer_ends_the_session(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.provider.refresh_refused = True
    town.clock.forward(timedelta(minutes=4, seconds=30))
    assert (await browser.get("/lookup")).status_code == 401
    town.provider.refresh_refused = False
    assert (await browser.get("/lookup")).status_code == 401


async def test_a_renewed_token_of_another_person_ends_the_session(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.provider.person["sub"] = "user-2"
    town.clock.forward(timedelta(minutes=4, seconds=30))
    assert (await browser.get("/lookup")).status_code == 401


async def test_the_database_opens_no_session(town: Town, browser: Browser) -> None:
    page = await log_in(browser)
    stored = b"".join(path.read_bytes() for path in town.folder.glob("desk.sqlite3*"))
    cookie = next(iter(browser.kept.values()))
    for secret in (b"Noor de Wit", b"eyJ", csrf_of(page).encode(), cookie.encode()):
        assert secret not in stored


async def test_asking_whether_it_is_used_is_no_use(
    town: Town, browser: Browser
) -> None:
    token = {"X-CSRF-Token": csrf_of(await log_in(browser))}
    for minutes in (7, 14):
        town.clock.forward(timedelta(minutes=7))
        answer = await browser.get("/session/use", headers=token)
        left = (8 * 60 - minutes) * 60
        assert answer.json() == {"unused": minutes * 60, "left": left}
    town.clock.forward(timedelta(minutes=1))
    assert (await browser.get("/session/use", headers=token)).status_code == 401


async def test_use_in_one_tab_is_told_to_the_other(
    town: Town, browser: Browser
) -> None:
    token = {"X-CSRF-Token": csrf_of(await log_in(browser))}
    town.clock.forward(timedelta(minutes=14))
    await browser.post("/session/active", headers=token)
    town.clock.forward(timedelta(minutes=2))
    answer = await browser.get("/session/use", headers=token)
    assert answer.json()["unused"] == 120


async def test_only_the_sessions_own_page_hears_of_its_use(
    town: Town, browser: Browser
) -> None:
    assert (await browser.get("/session/use")).status_code == 401
    earlier = csrf_of(await log_in(browser))
    town.clock.forward(timedelta(minutes=15))
    await log_in(browser)
    for token in ({}, {"X-CSRF-Token": earlier}):
        answer = await browser.get("/session/use", headers=token)
        assert answer.status_code == 403


async def test_a_tab_that_says_farewell_ends_no_session_that_lives(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=14))
    sent = await browser.get("/session-ended")
    assert (sent.status_code, sent.headers["location"]) == (303, "/start")
    assert "clear-site-data" not in sent.headers
    assert (await browser.get("/lookup")).status_code == 200
    town.clock.forward(timedelta(minutes=15))
    page = await browser.get("/session-ended")
    assert "vanzelf uitgelogd" in page.text
    assert "storage" not in page.headers["clear-site-data"]


@pytest.mark.parametrize(
    "query", ["to=/lookup", "to=/lookup&prompt=login", "to=/lookup&prompt=none"]
)
async def test_logging_in_again_in_a_second_tab_leaves_the_first_as_it_is(
    browser: Browser, query: str
) -> None:
    token = {"X-CSRF-Token": csrf_of(await log_in(browser))}
    second = await browser.get(f"/login?{query}", follow_redirects=True)
    assert second.url.path == "/lookup"
    assert (await browser.get("/session/use", headers=token)).status_code == 200
    assert (await browser.post("/session/active", headers=token)).status_code == 200


async def test_only_a_login_that_was_asked_for_begins_eight_hours_anew(
    town: Town, browser: Browser
) -> None:
    token = {"X-CSRF-Token": csrf_of(await log_in(browser))}
    for _ in range(47):
        town.clock.forward(timedelta(minutes=10))
        await browser.get("/own-lookups")
    for query, left in (("prompt=none", 10), ("to=/lookup", 8 * 60)):
        await browser.get(f"/login?{query}", follow_redirects=True)
        answer = await browser.get("/session/use", headers=token)
        assert answer.json() == {"unused": 0, "left": left * 60}


@pytest.mark.parametrize("cookie", ["", "x", "é", "A" * 43])
async def test_a_cookie_of_nothing_is_nobody(browser: Browser, cookie: str) -> None:
    header = (b"cookie", b"__Host-desk-session=" + cookie.encode("latin-1"))
    page = await browser.get("/lookup", headers=[header])
    assert page.status_code == 401
