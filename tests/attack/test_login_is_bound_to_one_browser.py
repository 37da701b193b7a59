"""Attacker: someone who plants his own login, or takes another's answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.cookies import SESSION_COOKIE
from tests.desk_builders import Town, log_in, some_town

pytestmark = pytest.mark.anyio


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[FastAPI]:
    async with town.serve() as app:
        yield app


async def test_an_attackers_answer_opens_no_session_in_a_victims_browser(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as attacker, town.browser(desk) as victim:
        to_provider = (await attacker.get("/login")).headers["location"]
        callback = (await attacker.get(to_provider)).headers["location"]
        assert (await victim.get(callback)).status_code == 400
        await victim.get("/login")
        assert (await victim.get(callback)).status_code == 400
        assert SESSION_COOKIE not in victim.kept


async def test_a_stolen_code_is_worth_nothing_without_the_browsers_own_cookie(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as victim, town.browser(desk) as thief:
        to_provider = (await victim.get("/login")).headers["location"]
        callback = (await victim.get(to_provider)).headers["location"]
        await thief.get("/login")
        assert (await thief.get(callback)).status_code == 400
        assert SESSION_COOKIE not in thief.kept


@pytest.mark.parametrize("prompt", ["login", "none"])
async def test_another_persons_login_ends_the_formers_session(
    town: Town, desk: FastAPI, prompt: str
) -> None:
    async with town.browser(desk) as browser:
        await log_in(browser)
        former = dict(browser.kept)
        town.provider.person["sub"] = "user-2"
        to_provider = (await browser.get(f"/login?prompt={prompt}")).headers["location"]
        callback = (await browser.get(to_provider)).headers["location"]
        answer = await browser.get(callback)
        if prompt == "none":
            assert answer.status_code == 401
            assert browser.kept[SESSION_COOKIE] == former[SESSION_COOKIE]
        else:
            assert answer.headers["location"] == "/arrived"
            assert '"storage"' in answer.headers["clear-site-data"]
            assert (await browser.get("/lookup")).status_code == 200
        browser.kept.update(former)
        assert (await browser.get("/lookup")).status_code == 401
