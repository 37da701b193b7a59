"""Wat ik volg: by the own case number, ended by one press, handed over by a code."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio
ONE = "6f1c2d3e-0000-4000-8000-000000000001"
CODE = "ABCD-EFGH-IJKL-MNOP"


def a_follow(entry: str, **changed: object) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": ONE,
        "entryId": entry,
        "since": "2026-11-23T12:00:00Z",
        "until": "2027-02-21",
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Onderzoek na een melding",
        "offered": None,
        "changed": False,
    }
    return made | changed


async def followed(town: Town, browser: Browser, **changed: object) -> dict[str, Any]:
    """Log in, look somebody up with a case number, and have the index list it."""
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser)
    made = a_follow(answer.json()["answers"][0]["entryId"], **changed)
    town.index.pages["/v1/follows"] = (200, {"items": [made]})
    return made


async def post(browser: Browser, path: str, **form: str) -> Any:  # noqa: ANN401
    page = await browser.get("/follows")
    data = {"csrf": csrf_of(page), **form}
    return await browser.post(path, data=data, follow_redirects=True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (True, "Er is iets veranderd."),
        (False, "Niets veranderd sinds u keek."),
        (None, "Dit is nu niet na te gaan. Zoek opnieuw."),
    ],
)
async def test_it_says_by_the_case_number_that_something_changed_or_not(
    town: Town, browser: Browser, changed: object, said: str
) -> None:
    await followed(town, browser, changed=changed)
    page = (await browser.get("/follows")).text
    assert "Z-2026-001234" in page
    assert said in page
    assert ("Zoek opnieuw met de inwoner." in page) is (changed is True)


async def test_looking_up_again_begins_with_purpose_and_own_case_number_alone(
    town: Town, browser: Browser
) -> None:
    await followed(town, browser, changed=True)
    again = f"/lookup?follow={ONE}"
    assert f'href="{again}"' in (await browser.get("/follows")).text
    form = (await browser.get(again)).text
    assert 'id="case-reference" type="text" value="Z-2026-001234"' in form
    (chosen,) = re.findall(r'<input[^>]*type="radio"[^>]* checked>', form)
    assert 'value="wmo-onderzoek"' in chosen
    other = (await browser.get(f"/lookup?follow={ONE[:-1]}9")).text
    assert 'value="Z-2026-001234"' not in other
    assert not re.findall(r'type="radio"[^>]* checked>', other)


async def test_nobody_reads_or_ends_follows_without_logging_in_or_from_elsewhere(
    browser: Browser,
) -> None:
    assert (await browser.get("/follows")).status_code == 401
    await log_in(browser)
    for path in (f"/follows/{ONE}/end", "/follow-offers", "/follow-takeovers"):
        answer = await browser.post(path, data={"csrf": "guess", "code": CODE})
        assert answer.status_code == 403


async def test_two_of_one_household_are_told_apart_and_which_ended_is_named(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    asked = (await look_up(town, browser, people=2)).json()["answers"]
    follows = [
        a_follow(part["entryId"], id=f"{ONE[:-1]}{place}")
        for place, part in enumerate(asked, start=1)
    ]
    town.index.pages["/v1/follows"] = (200, {"items": follows})
    page = (await browser.get("/follows")).text
    for place in (1, 2):
        named = f"Z-2026-001234, persoon {place} van 2"
        assert page.count(f"{named} <span") == 1  # the tick box for handing over
        assert f"Wilt u {named} niet meer volgen?" in page
    assert "sinds ma 23 nov 2026, 13:00" in page
    town.index.pages[f"/v1/follows/{ONE[:-1]}2/end"] = (204, {})
    page = (await post(browser, f"/follows/{ONE[:-1]}2/end")).text
    assert "U volgt Z-2026-001234, persoon 2 van 2 niet meer." in page


async def test_the_case_number_goes_along_to_whoever_has_the_code(
    town: Town, browser: Browser
) -> None:
    offered = {"mark": "one", "until": "2026-11-30"}
    made = await followed(town, browser, offered=offered)
    until = {"code": CODE, "until": "2026-11-30"}
    town.index.pages["/v1/follow-offers"] = (201, until)
    page = await post(browser, "/follow-offers", follow=ONE)
    assert page.status_code == 200
    assert CODE in page.text
    assert "overnemen, tot en met 30 november 2026." in page.text
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_with_csrf(browser)
    assert "Z-2026-001234" not in (await browser.get("/follows")).text
    town.index.pages["/v1/follow-takeovers"] = (200, {"items": [made]})
    page = await post(browser, "/follow-takeovers", code=CODE.lower())
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
    shown = await post(browser, "/follow-offers", follow=ONE)
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
    page = await post(browser, "/follow-offers")
    assert (page.status_code, "Kies ten minste één zaak." in page.text) == (400, True)
    page = await post(browser, "/follow-takeovers", code=" ")
    assert (page.status_code, "Vul de code in" in page.text) == (400, True)
    problem = {
        "type": "https://index/v1/problems/unknown-offer",
        "title": "Met deze code is niets over te nemen.",
        "status": 404,
        "detail": "Kijk of u de code goed hebt overgenomen.",
    }
    town.index.pages["/v1/follow-takeovers"] = (404, problem)
    page = await post(browser, "/follow-takeovers", code="AAAA")
    assert (page.status_code, problem["title"] in page.text) == (404, True)
    assert re.search(r"<details open>\s*<summary>Zaken overnemen", page.text)


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
    page = (await post(browser, "/follow-takeovers", code=CODE)).text
    assert f"<strong>{ground['text']}</strong> Vraag een collega" in page
    assert 'name="code"' not in page
    assert "Met uw rol kijkt u in stilte." in page


async def test_without_a_case_there_is_nothing_to_hand_over_and_it_says_so(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.index.pages["/v1/follows"] = (200, {"items": []})
    page = (await browser.get("/follows")).text
    assert "U kunt nu niets aan een collega geven" in page
    town.index.pages["/v1/follows"] = (200, {"items": [], "unreadable": 2})
    page = (await browser.get("/follows")).text
    assert "Niet leesbaar: 2 zaken die u volgt" in page
    assert "U volgt nu geen zaken." not in page
