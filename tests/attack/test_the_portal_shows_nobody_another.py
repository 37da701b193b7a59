"""Somebody wants to see another's page, or to find a number where it was read.

By a claim of their own making, by the session of who sat there before, by guessing at
the cookie, by searching memory, cookies, addresses, log and disk.
"""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keys.base64url import encode_b64u
from keys.errors import EvaluationFailed
from portal.citizen import Citizen
from portal.errors import NotLoggedIn
from portal.views import PersonPaper, Views
from signal_index.wire.citizen_reports import OwnView
from tests.holders_builders import a_bsn, some_holders
from tests.ledger_reading import count_entries
from tests.portal_builders import view_own
from tests.portal_page import PortalTown, open_portal
from tests.world import open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[PortalTown]:
    async with open_world(tmp_path) as world, open_portal(world, tmp_path) as opened:
        await world.publish(world.debt_help, [ONE])
        yield opened


async def test_a_number_that_a_browser_sends_is_nobodys(town: PortalTown) -> None:
    digits = ONE.digits
    town.say(TWO)
    begun = await town.browser.get(f"/inloggen?bsn={digits}")
    back = await town.browser.get(begun.headers["location"])
    asked = back.headers["location"] + f"&bsn={digits}&acr=high&sub={digits}"
    done = await town.browser.get(asked, headers={"bsn": digits})
    page = await town.browser.get(done.headers["location"] + f"?bsn={digits}")
    assert page.status_code == 200
    assert "Bureau debt-help" not in page.text


async def test_an_answer_of_the_broker_to_another_browser_opens_nothing(
    town: PortalTown,
) -> None:
    town.say(ONE)
    begun = await town.browser.get("/inloggen")
    back = await town.browser.get(begun.headers["location"])
    async with town.another_browser() as thief:
        stolen = await thief.get(back.headers["location"])
        assert stolen.status_code == 403
        await thief.get("/inloggen")
        stolen = await thief.get(back.headers["location"])
        assert stolen.status_code == 403
    assert await count_entries(town.world, "own-view") == 0


async def test_who_sat_there_before_is_nobodys_way_in(town: PortalTown) -> None:
    page = await town.log_in(ONE)
    assert "Bureau debt-help" in page.text
    first = town.browser.cookies["__Host-portal-view"]
    # The broker still knows the first, and says so without asking: nobody comes in.
    before = int(town.world.clock().timestamp()) - 3_600
    page = await town.log_in(ONE, auth_time=before)
    assert "Bureau debt-help" not in page.text
    assert town.broker.prompts == ["login", "login"]
    # And beginning a login closed what was open.
    async with town.another_browser() as browser:
        browser.cookies.set("__Host-portal-view", first, domain="mijn.test")
        assert (await browser.get("/mijn")).status_code == 401


@pytest.mark.parametrize("cookie", ["", "left", "A" * 43, encode_b64u(bytes(32))])
async def test_a_cookie_that_was_made_up_opens_nothing(
    town: PortalTown, cookie: str
) -> None:
    await town.log_in(ONE)
    async with town.another_browser() as browser:
        browser.cookies.set("__Host-portal-view", cookie, domain="mijn.test")
        for path in ("/mijn", "/mijn.pdf", "/bewijzen.zip"):
            assert (await browser.get(path)).status_code == 401


async def test_what_the_process_keeps_opens_without_the_cookie_to_nobody(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    kept = town.portal.views._kept
    assert len(kept) == 1
    ((name, one),) = kept.items()
    assert b"debt-help" not in one.sealed
    secret = town.browser.cookies["__Host-portal-view"].encode()
    assert secret not in name + one.sealed


async def test_no_number_or_pseudonym_is_in_address_cookie_page_log_or_file(
    town: PortalTown, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = await town.world.holders.view_own(ONE)
    told = [ONE.digits, encode_b64u(given.pseudonyms[0].encoded)]
    page = await town.log_in(ONE)
    await town.log_in(ONE, acr="low")
    seen = [caplog.text, page.text, str(dict(town.browser.cookies))]
    seen += [str(one.url) + str(one.headers) for one in (*page.history, page)]
    seen += [
        file.read_bytes().decode("latin-1")
        for file in town.folder.rglob("*")
        if file.is_file() and "index.sqlite" not in file.name
    ]
    assert [one for one in told for text in seen if one in text] == []


async def test_a_number_ends_with_the_request_that_used_it(town: PortalTown) -> None:
    await town.log_in(TWO)
    town.broker.id_claims = {}
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, Citizen)] == []


async def test_of_too_many_views_the_oldest_goes(town: PortalTown) -> None:
    said = await view_own(town.world, TWO)
    view = OwnView.model_validate_json(json.dumps(said))
    views = Views(town.world.clock, most=3)
    cookies = [views.keep(view, PersonPaper("{}", "")).cookie for _ in range(4)]
    with pytest.raises(NotLoggedIn):
        views.get(cookies[0])
    assert views.get(cookies[3]).reportId == view.reportId


async def test_the_page_tells_no_more_numbers_than_its_holders_give() -> None:
    holders = some_holders(per_portal=2)
    for _ in range(2):
        await holders.view_own(ONE)
    with pytest.raises(EvaluationFailed):
        await holders.view_own(TWO)


async def test_when_the_budget_of_the_day_is_spent_the_page_says_so(
    town: PortalTown,
) -> None:
    for holder in town.world.holders.holders.values():
        day = (town.world.clock().date(), f"portal/{town.settings.organisation}", "")
        holder.meter.spent[day] = 100_000  # type: ignore[attr-defined]  # the fake
    page = await town.log_in(ONE)
    assert (page.status_code, "Vandaag kan dit niet meer" in page.text) == (503, True)


async def test_a_page_of_elsewhere_finds_no_page_in_a_frame_and_no_script(
    town: PortalTown,
) -> None:
    page = await town.log_in(ONE)
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    cookie = (await town.browser.get("/inloggen")).headers["set-cookie"]
    for mark in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"):
        assert mark in cookie
