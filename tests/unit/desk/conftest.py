"""A town and a started desk for every test that asks for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.desk_builders import Browser, Town, some_town


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
