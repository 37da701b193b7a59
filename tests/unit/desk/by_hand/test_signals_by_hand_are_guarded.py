"""Signalling by hand at a desk: who may not, and what a copy of it does not tell."""

import sqlite3
from datetime import timedelta

import pytest
from fastapi import FastAPI

from keys.base64url import encode_b64u
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_hand_builders import (
    CASE,
    a_signal,
    forget_notes,
    give,
    log_in_anew,
    read_page,
)
from tests.desk_hand_index import CONTACT, FakeHandSignals

pytestmark = pytest.mark.anyio


async def test_a_lost_notes_key_stops_nobody_from_signalling(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    """Their case numbers are lost; what stands is listed all the same."""
    body = a_signal(town)
    await give(browser, body)
    forget_notes(town, "UPDATE hand_signals SET sealed = zeroblob(80)")
    assert (await give(browser, a_signal(town))).status_code == 200
    page = await read_page(browser, "/involved?whose=all")
    assert (len(index.stored), body["reference"] in page) == (2, True)


async def test_nobody_goes_on_with_the_reference_of_another(
    town: Town, browser: Browser
) -> None:
    body = a_signal(town)
    await give(browser, body)
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_anew(browser)
    assert (await give(browser, body)).status_code == 404


@pytest.mark.parametrize(
    "case", ["123456782", "Z-2026-001234 Jansen", "", "Z-2026-001234\n"]
)
async def test_a_case_number_is_of_the_organisations_form(
    town: Town, browser: Browser, index: FakeHandSignals, case: str
) -> None:
    answer = await give(browser, a_signal(town, caseReference=case))
    assert answer.status_code == 400
    assert index.stored == {}


async def test_the_database_holds_no_case_number_no_kind_and_no_person(
    town: Town, browser: Browser
) -> None:
    body = a_signal(town, pseudonym=encode_b64u(bytes([7]) * 32))
    await give(browser, body)
    with sqlite3.connect(town.folder / "desk.sqlite3") as database:
        (row,) = database.execute("SELECT * FROM hand_signals")
    kept = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    for told in (CASE, "leerplicht", "user-1", CONTACT):
        assert told.encode() not in kept
    assert bytes([7]) * 16 not in kept


async def test_the_number_goes_a_month_after_the_end(
    town: Town, browser: Browser, app: FastAPI
) -> None:
    body = a_signal(town)
    await give(browser, body)
    path = f"/involved/{body['reference']}/end"
    await browser.post(path, data={"reason": "ended"})
    for days, count in ((29, 1), (2, 0)):
        town.clock.forward(timedelta(days=days))
        await app.state.desk.signalling.kept.sweep()
        with sqlite3.connect(town.folder / "desk.sqlite3") as database:
            (found,) = database.execute("SELECT count(*) FROM hand_signals").fetchone()
        assert found == count


async def test_a_generalist_cannot_have_points_evaluated_for_publishing(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["generalist"]
    browser.kept.clear()
    page = await log_in(browser, "/lookup")
    browser.headers["X-CSRF-Token"] = csrf_of(page)
    asked = {"holder": 1, "act": "publish", "pair": [1, 2], "keyVersion": 1}
    points = {"epoch": 1, "points": [encode_b64u(bytes(32))]}
    answer = await browser.post("/relay/v1/evaluations", json=asked | points)
    assert answer.json()["type"] == "/problems/role-missing"
    assert (await give(browser, a_signal(town))).status_code == 403
    assert (await browser.get("/involved")).status_code == 403


async def test_a_page_of_elsewhere_gives_and_ends_nothing(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    browser.headers["X-CSRF-Token"] = "guess"
    assert (await give(browser, a_signal(town))).status_code == 403
    for act in ("end", "confirmation", "hand-over", "forget"):
        answer = await browser.post(f"/involved/{body['reference']}/{act}", data={})
        assert answer.status_code == 403
    assert len(index.stored) == 1
