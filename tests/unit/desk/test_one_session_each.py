"""A person has one session, which the provider ends too; to begin a login is free."""

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from desk.tokens import LOGOUT_EVENT
from tests.desk_builders import ISSUER, Browser, Town, log_in

pytestmark = pytest.mark.anyio
EVENTS: dict[str, Any] = {LOGOUT_EVENT: {}}


async def _is_in(browser: Browser) -> bool:
    return (await browser.get("/lookup")).status_code == 200


async def _say_out(town: Town, browser: Browser, **changes: object) -> int:
    """As the provider: say that a login ended; gives the desk's answer."""
    claims = {"iss": ISSUER, "aud": "desk", "events": EVENTS, "jti": "1", **changes}
    said = {name: value for name, value in claims.items() if value is not None}
    token = town.provider.sign("logout+jwt", said)
    answer = await browser.post("/backchannel-logout", data={"logout_token": token})
    return answer.status_code


async def test_a_login_elsewhere_ends_the_session_that_one_had(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as office, town.browser(desk) as tablet:
        await log_in(office)
        await log_in(tablet)
        assert (await _is_in(office), await _is_in(tablet)) == (False, True)


async def test_who_logged_in_elsewhere_is_told_so_and_what_was_open_is_erased(
    town: Town, desk: FastAPI
) -> None:
    """Perhaps it was somebody with their password: only the reason tells them."""
    async with town.browser(desk) as office, town.browser(desk) as tablet:
        await log_in(office)
        await log_in(tablet)
        for asked in (office.get("/session/use"), office.get("/relay/v1/catalogue")):
            answer = await asked
            assert answer.status_code == 401
            assert answer.json()["type"].endswith("/session-replaced")
        page = await office.get("/session-ended")
        assert "U bent ergens anders ingelogd" in page.text
        assert 'href="/login"' in page.text
        await log_in(office)
        assert (await _is_in(office), await _is_in(tablet)) == (True, False)
    connection = sqlite3.connect(town.folder / "desk.sqlite3")
    sealed = [len(row[0]) for row in connection.execute("SELECT sealed FROM sessions")]
    connection.close()
    assert sorted(map(bool, sealed)) == [False, False, True]


async def test_why_a_session_ended_is_told_no_longer_than_it_would_have_lived(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as office, town.browser(desk) as tablet:
        await log_in(office)
        await log_in(tablet)
        town.clock.forward(timedelta(minutes=16))
        answer = await office.get("/session/use")
        assert answer.json()["type"].endswith("/session-ended")


async def test_another_persons_login_ends_nobody_elses_session(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as one, town.browser(desk) as other:
        await log_in(one)
        town.provider.person["sub"] = "user-2"
        await log_in(other)
        assert await _is_in(one)


@pytest.mark.parametrize("named", [{"sub": "user-1"}, {"sid": "at-provider"}])
async def test_logging_out_at_the_provider_ends_the_session_here(
    town: Town, desk: FastAPI, named: dict[str, object]
) -> None:
    town.provider.id_claims["sid"] = "at-provider"
    async with town.browser(desk) as browser, town.browser(desk) as provider:
        await log_in(browser)
        assert await _say_out(town, provider, **named) == 200
        assert not await _is_in(browser)


async def test_what_the_provider_ended_before_ends_no_later_login(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as browser:
        town.clock.forward(timedelta(minutes=2))
        await log_in(browser)
        before = int(town.clock().timestamp()) - 60
        assert await _say_out(town, browser, sub="user-1", iat=before) == 200
        assert await _is_in(browser)


NO_LOGOUT: Mapping[str, dict[str, object]] = {
    "of another issuer": {"iss": "http://localhost:9999"},
    "for another desk": {"aud": "other"},
    "no logout": {"events": None},
    "an ID token": {"nonce": "some-nonce"},
    "of nobody": {"sub": None},
    "past its time": {"exp": 1},
}


@pytest.mark.parametrize("case", NO_LOGOUT)
async def test_what_is_no_logout_of_ours_ends_nothing(
    town: Town, desk: FastAPI, case: str
) -> None:
    async with town.browser(desk) as browser:
        await log_in(browser)
        said = {"sub": "user-1", **NO_LOGOUT[case]}
        assert await _say_out(town, browser, **said) == 400
        answer = await browser.post("/backchannel-logout", data={"logout_token": "x"})
        assert answer.status_code == 400
        assert await _is_in(browser)


async def test_login_attempts_of_nobody_leave_nothing_behind(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as nobody:
        for _ in range(20):
            assert (await nobody.get("/login")).status_code == 303
    connection = sqlite3.connect(town.folder / "desk.sqlite3")
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN"
        " ('schema_version', 'sqlite_sequence')"
    ).fetchall()
    rows = [
        connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608 - ours
        for (name,) in tables
    ]
    connection.close()
    assert len(tables) > 5
    assert {row[0] for row in rows} == {0}


async def test_a_login_that_was_begun_long_ago_or_elsewhere_leads_nowhere(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as browser:
        to_provider = (await browser.get("/login")).headers["location"]
        callback = (await browser.get(to_provider)).headers["location"]
        kept = dict(browser.kept)
        for name in kept:
            browser.kept[name] = "AAAA"
        assert (await browser.get(callback)).status_code == 400
        browser.kept.update(kept)
        town.clock.forward(timedelta(minutes=11))
        assert (await browser.get(callback)).status_code == 400
