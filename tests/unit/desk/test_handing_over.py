"""Werk overdragen: the cases that one follows, to a colleague by one code."""

from __future__ import annotations

import pytest

from tests.desk_builders import Browser, Town, log_in
from tests.unit.desk.test_follows_page import CODE, ONE, followed, post
from tests.unit.desk.test_relay import log_in_with_csrf

pytestmark = pytest.mark.anyio


async def test_the_case_number_goes_along_to_whoever_has_the_code(
    town: Town, browser: Browser
) -> None:
    offered = {"mark": "one", "until": "2026-11-30"}
    made = await followed(town, browser, offered=offered)
    until = {"code": CODE, "until": "2026-11-30"}
    town.index.pages["/v1/follow-offers"] = (201, until)
    page = await post(browser, "/hand-over", follow=ONE)
    assert page.status_code == 200
    assert CODE in page.text
    assert "één keer, tot en met 30 november 2026." in page.text
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_with_csrf(browser)
    assert "Z-2026-001234" not in (await browser.get("/follows")).text
    town.index.pages["/v1/follow-takeovers"] = (200, {"items": [made]})
    page = await post(browser, "/hand-over/taken", code=CODE.lower())
    assert "Z-2026-001234" in page.text
    took = {"by": "Joris de Wit", "team": "noord", "on": "2026-11-23"}
    given = took | {name: made[name] for name in ("entryId", "purposeLabel")}
    town.index.pages["/v1/follows"] = (200, {"items": [], "given": [given]})
    town.provider.person["sub"] = "user-1"
    browser.kept.clear()
    await log_in_with_csrf(browser)
    page = await browser.get("/follows")
    assert "Z-2026-001234</strong>" in page.text
    taken = "overgenomen door Joris de Wit (team noord) op 23 november 2026."
    assert taken in page.text


@pytest.mark.parametrize("how", ["used", "made anew", "ended"])
async def test_a_code_that_works_no_more_is_not_shown_as_one_to_give(
    town: Town, browser: Browser, how: str
) -> None:
    until = "2026-11-30"
    made = await followed(town, browser, offered={"mark": "one", "until": until})
    town.index.pages["/v1/follow-offers"] = (201, {"code": CODE, "until": until})
    shown = await post(browser, "/hand-over", follow=ONE)
    assert CODE in shown.text
    took = {"by": "Joris de Wit", "team": None, "on": "2026-11-23"}
    given = took | {name: made[name] for name in ("entryId", "purposeLabel")}
    anew = made | {"offered": {"mark": "other", "until": until}}
    town.index.pages["/v1/follows"] = {
        "used": (200, {"items": [], "given": [given]}),
        "made anew": (200, {"items": [anew]}),
        "ended": (200, {"items": []}),
    }[how]
    page = (await browser.get(shown.url.path)).text
    assert CODE not in page
    if how == "used":
        assert "Deze code is gebruikt, en werkt niet meer." in page
        assert page.count("overgenomen door Joris de Wit op 23 november 2026.") == 2
    else:
        assert "Deze code werkt niet meer." in page


async def test_what_is_not_filled_in_and_what_the_index_refuses_is_said(
    town: Town, browser: Browser
) -> None:
    await followed(town, browser)
    page = await post(browser, "/hand-over")
    assert (page.status_code, "Kies ten minste één zaak of signaal." in page.text) == (
        400,
        True,
    )
    page = await post(browser, "/hand-over/taken", code=" ")
    assert (page.status_code, "Vul de code in" in page.text) == (400, True)
    problem = {
        "type": "https://index/v1/problems/unknown-offer",
        "title": "Met deze code is niets over te nemen.",
        "status": 404,
        "detail": "Kijk of u de code goed hebt overgenomen.",
    }
    town.index.pages["/v1/follow-takeovers"] = (404, problem)
    page = await post(browser, "/hand-over/taken", code="AAAA")
    assert (page.status_code, problem["title"] in page.text) == (404, True)


async def test_who_may_not_take_over_reads_by_which_rule_and_has_no_field(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["generalist", "generalist-safety"]
    await log_in(browser)
    town.index.pages["/v1/follows"] = (200, {"items": []})
    ground = {"id": "silent-role", "text": "Wie deze rol heeft, kijkt in stilte."}
    problem = {
        "type": "https://index/v1/problems/loop-act-denied",
        "title": "Dit mag in uw gemeente nu niet.",
        "status": 403,
        "detail": "Hierbij staat waarom het niet mag, en wat u kunt doen.",
        "grounds": [ground | {"remedy": "Vraag een collega met de juiste rol."}],
    }
    town.index.pages["/v1/follow-takeovers"] = (403, problem)
    page = (await post(browser, "/hand-over/taken", code=CODE)).text
    assert f"<strong>{ground['text']}</strong> Vraag een collega" in page
    assert 'name="code"' not in page
    assert "Met uw rol kijkt u in stilte." in page
