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


async def post(browser: Browser, path: str, **form: object) -> Any:  # noqa: ANN401
    page = await browser.get("/follows")
    data: dict[str, Any] = {"csrf": csrf_of(page), **form}
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
    for path in (f"/follows/{ONE}/end", "/hand-over", "/hand-over/taken"):
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
        assert f">{named}</span>" in page
        assert f"Wilt u {named} niet meer volgen?" in page
    assert "sinds ma 23 nov 2026, 13:00" in page
    town.index.pages[f"/v1/follows/{ONE[:-1]}2/end"] = (204, {})
    page = (await post(browser, f"/follows/{ONE[:-1]}2/end")).text
    assert "U volgt Z-2026-001234, persoon 2 van 2 niet meer." in page


async def test_what_cannot_be_read_is_counted_and_is_not_nothing(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    town.index.pages["/v1/follows"] = (200, {"items": [], "unreadable": 2})
    page = (await browser.get("/follows")).text
    assert "Niet leesbaar: 2 zaken die u volgt" in page
    assert "U volgt nu geen zaken." not in page
