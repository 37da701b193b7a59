"""Sessions and receipts behave the same on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from desk.receipt_checks import check_receipts
from desk.tables import receipts, sessions
from tests.desk_builders import Browser, Town, csrf_of, log_in, some_town
from tests.unit.desk.test_relay import look_up

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    made = some_town(tmp_path)
    if request.param == "postgresql":
        url = str(request.getfixturevalue("empty_postgres"))
        settings = tmp_path / "desk.toml"
        text = settings.read_text()
        settings.write_text(text.replace('"desk.sqlite3"', f'"{url}"'))
    return made


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[FastAPI]:
    async with town.serve() as app:
        yield app


@pytest.fixture
async def browser(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    async with town.browser(desk) as client:
        yield client


async def test_a_lookup_from_login_to_proven_receipt(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    page = await log_in(browser)
    browser.headers["X-CSRF-Token"] = csrf_of(page)
    assert (await look_up(town, browser, people=2)).status_code == 200
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    async with desk.state.desk.database.transaction() as connection:
        states = (await connection.execute(select(receipts.c.state))).scalars().all()
    assert states == ["proven", "proven"]


async def test_old_sessions_are_swept(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in(browser)
    town.clock.forward(timedelta(minutes=16))
    await desk.state.desk.sessions.sweep()
    async with desk.state.desk.database.transaction() as connection:
        rows = (await connection.execute(select(sessions.c.id))).all()
    assert rows == []


async def test_a_started_desk_finds_its_sessions_again(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    async with town.serve() as again, town.browser(again) as other:
        other.kept.update(browser.kept)
        assert (await other.get("/lookup")).status_code == 200
