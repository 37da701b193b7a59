"""A desk at which people signal by hand, and somebody who may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from signal_index.notice import parse_signer_key
from tests.desk_builders import Browser, Town, some_town
from tests.desk_hand_builders import log_in_anew
from tests.desk_hand_index import FakeHandSignals

SETTINGS = """
[hand_signals]
request_key = "source-request-key.jwk"
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = some_town(tmp_path)
    with (tmp_path / "desk.toml").open("a") as file:
        file.write(SETTINGS)
    made.provider.person["roles"] = ["hand-signaller"]
    return made


@pytest.fixture
def index(town: Town) -> FakeHandSignals:
    jwk = (town.folder / "notice-key.public.jwk").read_bytes()
    signer = parse_signer_key(town.settings.organisation, jwk)
    made = FakeHandSignals(town.clock, signer)
    town.index.app.router.routes[:0] = made.routes
    return made


@pytest.fixture
async def app(town: Town, index: FakeHandSignals) -> AsyncIterator[FastAPI]:
    del index
    async with town.serve() as desk:
        yield desk


@pytest.fixture
async def browser(town: Town, app: FastAPI) -> AsyncIterator[Browser]:
    async with town.browser(app) as client:
        await log_in_anew(client)
        yield client
