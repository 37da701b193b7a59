"""Receipts to a file, and telling of requests that came to nothing."""

import json
import sqlite3
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desk.database import Database
from desk.errors import ReceiptFileRefused
from desk.officer.completeness import is_late as is_too_late
from desk.officer.completeness import list_days
from desk.own_seal import OwnSeal
from desk.receipt_file import write_receipts
from desk.receipts import Receipts, load_receipt_rules
from desk.texts import load_texts
from signal_index.proof import RECEIPTS_OF_DAY, decode_b64u, parse_leaf, parse_lines
from signal_index.upkeep.watching import WATCHED
from signal_index.wire.completeness import Misfit, ReconciledDay
from tests.desk_builders import Browser, Town
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio


def a_judged_day(day: date, entries: int = 1) -> ReconciledDay:
    counts = dict.fromkeys(("requests", "receipts", "alarms", "findings"), entries)
    return ReconciledDay(
        day=day, entries=entries, takenAt=datetime(2026, 12, 1, tzinfo=UTC), **counts
    )


def test_whatever_is_found_has_dutch_words() -> None:
    codes = {*Misfit, *(rule.id for rule in WATCHED)}
    asked = {f"completeness.code.{code}" for code in codes}
    assert asked <= set(load_texts("nl").messages)


async def write(town: Town, days: int = 0) -> Path:
    database = Database(town.settings.database)
    rules = load_receipt_rules(town.settings, print)
    kept = Receipts(database, rules, town.clock, OwnSeal(bytes(32)))
    into = town.folder / f"receipts-{days}.jsonl"
    day = town.clock().date() + timedelta(days=days)
    try:
        await write_receipts(kept, day, into)
    finally:
        await database.close()
    return into


async def test_a_days_receipts_are_leaf_and_promise_and_nothing_else(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, people=2)
    entries = {part["entryId"] for part in answer.json()["answers"]}
    lines = iter((await write(town)).read_bytes().splitlines(keepends=True))
    head, items = parse_lines(lines, RECEIPTS_OF_DAY)
    kept = list(items)
    assert head["organisation"] == town.settings.organisation
    assert [set(item) for item in kept] == [{"leaf", "promise"}] * 2
    leaves = [parse_leaf(decode_b64u(str(item["leaf"]))) for item in kept]
    assert {str(leaf.entry) for leaf in leaves} == entries


async def test_another_day_has_none_of_them(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    lines = (await write(town, days=1)).read_bytes().splitlines()
    assert json.loads(lines[-1]) == {"count": 0}


async def test_the_file_is_for_its_owner_and_never_written_over(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    into = await write(town)
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    with pytest.raises(ReceiptFileRefused):
        await write(town)


async def test_a_damaged_receipt_is_not_left_out(town: Town, browser: Browser) -> None:
    """Whoever spoils a row hides nothing: reading the file will say so."""
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    with sqlite3.connect(town.folder / "desk.sqlite3") as database:
        database.execute("UPDATE receipts SET leaf = x'00'")
    lines = (await write(town)).read_bytes().splitlines()
    assert json.loads(lines[-1]) == {"count": 1}


@pytest.mark.parametrize("reqs", [[], ["A"], ["A" * 43] * 51, "A" * 43])
async def test_junk_of_a_browser_does_not_reach_the_index(
    town: Town, browser: Browser, reqs: object
) -> None:
    await log_in_with_csrf(browser)
    answer = await browser.post("/relay/v1/abandoned-requests", json={"reqs": reqs})
    assert answer.status_code == 400
    assert town.index.abandoned == []


async def test_what_came_to_nothing_goes_on_to_the_index(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    body = {"reqs": ["A" * 43]}
    answer = await browser.post("/relay/v1/abandoned-requests", json=body)
    assert answer.status_code == 204
    assert town.index.abandoned == ["A" * 43]


async def test_a_page_of_another_site_cannot_tell_it(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    del browser.headers["X-CSRF-Token"]
    body = {"reqs": ["A" * 43]}
    answer = await browser.post("/relay/v1/abandoned-requests", json=body)
    assert answer.status_code == 403
    assert town.index.abandoned == []


@pytest.mark.parametrize(("ago", "is_late"), [(1, False), (3, False), (4, True)])
def test_a_day_that_nobody_judged_is_told_of(
    town: Town, ago: int, *, is_late: bool
) -> None:
    newest = town.clock().date() - timedelta(days=ago)
    assert is_too_late([a_judged_day(newest)], town.clock()) is is_late


def test_before_the_first_day_was_judged_it_is_late_too(town: Town) -> None:
    assert is_too_late([], town.clock())


def test_a_day_between_others_that_nobody_judged_is_shown_as_such(town: Town) -> None:
    today = town.clock().date()
    days = [today - timedelta(days=ago) for ago in (1, 2, 3)]
    first, last = a_judged_day(days[0], entries=4), a_judged_day(days[2], entries=9)
    shown = list_days([first, last], town.clock())
    assert shown == [(days[0], first), (days[1], None), (days[2], last)]


def test_a_year_of_judged_days_is_not_all_shown(town: Town) -> None:
    oldest = town.clock().date() - timedelta(days=400)
    assert len(list_days([a_judged_day(oldest)], town.clock())) == 31
