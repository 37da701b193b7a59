"""The check within a day: proven, broken, or asked again."""

import sqlite3
from datetime import timedelta

import pytest
from fastapi import FastAPI

from desk.errors import ProviderUnreachable
from desk.receipt_checks import check_receipts
from tests.desk_builders import Browser, Town
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio


def states(town: Town) -> list[str]:
    found = sqlite3.connect(town.folder / "desk.sqlite3").execute(
        "SELECT state FROM receipts"
    )
    return [state for (state,) in found]


async def test_an_entry_in_the_tree_is_marked_proven(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["proven"]


async def test_a_promise_is_given_its_time(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]


async def test_a_proof_of_another_leaf_breaks_the_promise(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.index.spoil = {"leaf": b"another"}
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["broken"]


async def test_an_entry_that_never_came_breaks_the_promise_after_a_day(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.index.forgotten = True
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]
    town.clock.forward(timedelta(hours=24))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["broken"]


async def test_a_provider_that_is_down_breaks_nothing(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.down.add(town.provider.issuer)
    town.clock.forward(timedelta(hours=25))
    with pytest.raises(ProviderUnreachable):
        await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]
