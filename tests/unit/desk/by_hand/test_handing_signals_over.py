"""Werk overdragen: signals by hand, beside the cases that one follows, by one press."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.desk_builders import Browser, Town
from tests.desk_hand_builders import CASE, a_signal, give, log_in_anew
from tests.desk_hand_index import COLLEAGUE, FakeHandSignals
from tests.unit.desk.test_follows_page import CODE, followed, post

pytestmark = pytest.mark.anyio
OTHER = {"sub": "user-2", "name": "Joris de Wit"}


async def as_colleague(town: Town, browser: Browser, **changed: object) -> None:
    town.provider.person |= OTHER | changed
    browser.kept.clear()
    await log_in_anew(browser)


async def offer_all(browser: Browser, **form: object) -> str:
    """Press once for all that is ticked; the code that is shown."""
    page = await browser.get("/hand-over")
    ticked: dict[str, object] = {
        field: re.findall(rf'name="{field}" value="([^"]+)" checked', page.text)
        for field in ("follow", "signal")
    }
    shown = await post(browser, "/hand-over", **ticked, **form)
    assert shown.status_code == 200, shown.text
    (code,) = re.findall(r'class="desk-table__code">([A-Z2-7-]+)<', shown.text)
    return str(code)


async def test_signals_pass_to_a_colleague_and_both_read_it(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    await give(browser, a_signal(town))
    await give(browser, a_signal(town, caseReference="Z-2026-001235"))
    code = await offer_all(browser, to=COLLEAGUE)
    assert "U kunt nu niets geven" not in (await browser.get("/hand-over")).text
    await as_colleague(town, browser)
    assert CASE not in (await browser.get("/involved")).text
    page = (await post(browser, "/hand-over/taken", code=code.lower())).text
    assert "U hebt het werk van uw collega overgenomen." in page
    assert page.count("overgenomen van Noor de Wit") == 2
    assert page.count("Anderen bellen: Directeur, 0182 555 400.") >= 2
    assert {one.contact for one in index.stored.values()} == {COLLEAGUE}
    mine = (await browser.get("/involved")).text
    assert (CASE in mine, "Z-2026-001235" in mine) == (True, True)
    again = await post(browser, "/hand-over/taken", code=code)
    assert again.status_code == 404
    await as_colleague(town, browser, sub="user-1", name="Noor de Wit")
    page = (await browser.get("/hand-over")).text
    assert page.count("overgenomen door Joris de Wit") == 2
    assert page.count("Anderen bellen: Directeur, 0182 555 400.") == 2
    assert CASE not in (await browser.get("/involved")).text
    assert len(index.takes) == 1


async def test_what_broke_off_is_finished_by_the_same_code(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    await give(browser, a_signal(town))
    code = await offer_all(browser, to="keep")
    await as_colleague(town, browser)
    index.is_away = True
    assert (await post(browser, "/hand-over/taken", code=code)).status_code == 502
    assert CASE not in (await browser.get("/involved")).text
    index.is_away = False
    assert (await post(browser, "/hand-over/taken", code=code)).status_code == 200
    assert CASE in (await browser.get("/involved")).text
    assert index.takes[-1]["contactHolder"] is None


async def test_whom_to_call_is_chosen_and_never_a_default(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    del index
    await give(browser, a_signal(town))
    page = await browser.get("/hand-over")
    ticked = re.findall(r'name="signal" value="([^"]+)"', page.text)
    refused = await post(browser, "/hand-over", signal=ticked, to="")
    assert (refused.status_code, "Kies wie anderen" in refused.text) == (400, True)


async def test_where_nobody_else_can_be_called_both_read_who_is(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    index.contacts = index.contacts[:1]
    await give(browser, a_signal(town))
    page = (await browser.get("/hand-over")).text
    assert "Anderen blijven IB-er bellen" in page
    code = await offer_all(browser)
    await as_colleague(town, browser)
    page = (await post(browser, "/hand-over/taken", code=code)).text
    assert "overgenomen van Noor de Wit" in page
    assert "Anderen bellen: IB-er, 0182 555 400." in page


@pytest.mark.parametrize("who", ["generalist", "giver", "past", "made up"])
async def test_nobody_takes_what_is_not_theirs_to_take(
    town: Town, browser: Browser, index: FakeHandSignals, who: str
) -> None:
    await give(browser, a_signal(town))
    code = await offer_all(browser, to="keep")
    unknown = {"type": "x/unknown-offer", "title": "x", "status": 404, "detail": "x"}
    town.index.pages |= {
        "/v1/follow-takeovers": (404, unknown),
        "/v1/follows": (200, {"items": []}),
    }
    if who == "generalist":
        await as_colleague(town, browser, roles=["generalist"])
    elif who == "past":
        town.clock.forward(timedelta(days=8))
        await as_colleague(town, browser)
    elif who == "made up":
        await as_colleague(town, browser)
        code = CODE
    told = await post(browser, "/hand-over/taken", code=code)
    assert told.status_code == (403 if who == "generalist" else 404)
    assert index.takes == []


async def test_follows_and_signals_pass_by_one_press_each(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    town.provider.person["roles"] = ["generalist", "hand-signaller"]
    browser.kept.clear()
    offered = {"mark": "one", "until": "2026-11-30"}
    made = await followed(town, browser, offered=offered)
    await give(browser, a_signal(town))
    until = {"code": CODE, "until": "2026-11-30"}
    town.index.pages["/v1/follow-offers"] = (201, until)
    assert await offer_all(browser, to=COLLEAGUE) == CODE
    await as_colleague(town, browser)
    town.index.pages["/v1/follows"] = (200, {"items": []})
    town.index.pages["/v1/follow-takeovers"] = (200, {"items": [made]})
    page = await post(browser, "/hand-over/taken", code=CODE)
    assert "U hebt het werk van uw collega overgenomen." in page.text
    assert CASE in (await browser.get("/involved")).text
    assert len(index.takes) == 1
