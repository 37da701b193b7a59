"""Attacker: someone who plants his own login, or takes another's answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.cookies import SESSION_COOKIE
from tests.desk_builders import Town, some_town

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


async def test_logging_in_again_gives_another_session(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        first = browser.kept[SESSION_COOKIE]
        await browser.get("/login", follow_redirects=True)
        assert browser.kept[SESSION_COOKIE] != first
