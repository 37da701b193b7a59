"""The overview at the desk: words, numbers and tables that charts are drawn from."""

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from desk.numbers import format_number, format_share
from desk.officer.overview_view import make_view
from desk.texts import load_texts
from tests.desk_builders import Browser, Town
from tests.overview_answers import OIN, a_user, an_overview

pytestmark = pytest.mark.anyio
TEXTS = load_texts("nl")
PAGE = "/officer/overview"


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages["/v1/overviews"] = (200, an_overview())
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (0, 0, "0%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (1, 1000, "1%"),
        (999, 1000, "99%"),
        (1, 3, "33%"),
    ],
)
def test_a_share_is_never_nothing_of_something_nor_all_of_less(
    part: int, whole: int, share: str
) -> None:
    assert format_share(part, whole) == share


def test_numbers_are_written_as_they_are_here() -> None:
    assert [format_number(n) for n in (1234, 4.5, 0, None)] == [
        "1.234",
        "4,5",
        "0",
        "\u2013",
    ]


@pytest.mark.parametrize(
    ("days", "rows", "first"),
    [
        (7, 7, "ma 16 nov"),
        (31, 31, "vr 23 okt"),
        (32, 5, "week 43 (19 okt)"),
        (187, 7, "mei 2026"),
        (366, 13, "nov 2025"),
    ],
)
def test_days_become_weeks_and_months_where_they_are_many(
    days: int, rows: int, first: str
) -> None:
    block = make_view(an_overview(days), TEXTS).blocks[0]
    assert (len(block.rows), block.rows[0].label) == (rows, first)
    assert sum(row.numbers[0] or 0 for row in block.rows) == days * 5


def test_a_figure_says_of_how_many_it_is_a_part() -> None:
    figures = {one.name: one for one in make_view(an_overview(), TEXTS).figures}
    assert figures["lookups"].value == "40"
    assert figures["refused"].note == "8% van alles"
    assert figures["misses"].note == "33% van de antwoorden"
    assert "33% van 12" in figures["noFollowUp"].note


def test_what_came_of_nothing_is_no_table() -> None:
    follow_up = {"asked": 0, "missing": 0, "flags": 0, "flagsMissing": 0, "said": []}
    view = make_view(an_overview(followUp=follow_up), TEXTS)
    (block,) = [one for one in view.blocks if one.name == "followUp"]
    assert block.rows == []


def test_signals_are_shown_where_their_stock_is_known() -> None:
    line = {"active": 3, "medianDaysOpen": 9}
    stock = {
        "day": "2026-11-22",
        "active": 3,
        "sources": [
            {
                "source": OIN,
                "sourceName": "Bron",
                "category": "bijstand",
                "label": "Bijstand",
                **line,
            }
        ],
        "domains": [{"domain": "financien", "label": "Geld", **line}],
    }
    names = [one.name for one in make_view(an_overview(stock=stock), TEXTS).blocks]
    assert names[-2:] == ["sources", "domains"]


async def test_the_page_asks_the_last_thirty_days_of_everybody(
    town: Town, officer: Browser
) -> None:
    page = await officer.get(PAGE)
    assert page.status_code == 200
    asked = town.index.asked[-1]
    assert (asked["organisation"], asked["team"], asked["purpose"]) == (None,) * 3
    assert asked["from"] < asked["until"]


async def test_each_chart_is_drawn_from_a_table_of_the_same_page(
    officer: Browser,
) -> None:
    page = (await officer.get(PAGE)).text
    drawn = re.findall(r'data-chart="([^"]+)"', page)
    assert len(drawn) == 6
    for table in drawn:
        assert f'<table class="desk-table" id="{table}">' in page


async def test_what_is_chosen_is_asked_and_stays_chosen(
    town: Town, officer: Browser
) -> None:
    query = {"first": "2026-11-01", "last": "2026-11-22", "team": "oost"}
    page = await officer.get(PAGE, params=query)
    assert town.index.asked[-1]["team"] == "oost"
    assert '<option value="oost" selected>' in page.text


async def test_a_period_that_does_not_hold_is_said_beside_its_field(
    town: Town, officer: Browser
) -> None:
    problem = {"errors": [{"field": "until", "code": "period-too-long"}]}
    town.index.pages["/v1/overviews"] = (400, problem)
    page = await officer.get(PAGE, params={"first": "2020-01-01", "last": "x"})
    assert page.status_code == 400
    assert "hooguit een jaar later" in page.text
    assert 'aria-invalid="true"' in page.text


async def test_matches_that_do_not_open_are_not_called_none(
    town: Town, officer: Browser
) -> None:
    none = "Er zijn nu geen matches."
    assert none in (await officer.get(PAGE)).text
    town.index.pages["/v1/overviews"] = (200, an_overview(matchesUnreadable=3))
    page = await officer.get(PAGE)
    assert "niet kan lezen: 3 of meer" in page.text
    assert none not in page.text


async def test_a_name_from_the_ledger_is_text_and_never_markup(
    town: Town, officer: Browser
) -> None:
    hostile = a_user(sub="<script>alert(1)</script>")
    town.index.pages["/v1/overviews"] = (200, an_overview(users=[hostile]))
    page = await officer.get(PAGE)
    assert "<script>alert" not in page.text


async def test_a_user_leads_to_the_entries_by_a_form_not_by_an_address(
    officer: Browser,
) -> None:
    page = (await officer.get(PAGE)).text
    assert not re.search(r'href="[^"]*employee-7', page)
    assert '<input type="hidden" name="user" value="employee-7">' in page
    assert f'<input type="hidden" name="organisation" value="{OIN}">' in page
