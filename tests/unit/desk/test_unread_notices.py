"""The menu counts the notices that somebody has not seen, each person their own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from desk.agency.notices import PAGE_ROWS
from signal_index.wire.own_registration import OwnRegistration
from tests.desk_builders import Browser, Town, log_in
from tests.unit.desk.test_notices_page import PATH, a_notice

pytestmark = pytest.mark.anyio
CONTACTS = "/v1/contact-holders"
OTHER_PAGE = "/agency/contacts"
NOTHING = OwnRegistration(organisation="0" * 20, name="x", signers=[], sources=[])
SILENT = (
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "iframe",
    },
)


def _hand_out(town: Town, *notices: dict[str, Any]) -> None:
    page = {"items": list(notices), "next": None, "unreadable": 0, "padding": ""}
    no_matches = {**page, "items": [], "closedDays": []}
    town.index.pages |= {
        "/v1/notices": (200, page),
        "/v1/matches": (200, no_matches),
        CONTACTS: (200, {"items": []}),
        "/v1/own-registration": (200, NOTHING),
    }


async def _count(town: Town, browser: Browser) -> str:
    """Give what the menu says, a minute after it was last asked."""
    town.clock.forward(timedelta(seconds=61))
    page = (await browser.get(OTHER_PAGE)).text
    counted = page.split("/agency/notices")[1].split("</a>")[0].split(">")[1]
    folded = counted.replace("Berichten", "Menu")
    assert f'"desk-nav__link">{folded}<' in page, "what a phone shows of it"
    return counted


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
    assert await _count(town, browser) == "Berichten (?)"
    _hand_out(town, a_notice(1, "match"))
    assert await _count(town, browser) == "Berichten (1)"
    town.index.pages["/v1/notices"] = (503, {})
    assert await _count(town, browser) == "Berichten (1)", "never that nothing waits"


async def test_what_stands_on_another_page_is_not_read_by_opening_one(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    two_pages = [a_notice(number, "match") for number in range(PAGE_ROWS + 2)]
    _hand_out(town, *two_pages)
    await log_in(browser)
    first = (await browser.get(PATH)).text
    assert first.count(">Nieuw<") == PAGE_ROWS
    assert await _count(town, browser) == "Berichten (2)"
    now = town.clock().replace(minute=0, second=0, microsecond=0)
    came = now.isoformat().replace("+00:00", "Z")
    _hand_out(town, a_notice(999, "match", madeIn=came), *two_pages)
    (older,) = re.findall(r'"(/agency/notices\?after=[^"]+)"', first)
    assert (await browser.get(older)).text.count(">Nieuw<") == 2
    assert await _count(town, browser) == "Berichten (1)", "came on the first page"
    assert (await browser.get(PATH)).text.count(">Nieuw<") == 1


async def test_a_page_of_elsewhere_reads_nothing_for_a_person(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    _hand_out(town, a_notice(1, "match"))
    await log_in(browser)
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    led = await browser.get(PATH, headers=link | {"Sec-Fetch-Dest": "document"})
    assert led.text.count(">Nieuw<") == 1
    asked = len(town.index.tokens)
    for headers in SILENT:
        seen = await browser.get(PATH, headers={**headers})
        assert seen.status_code == 403
    assert len(town.index.tokens) == asked
    assert await _count(town, browser) == "Berichten (1)"
