"""A form leads on to a page: back, and a reload, send nothing again."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request

from desk import pages
from desk.navigation import MATCHES
from desk.pages import render
from desk.sessions import ABSOLUTE_LIMIT
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_search_builders import NOTHING, OPTIONS, OWN, a_form
from tests.unit.desk.test_every_page_is_served import ROLES
from tests.unit.desk.test_own_reviews import ASKED

pytestmark = pytest.mark.anyio


@pytest.fixture
async def token(town: Town, browser: Browser) -> str:
    """Somebody is logged in who may do everything."""
    town.provider.person["roles"] = list(ROLES)
    town.index.pages["/v1/search-options"] = (200, OPTIONS)
    town.index.pages["/v1/searches"] = (200, NOTHING)
    return csrf_of(await log_in(browser, "/officer/search"))


@pytest.mark.parametrize("status", [200, 303])
def test_no_page_is_the_answer_to_a_form_that_was_taken(status: int) -> None:
    request = Request({"type": "http", "method": "POST"})
    with pytest.raises(RuntimeError, match="leads on to a page"):
        render(request, "home.html", "Begin", status=status)


def test_a_page_is_made_in_no_other_way() -> None:
    desk = Path(pages.__file__).parent
    found = (one for one in desk.rglob("*.py") if "HTMLResponse(" in one.read_text())
    makes = sorted(found)
    assert makes == [Path(pages.__file__), desk / "refused_forms.py"]


async def test_each_form_of_the_desk_leads_on(
    desk: FastAPI, browser: Browser, token: str
) -> None:
    """Refused ones too: an empty form is one of nearly all of them."""
    forms = [
        route.path
        for route in desk.routes
        if isinstance(route, APIRoute)
        and "POST" in (route.methods or ())
        and not route.path.startswith(("/relay/", "/logout"))
    ]
    assert MATCHES + "/search" in forms
    for path in forms:
        answer = await browser.send_form(path, {"csrf": token})
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        assert not is_page, path


async def test_back_at_a_refused_form_shows_what_was_typed_and_asks_nothing(
    town: Town, browser: Browser, token: str
) -> None:
    form = {"csrf": token, "explanation": "no", "text": "de buurvrouw belde"}
    town.index.pages["/v1/own-reviews"] = (200, {"items": [ASKED]})
    answer = await browser.send_form(f"/own-reviews/{ASKED['id']}", form)
    where, sent = answer.headers["location"], list(town.index.asked)
    town.clock.forward(timedelta(minutes=2))
    first, again = await browser.get(where), await browser.get(where)
    assert (first.status_code, again.status_code) == (400, 400)
    assert "de buurvrouw belde" in again.text
    assert "form-action 'self'" in again.headers["content-security-policy"]
    assert town.index.asked == sent


async def test_a_refused_form_keeps_no_citizens_number(
    town: Town, browser: Browser, token: str
) -> None:
    form = {"csrf": token, "explanation": "no", "text": "999990019 belde"}
    town.index.pages["/v1/own-reviews"] = (200, {"items": [ASKED]})
    answer = await browser.send_form(f"/own-reviews/{ASKED['id']}", form)
    kept = await browser.get(answer.headers["location"])
    assert " belde" in kept.text
    assert "999990019" not in kept.text


async def test_another_session_cannot_open_what_was_kept(
    town: Town, browser: Browser, token: str
) -> None:
    answer = await browser.post("/officer/search", data=a_form(token))
    kept, sent = answer.headers["location"], list(town.index.asked)
    browser.kept.clear()
    await log_in(browser, "/officer/search")
    again = await browser.get(kept)
    where = "/officer/search?lost=form"
    assert (again.status_code, again.headers["location"]) == (303, where)
    assert town.index.asked == sent


async def test_the_database_does_not_tell_what_was_searched_for(
    town: Town, browser: Browser, token: str
) -> None:
    form = a_form(token, user="employee-fatima", organisation=OWN)
    await browser.post("/officer/search", data=form)
    database = sqlite3.connect(town.folder / "desk.sqlite3")
    dump = "\n".join(database.iterdump())
    database.close()
    assert "kept_forms" in dump
    assert "fatima" not in dump
    assert b"fatima".hex().upper() not in dump


async def test_what_was_kept_goes_with_the_longest_session(
    town: Town, desk: FastAPI, browser: Browser, token: str
) -> None:
    answer = await browser.post("/officer/search", data=a_form(token))
    assert answer.status_code == 303
    town.clock.forward(ABSOLUTE_LIMIT + timedelta(minutes=1))
    await desk.state.desk.kept_forms.sweep()
    database = sqlite3.connect(town.folder / "desk.sqlite3")
    (count,) = database.execute("SELECT count(*) FROM kept_forms").fetchone()
    database.close()
    assert count == 0


async def test_what_one_page_was_asked_opens_on_no_other(
    browser: Browser, token: str
) -> None:
    answer = await browser.post("/officer/search", data=a_form(token))
    id_ = answer.headers["location"].rpartition("/")[2]
    for page, above in (
        ("/officer/reports/general", "/officer/reports"),
        ("/follows", "/follows"),
        ("/officer/policy/preview", "/officer/policy"),
    ):
        moved = await browser.get(f"{page}/{id_}")
        led_to = f"{above}?lost=form"
        assert (moved.status_code, moved.headers["location"]) == (303, led_to)
