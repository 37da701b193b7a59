"""The menu counts the notices that somebody has not seen, each person their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.desk_builders import Browser, Town, log_in
from tests.unit.desk.test_notices_page import PATH, a_notice

pytestmark = pytest.mark.anyio
CONTACTS = "/v1/contact-holders"
OTHER_PAGE = "/agency/contacts"


def _hand_out(town: Town, *notices: dict[str, Any]) -> None:
    page = {"items": list(notices), "next": None, "unreadable": 0, "padding": ""}
    town.index.pages |= {"/v1/notices": (200, page), CONTACTS: (200, {"items": []})}


async def _count(town: Town, browser: Browser) -> str:
    """Give what the menu says, a minute after it was last asked."""
    town.clock.forward(timedelta(seconds=61))
    page = (await browser.get(OTHER_PAGE)).text
    return page.split("/agency/notices")[1].split("</a>")[0].split(">")[1]


async def test_what_was_seen_is_counted_no_more_and_what_comes_after_it_is(
    town: Town, browser: Browser
) -> None:
    hour = town.clock().replace(minute=0, second=0, microsecond=0).isoformat()
    old, new = (
        a_notice(number, "match", madeIn=hour.replace("+00:00", "Z"))
        for number in (1, 2)
    )
    town.provider.person["roles"] = ["source-administrator"]
    _hand_out(town, old, a_notice(3, "cover"))
    await log_in(browser)
    assert await _count(town, browser) == "Berichten (1)"
    first = (await browser.get(PATH)).text
    assert first.count(">Nieuw<") == 1
    assert "Berichten (" not in first
    assert await _count(town, browser) == "Berichten"
    _hand_out(town, old, new)
    assert await _count(town, browser) == "Berichten (1)", "in the same hour"
    assert (await browser.get(PATH)).text.count(">Nieuw<") == 1
    assert (await browser.get(PATH)).text.count(">Nieuw<") == 0


async def test_an_outcome_that_another_replaced_is_not_counted(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    said = {"outcome": "not-reachable", "outcomeLabel": "Niet bereikt"}
    later = {**said, "saidAt": "2026-11-22T15:21:00Z"}
    _hand_out(town, a_notice(1, "outcome", **said), a_notice(2, "outcome", **later))
    await log_in(browser)
    assert await _count(town, browser) == "Berichten (1)"


async def test_an_index_that_says_no_costs_a_number_and_no_page(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    _hand_out(town)
    town.index.pages["/v1/notices"] = (503, {})
    await log_in(browser)
    assert await _count(town, browser) == "Berichten"
