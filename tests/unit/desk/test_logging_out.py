"""Logging out: here, at the provider, and for whoever sits at the laptop next."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jws

from tests.desk_builders import ISSUER, Browser, Town, csrf_of, log_in

pytestmark = pytest.mark.anyio
STANDS = "Bij uw organisatie bent u misschien nog ingelogd."


async def log_out(browser: Browser) -> httpx.Response:
    """Press the button; give where the desk sends the browser."""
    page = await browser.get("/logout")
    return await browser.post("/logout", data={"csrf": csrf_of(page)})


async def test_it_ends_the_session_and_clears_the_browser(browser: Browser) -> None:
    await log_in(browser)
    cookies = dict(browser.kept)
    answer = await log_out(browser)
    assert answer.status_code == 303
    assert '"storage"' in answer.headers["clear-site-data"]
    assert not set(cookies.values()) & set(browser.kept.values())
    assert "niet ingelogd" in (await browser.get("/lookup")).text
    browser.kept.update(cookies)
    assert (await browser.get("/lookup")).status_code == 401


async def test_it_needs_the_pages_own_token(browser: Browser) -> None:
    await log_in(browser)
    assert (await browser.post("/logout", data={"csrf": "x"})).status_code == 403
    assert (await browser.get("/lookup")).status_code == 200


async def test_it_ends_the_login_at_the_provider_of_this_person(
    browser: Browser,
) -> None:
    await log_in(browser)
    sent = urlsplit((await log_out(browser)).headers["location"])
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{ISSUER}/session/end"
    asked = parse_qs(sent.query)
    assert asked["post_logout_redirect_uri"] == ["http://localhost:8000/logged-out"]
    hint = jws.extract_compact(asked["id_token_hint"][0].encode())
    assert b'"sub": "user-1"' in hint.payload.replace(b'":"', b'": "')
    assert STANDS not in (await browser.get("/logged-out")).text


@pytest.mark.parametrize("why", ["cannot", "is down"])
async def test_where_the_login_there_may_still_stand_the_page_says_so(
    town: Town, browser: Browser, why: str
) -> None:
    town.provider.ends_sessions = why != "cannot"
    await log_in(browser)
    if why == "is down":
        town.down.add(ISSUER)
    page = await browser.get((await log_out(browser)).headers["location"])
    assert page.url.path == "/logged-out"
    assert STANDS in page.text
    assert (await browser.get("/lookup")).status_code == 401


@pytest.mark.parametrize("how", ["logged out", "by itself"])
async def test_who_comes_next_is_never_let_in_silently(
    town: Town, browser: Browser, how: str
) -> None:
    town.provider.ends_sessions = False
    await log_in(browser)
    if how == "logged out":
        await log_out(browser)
    else:
        town.clock.forward(timedelta(minutes=15))
    for asked in ("/login", "/login?to=/lookup&prompt=none"):
        sent = parse_qs(urlsplit((await browser.get(asked)).headers["location"]).query)
        assert (sent["prompt"], sent["max_age"]) == (["login"], ["0"])
    await log_in(browser)
    assert (await browser.get("/lookup")).status_code == 200


async def test_a_provider_that_asks_nobody_lets_nobody_in(
    town: Town, browser: Browser
) -> None:
    town.provider.id_claims["auth_time"] = int(town.clock().timestamp())
    await log_in(browser)
    town.clock.forward(timedelta(minutes=2))
    await log_out(browser)
    page = await log_in(browser)
    assert page.status_code == 502
    assert "U bent niet ingelogd" in page.text
    assert (await browser.get("/lookup")).status_code == 401
    town.provider.id_claims["auth_time"] = int(town.clock().timestamp())
    assert (await log_in(browser)).status_code == 200


async def test_a_tab_that_was_left_open_leads_to_where_all_is_cleared(
    browser: Browser,
) -> None:
    await log_in(browser)
    await log_out(browser)
    sent = await browser.get("/session-ended")
    assert sent.headers["location"] == "/logged-out"


async def test_who_comes_first_is_let_in_as_the_provider_likes(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    await browser.get("/login", follow_redirects=True)  # who is logged in goes on
    assert town.provider.prompts == [""]


async def test_what_waits_in_the_browser_is_cleared_where_somebody_left_alone(
    town: Town, browser: Browser
) -> None:
    clears = "data-clears"
    assert clears not in (await browser.get("/logged-out")).text
    await log_in(browser)
    sent = await browser.get("/logged-out")
    assert (sent.status_code, sent.headers["location"]) == (303, "/start")
    town.clock.forward(timedelta(minutes=15))
    for page in ("/logout", "/logged-out"):
        cross = {
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
        }
        answer = await browser.get(page, headers=cross, follow_redirects=True)
        assert answer.url.path == "/session-ended"
        assert clears not in answer.text
    await log_in(browser)
    await log_out(browser)
    assert clears in (await browser.get("/logged-out")).text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_logging_out_too_late_says_that_the_login_there_may_still_stand(
    town: Town, browser: Browser, method: str
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=16))
    answer = await browser.request(method, "/logout")
    assert '"storage"' in answer.headers["clear-site-data"]
    page = await browser.get(answer.headers["location"])
    assert STANDS in page.text
    assert "data-clears" in page.text


async def test_an_endpoint_of_the_provider_keeps_its_own_query(
    town: Town, browser: Browser
) -> None:
    town.provider.query = "?p=sign_in"
    sent = urlsplit((await browser.get("/login")).headers["location"])
    assert (sent.path, parse_qs(sent.query)["p"]) == ("/auth", ["sign_in"])
    await log_in(browser)
    sent = urlsplit((await log_out(browser)).headers["location"])
    assert (sent.path, parse_qs(sent.query)["p"]) == ("/session/end", ["sign_in"])
