"""A citizen says at their own page what is wrong, and reads the answer there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from desk.texts import load_texts
from portal.languages import DUTCH, ENGLISH, FOLDER
from portal.pages import PAGE_STEP
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.portal_page import PortalTown, open_portal
from tests.world import open_world

pytestmark = pytest.mark.anyio
ONE = a_bsn(1)
MARK = re.compile(r'name="teken" value="([^"]+)"')


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[PortalTown]:
    async with open_world(tmp_path) as world, open_portal(world, tmp_path) as opened:
        await world.publish(world.debt_help, [ONE])
        await world.look_up([ONE])
        yield opened


async def send(town: PortalTown, page: httpx.Response, **said: str) -> httpx.Response:
    """Send the form of a page with what it holds, and follow where that leads."""
    data: dict[str, list[str]] = {"teken": MARK.findall(page.text)}
    data |= {name: [value] for name, value in said.items()}
    return await town.browser.post("/laat-weten", data=data, follow_redirects=True)


async def test_what_is_said_of_a_signal_stands_at_once_with_its_term_and_later_answered(
    town: PortalTown,
) -> None:
    page = await town.log_in(ONE)
    assert "Klopt niet, of wil ik niet" in page.text
    form = await town.browser.get("/laat-weten?signaal=1")
    assert "Ik wil dit niet, vanwege mijn eigen situatie" in form.text
    done = await send(town, form, reden="own-situation")
    assert str(done.url).endswith("/mijn?klaar=1#gezegd")
    for said in (
        "Het is doorgegeven",
        "U wilt vanwege uw eigen situatie niet dat dit wordt gedeeld.",
        "U liet hier iets over weten",
    ):
        assert said in done.text
    assert re.search(r"Nog (28|29|30|31) dagen\.", done.text)
    assert len(done.content) == PAGE_STEP

    world = town.world
    token = world.a_source_token(world.debt_help)
    (own,) = (await world.send("GET", "/own-corrections", token)).json()["items"]
    assert own["kind"] == "objection"
    await CitizensDesk(world, town.folder).answer(own, "withdrawn")
    page = await town.log_in(ONE)
    assert "geeft u gelijk en heeft het signaal ingetrokken" in page.text
    assert "Nog " not in page.text


async def test_nothing_chosen_says_so_and_says_nothing_to_the_index(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    form = await town.browser.get("/laat-weten?signaal=1")
    for said in ({}, {"reden": "made-up"}):
        again = await send(town, form, **said)
        assert (again.status_code, "Kies wat u wilt laten weten." in again.text) == (
            400,
            True,
        )
        assert "<title>Fout: " in again.text
    assert await count_entries(town.world, "correction") == 0


async def test_of_alike_lookups_of_a_day_one_press_has_all_checked(
    town: PortalTown,
) -> None:
    for _ in range(2):
        town.world.clock.forward(timedelta(minutes=6))
        await town.world.look_up([ONE])
    page = await town.log_in(ONE)
    assert "3 keer, van" in page.text
    assert page.text.count(">Laat dit nakijken<") == 1
    form = await town.browser.get("/laat-weten?keer=1")
    assert "Dit gaat over 3 keer op die dag." in form.text
    done = await send(town, form)
    assert str(done.url).endswith("/mijn?klaar=1#keren")
    assert "om dit na te kijken" in done.text
    desk = CitizensDesk(town.world, town.folder)
    reviews = (await desk.send("GET", "/reviews")).json()["items"]
    assert [one["rules"] for one in reviews] == [["citizen"]] * 3


async def test_a_line_that_is_not_on_the_page_is_said_nothing_of(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    for path in ("?signaal=2", "?signaal=x", "?keer=9", "", "?keer=1&van=2099-01-01"):
        assert (await town.browser.get(f"/laat-weten{path}")).status_code == 404
    for mark in ("", "A" * 43):
        sent = await town.browser.post("/laat-weten", data={"teken": mark})
        assert sent.status_code == 404
    assert await count_entries(town.world, "correction") == 0


async def test_who_is_not_logged_in_says_nothing(town: PortalTown) -> None:
    await town.log_in(ONE)
    form = await town.browser.get("/laat-weten?signaal=1")
    await town.browser.post("/uitloggen")
    assert (await send(town, form, reden="no-contact")).status_code == 401
    assert await count_entries(town.world, "correction") == 0


async def test_what_was_said_in_another_view_is_not_said_twice(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    first = await town.browser.get("/laat-weten?signaal=1")
    await send(town, first, reden="no-contact")
    again = await send(town, first, reden="no-contact")
    assert (again.status_code, "U liet dit al weten" in again.text) == (409, True)


async def test_saying_something_makes_a_view_last_no_longer(town: PortalTown) -> None:
    await town.log_in(ONE)
    town.world.clock.forward(timedelta(minutes=14))
    form = await town.browser.get("/laat-weten?signaal=1")
    await send(town, form, reden="no-contact")
    town.world.clock.forward(timedelta(minutes=14))
    assert (await town.browser.get("/mijn")).status_code == 200
    town.world.clock.forward(timedelta(minutes=3))
    assert (await town.browser.get("/mijn")).status_code == 401


async def test_the_page_speaks_english_by_a_link_and_marks_what_is_dutch(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    page = await town.browser.get("/taal/en?naar=mijn", follow_redirects=True)
    assert page.url.path == "/mijn"
    for said in (
        '<html lang="en">',
        "Who looked, when and why",
        '<span lang="nl">Schuldhulpverlening</span>',
        'lang="nl" hreflang="nl">Nederlands</a>',
    ):
        assert said in page.text
    paper = await town.browser.get("/mijn.pdf")
    assert paper.content.startswith(b"%PDF")
    form = await town.browser.get("/laat-weten?signaal=1")
    assert "I have no contact with this organisation" in form.text
    back = await town.browser.get("/taal/xx?naar=//elsewhere.test")
    assert back.headers["location"] == "/"
    front = await town.browser.get("/")
    assert "Inloggen met DigiD" in front.text


def test_english_has_every_text_that_a_citizen_reads() -> None:
    own = set(load_texts("nl", FOLDER / "texts").messages)
    of_the_report = set(DUTCH.texts.messages) - own
    theirs = ("citizen-paper.", "about.")
    wanted = own | {one for one in of_the_report if one.startswith(theirs)}
    not_theirs = {"citizen-paper.lead", "citizen-paper.made"}
    not_theirs.add("citizen-paper.rights.reference")
    assert set(ENGLISH.texts.messages) == wanted - not_theirs
