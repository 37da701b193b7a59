"""A form that is lost says what happened, what was not done, and how to go on."""

import sqlite3
from datetime import timedelta

import pytest

from desk.kept_forms import MOST_BYTES, MOST_KEPT
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_search_builders import NOTHING, OPTIONS, a_form
from tests.unit.desk.test_every_page_is_served import ROLES
from tests.unit.desk.test_own_reviews import ASKED

pytestmark = pytest.mark.anyio
LOST = "Er is nu niets verstuurd"
NOTHING_DONE = "er is niets veranderd"


@pytest.fixture
async def token(town: Town, browser: Browser) -> str:
    """Somebody is logged in who may do everything."""
    town.provider.person["roles"] = list(ROLES)
    town.index.pages["/v1/search-options"] = (200, OPTIONS)
    town.index.pages["/v1/searches"] = (200, NOTHING)
    town.index.pages["/v1/own-reviews"] = (200, {"items": [ASKED]})
    return csrf_of(await log_in(browser, "/officer/search"))


async def search(town: Town, browser: Browser, token: str) -> str:
    """Search once, a second after the last time; give the address that it led to."""
    town.clock.forward(timedelta(seconds=1))
    answer = await browser.post("/officer/search", data=a_form(token))
    return answer.headers["location"]


def kept_sizes(town: Town) -> list[int]:
    database = sqlite3.connect(town.folder / "desk.sqlite3")
    rows = database.execute("SELECT length(sealed) FROM kept_forms").fetchall()
    database.close()
    return [size for (size,) in rows]


async def test_of_one_session_so_many_forms_are_kept_and_the_oldest_goes_first(
    town: Town, browser: Browser, token: str
) -> None:
    first = await search(town, browser, token)
    second = await search(town, browser, token)
    later = [await search(town, browser, token) for _ in range(MOST_KEPT - 1)]
    assert len(kept_sizes(town)) == MOST_KEPT
    assert (await browser.get(second)).status_code == 200
    assert (await browser.get(later[-1])).status_code == 200
    gone = await browser.get(first)
    assert gone.headers["location"] == "/officer/search?lost=form"
    assert LOST in (await browser.get(gone.headers["location"])).text


async def test_of_one_session_so_many_bytes_are_kept_and_the_newest_always(
    town: Town, browser: Browser, token: str
) -> None:
    first = await search(town, browser, token)
    for _ in range(10):
        town.clock.forward(timedelta(seconds=1))
        file = {"bundle": ("regels.json", b"x" * 1_000_000)}
        await browser.post("/officer/policy/preview", data={"csrf": token}, files=file)
    newest = await search(town, browser, token)
    sizes = kept_sizes(town)
    assert 1 < len(sizes) < 10
    assert sum(sizes) <= MOST_BYTES
    assert (await browser.get(newest)).status_code == 200
    assert (await browser.get(first)).headers["location"].endswith("?lost=form")


async def test_another_session_s_forms_are_left_alone(
    town: Town, browser: Browser, token: str
) -> None:
    await search(town, browser, token)
    browser.kept.clear()
    other = csrf_of(await log_in(browser, "/officer/search"))
    for _ in range(MOST_KEPT):
        await search(town, browser, other)
    assert len(kept_sizes(town)) == MOST_KEPT + 1


async def test_a_refused_form_that_is_gone_leads_to_its_own_page_and_says_so(
    browser: Browser, token: str
) -> None:
    form = {"csrf": token, "explanation": "no", "text": "x"}
    answer = await browser.send_form(f"/own-reviews/{ASKED['id']}", form)
    kept = answer.headers["location"].rpartition("/")[0]
    gone = await browser.get(f"{kept}/{'0' * 32}")
    assert gone.headers["location"] == "/own-reviews?lost=form"
    assert LOST in (await browser.get("/own-reviews?lost=form")).text
    assert LOST not in (await browser.get("/own-reviews")).text


async def test_a_form_of_a_session_that_is_gone_says_that_nothing_was_done(
    town: Town, browser: Browser, token: str
) -> None:
    browser.kept.clear()
    asked = list(town.index.asked)
    answer = await browser.send_form("/officer/search", a_form(token))
    assert answer.status_code == 401
    assert NOTHING_DONE in answer.text
    assert "vul het daarna opnieuw in" in answer.text
    assert 'href="/login?to=/officer/search"' in answer.text
    assert town.index.asked == asked


async def test_a_form_about_what_is_not_there_says_that_nothing_was_done(
    browser: Browser, token: str
) -> None:
    form = {"csrf": token}
    for path in (f"/officer/policy/preview/{'0' * 32}/proposal", "/none"):
        answer = await browser.send_form(path, form)
        shown = await browser.get(answer.headers["location"])
        assert shown.status_code == 404, path
        assert NOTHING_DONE in shown.text, path


async def test_a_form_that_the_index_did_not_answer_is_not_called_undone(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages[f"POST /v1/own-reviews/{ASKED['id']}/explanation"] = (502, {})
    form = {"csrf": token, "explanation": "mistake", "text": ""}
    answer = await browser.send_form(f"/own-reviews/{ASKED['id']}", form)
    shown = await browser.get(answer.headers["location"])
    assert shown.status_code == 502
    assert NOTHING_DONE not in shown.text
    assert "Wij weten niet of" in shown.text
