"""Logging in: the whole way in works, and what does not hold opens no session."""

from datetime import timedelta

import pytest

from desk.cookies import SESSION_COOKIE
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio


async def test_logging_in_leads_to_the_page_asked_for(
    browser: Browser,
) -> None:
    page = await log_in(browser, "/lookup")
    assert page.status_code == 200
    assert page.url.path == "/lookup"
    assert "Noor de Wit" in page.text


async def test_the_index_gets_the_persons_own_access_token(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    assert town.index.tokens[0].startswith("Bearer eyJ")


async def test_a_page_outside_the_desk_is_never_returned_to(
    browser: Browser,
) -> None:
    page = await log_in(browser, "https://elsewhere.example/")
    assert str(page.url) == "http://localhost:8000/"


async def test_the_session_cookie_is_bound_to_this_host(
    browser: Browser,
) -> None:
    await browser.get("/login")
    cookie = (await browser.get("/login")).headers["set-cookie"]
    assert cookie.startswith("__Host-desk-login=")
    for mark in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert mark in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "another"},
        {"iss": "https://other.example"},
        {"iss": ""},
        {"code": "", "error": "access_denied"},
    ],
)
async def test_an_answer_that_is_not_to_our_question_opens_no_session(
    town: Town, browser: Browser, answer: dict[str, str]
) -> None:
    town.provider.answer = answer
    page = await log_in(browser)
    assert page.status_code in {400, 403}
    assert SESSION_COOKIE not in browser.kept


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"azp": "another"},
        {"iss": "https://other.example"},
        {"exp": 1},
        {"sub": "somebody-else"},
    ],
)
async def test_an_id_token_that_is_not_ours_opens_no_session(
    town: Town, browser: Browser, claims: dict[str, object]
) -> None:
    town.provider.id_claims = claims
    page = await log_in(browser)
    assert page.status_code == 502
    assert SESSION_COOKIE not in browser.kept


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"aud": "https://other.example"}, 502),
        ({"client_id": "another"}, 502),
        ({"org": "00000001000000000099"}, 403),
        ({"exp": 1}, 502),
    ],
)
async def test_an_access_token_that_is_not_for_us_opens_no_session(
    town: Town, browser: Browser, claims: dict[str, object], status: int
) -> None:
    town.provider.access = claims
    page = await log_in(browser)
    assert page.status_code == status
    assert SESSION_COOKIE not in browser.kept


async def test_a_login_left_lying_is_expired(town: Town, browser: Browser) -> None:
    to_provider = (await browser.get("/login")).headers["location"]
    town.clock.forward(timedelta(minutes=11))
    page = await browser.get(to_provider, follow_redirects=True)
    assert page.status_code == 400


async def test_the_same_answer_is_taken_once(browser: Browser) -> None:
    to_provider = (await browser.get("/login")).headers["location"]
    callback = (await browser.get(to_provider)).headers["location"]
    assert (await browser.get(callback)).status_code == 303
    assert (await browser.get(callback)).status_code == 400


async def test_a_provider_that_is_down_gets_a_calm_page(
    town: Town, browser: Browser
) -> None:
    town.down.add(town.provider.issuer)
    page = await browser.get("/login")
    assert page.status_code == 502
    assert "De inlogdienst antwoordt niet" in page.text


async def test_without_refresh_tokens_a_page_is_renewed_without_a_question(
    town: Town, browser: Browser
) -> None:
    town.provider.gives_refresh = False
    await log_in(browser)
    town.clock.forward(timedelta(minutes=4, seconds=30))
    page = await browser.get("/own-lookups", follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == "/own-lookups"
    assert town.provider.prompts == ["", "none"]


async def test_when_the_provider_must_ask_after_all_the_person_logs_in(
    town: Town, browser: Browser
) -> None:
    town.provider.gives_refresh = False
    await log_in(browser)
    town.clock.forward(timedelta(minutes=4, seconds=30))
    town.provider.knows_person = False
    page = await browser.get("/own-lookups", follow_redirects=True)
    assert page.status_code == 200
    assert town.provider.prompts == ["", "none", ""]


async def test_who_is_known_as_another_can_be_asked_anew(
    town: Town, browser: Browser
) -> None:
    town.provider.person["org"] = "00000001800000009902"
    page = await log_in(browser)
    assert page.status_code == 403
    assert 'href="/login?prompt=login"' in page.text
    await browser.get("/login?prompt=login", follow_redirects=True)
    assert town.provider.prompts[-1] == "login"


async def test_nobody_else_says_what_the_provider_may_show(
    town: Town, browser: Browser
) -> None:
    answer = await browser.get("/login?prompt=consent")
    assert answer.status_code == 400
    assert town.provider.prompts == []
