"""Attacker: a page of elsewhere, open in the same browser as the desk."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from desk.sealing import CookieSecret
from keys.base64url import encode_b64u
from tests.desk_builders import Browser, Town, csrf_of, log_in, some_town
from tests.holders_builders import some_point

pytestmark = pytest.mark.anyio


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[FastAPI]:
    async with town.serve() as app:
        yield app


@pytest.fixture
async def browser(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    async with town.browser(desk) as client:
        yield client


ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8000"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)
FOLLOWED = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
UNSEEN = (
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    FOLLOWED | {"Sec-Fetch-Dest": "iframe"},
    FOLLOWED | {"Sec-Purpose": "prefetch;prerender"},
    {"Origin": "https://evil.example"},
)
OWN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {},
)


def all_routes(desk: FastAPI) -> list[tuple[str, str]]:
    """Give every method and path that the desk serves, whatever is added to it."""
    some = "6f1c2d3e-0000-4000-8000-000000000000"
    return [
        (method, re.sub(r"\{\w+(:\w+)?\}", some, route.path))
        for route in desk.router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


async def unused(desk: FastAPI, browser: Browser) -> int:
    """Give for how many seconds nobody used the session of this browser."""
    (cookie,) = (value for name, value in browser.kept.items() if "session" in name)
    sessions = desk.state.desk.sessions
    return int((await sessions.look_at(CookieSecret.parse(cookie)))[1])


def points_of_the_attacker() -> dict[str, object]:
    return {
        "holder": 1,
        "act": "lookup",
        "pair": [1, 2],
        "keyVersion": 1,
        "epoch": 1,
        "points": [encode_b64u(some_point())],
    }


@pytest.mark.parametrize("token", [None, "", "guess"])
async def test_without_the_pages_own_token_nothing_changes(
    browser: Browser, token: str | None
) -> None:
    await log_in(browser)
    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = await browser.post(
        "/relay/v1/evaluations", json=points_of_the_attacker(), headers=headers
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-page"


async def test_with_it_the_same_request_passes(browser: Browser) -> None:
    page = await log_in(browser)
    answer = await browser.post(
        "/relay/v1/evaluations",
        json=points_of_the_attacker(),
        headers={"X-CSRF-Token": csrf_of(page)},
    )
    assert answer.status_code == 200


async def test_a_bearer_header_never_borrows_the_cookie(browser: Browser) -> None:
    await log_in(browser)
    answer = await browser.get("/relay/v1/pins", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


async def test_no_answer_may_be_read_from_elsewhere(browser: Browser) -> None:
    await log_in(browser)
    answer = await browser.get(
        "/relay/v1/pins", headers={"Origin": "https://evil.example"}
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_no_route_has_an_effect_for_a_page_of_elsewhere(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    token = csrf_of(await log_in(browser))
    asked = len(town.index.tokens)
    effects = [(m, path) for m, path in all_routes(desk) if m != "GET"]
    assert len(effects) > 30
    refusal = desk.state.desk.texts.get("problem.foreign-page.title")
    passed = []
    for method, path in effects:
        for elsewhere in ELSEWHERE:
            headers = {"X-CSRF-Token": token, **elsewhere}
            answer = await browser.request(method, path, headers=headers)
            if answer.status_code != 403 or refusal not in answer.text:
                passed.append((method, path, elsewhere))
    assert passed == []
    assert len(town.index.tokens) == asked
    assert (await browser.get("/lookup")).status_code == 200


async def test_nothing_that_a_page_of_elsewhere_leads_to_is_use_of_a_session(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=2))
    pages = [path for method, path in all_routes(desk) if method == "GET"]
    assert len(pages) > 30
    used = []
    for path in pages:
        for elsewhere in (*ELSEWHERE, FOLLOWED):
            await browser.get(path, headers=elsewhere)
            if await unused(desk, browser) < 120:
                used.append((path, elsewhere))
    assert used == []


@pytest.mark.parametrize("headers", OWN)
async def test_what_the_desks_own_page_or_an_address_that_was_typed_leads_to_is_use(
    town: Town, desk: FastAPI, browser: Browser, headers: dict[str, str]
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=2))
    assert (await browser.get("/", headers=headers)).status_code == 200
    assert await unused(desk, browser) == 0


async def test_a_link_of_elsewhere_shows_the_page_to_whoever_is_logged_in(
    browser: Browser,
) -> None:
    await log_in(browser)
    assert (await browser.get("/lookup", headers=FOLLOWED)).status_code == 200


async def test_what_a_page_of_elsewhere_loads_unseen_is_refused_and_asks_nothing(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    await log_in(browser)
    asked = len(town.index.tokens)
    passed = [
        (path, unseen)
        for method, path in all_routes(desk)
        if method == "GET"
        for unseen in UNSEEN
        if (await browser.get(path, headers=unseen)).status_code != 403
    ]
    assert passed == []
    assert len(town.index.tokens) == asked


async def test_a_login_that_a_page_of_elsewhere_begins_in_silence_is_no_use(
    town: Town, desk: FastAPI, browser: Browser
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=2))
    began = "/login?to=/lookup&prompt=none"
    await browser.get(began, headers=FOLLOWED, follow_redirects=True)
    assert town.provider.prompts[-1] == "none"
    assert await unused(desk, browser) == 120


async def test_a_server_with_a_token_of_its_own_is_judged_by_that_alone(
    browser: Browser,
) -> None:
    headers = {"Authorization": "Bearer x", "Origin": "https://case.example"}
    answer = await browser.post(
        "/relay/v1/evaluations", json=points_of_the_attacker(), headers=headers
    )
    assert answer.json()["type"] == "/problems/access-token-refused"
