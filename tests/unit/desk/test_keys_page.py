"""The page of the key: which one, until when, by which ceremony, and every step."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from signal_index.wire.keys import RotationStage
from tests.desk_builders import Browser, Town

pytestmark = pytest.mark.anyio
PAGE = "/officer/keys"
DIGITS = "123 456 789 012 345 678"
ID = "01940000-0000-7000-8000-000000000001"
CEREMONY = {
    "transcript": "ab" * 32,
    "digits": DIGITS,
    "record": {"kind": "refresh", "keptAt": "2026-11-28T10:00:00Z"},
}


def a_step(act: str | None, **changed: object) -> dict[str, Any]:
    members = ("serial", "keyVersion", "epoch", "rowKey", "rows", "ceremony")
    step = dict.fromkeys(members) | {"years": [], "content": "readable"}
    step |= {"entryId": ID, "at": "2026-11-28T10:00:00Z", "by": "operator:root"}
    return step | {"act": act} | changed


def a_key(*acts: dict[str, Any], **used: object) -> dict[str, Any]:
    in_use = {
        "serial": 3,
        "keyVersion": 1,
        "epoch": 2,
        "threshold": 2,
        "holders": ["houder-noord", "houder-west", "houder-zuid"],
        "since": "2026-11-28T10:00:00Z",
        "renewedAt": "2026-11-29T10:00:00Z",
        "validity": {
            "serial": 3,
            "validUntil": "2028-11-27T09:00:00Z",
            "daysLeft": 700,
            "warning": "none",
        },
        "ceremony": CEREMONY,
    }
    return {
        "inUse": in_use | used,
        "rotations": [],
        "acts": list(acts),
        "complete": True,
    }


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


async def _read(town: Town, officer: Browser, key: dict[str, Any]) -> str:
    town.index.pages["/v1/keys"] = (200, key)
    page = await officer.get(PAGE)
    assert page.status_code == 200
    return page.text


async def test_it_says_which_key_since_when_until_when_and_by_whom(
    town: Town, officer: Browser
) -> None:
    page = await _read(town, officer, a_key())
    for text in (
        "versie 1, deling 2, instellingen nummer 3",
        "zaterdag 28 november 2026, 11:00",
        "Verlengd op zondag 29 november 2026, 11:00",
        "maandag 27 november 2028, 10:00",
        "delen vernieuwd",
        "houder-noord, houder-west en houder-zuid",
        DIGITS,
        "ab" * 32,
    ):
        assert text in page
    assert "ontbreekt" not in page


async def test_a_ceremony_without_a_record_is_a_warning(
    town: Town, officer: Browser
) -> None:
    page = await _read(town, officer, a_key(ceremony=CEREMONY | {"record": None}))
    assert "Het verslag van de ceremonie ontbreekt." in page
    assert "niet na te gaan zonder verslag" in page
    assert DIGITS in page


async def test_each_step_reads_in_words_with_what_it_is_about(
    town: Town, officer: Browser
) -> None:
    steps = (
        a_step("config-activated", serial=3, keyVersion=1, epoch=2, ceremony=CEREMONY),
        a_step("row-key-finished", rowKey=2, rows=1204),
        a_step("keys-created", keyVersion=1, years=[2026, 2027]),
        a_step("year-keys-created", years=[2028]),
        a_step("something-newer"),
        a_step(None, content="erased", by=None),
    )
    page = await _read(town, officer, a_key(*steps))
    for text in (
        "Sleutelinstellingen in gebruik genomen",
        f'delen vernieuwd, <span class="desk-digits-short">cijfers {DIGITS}<',
        "rijsleutel 2, 1.204 rijen",
        "2028",
        "something-newer",
        "Beheer van de index (root)",
    ):
        assert text in page


async def test_older_steps_than_it_shows_are_said(town: Town, officer: Browser) -> None:
    page = await _read(town, officer, a_key() | {"complete": False})
    assert "Wat ouder is, staat in het inzagelogboek." in page


def a_rotation(stage: str, **changed: object) -> dict[str, Any]:
    since = {"since": "2026-11-29T10:00:00Z", "until": None}
    return {"stage": stage, "former": 7, "following": 8} | since | changed


async def _read_rotation(town: Town, officer: Browser, **one: Any) -> str:  # noqa: ANN401 - JSON
    page = await _read(town, officer, a_key() | {"rotations": [a_rotation(**one)]})
    return page[page.index("utrecht-alert--info") : page.index("<dl")]


@pytest.mark.parametrize("stage", RotationStage)
async def test_a_rotation_that_is_half_done_says_where_it_is_and_what_comes_next(
    town: Town, officer: Browser, stage: RotationStage
) -> None:
    said = await _read_rotation(town, officer, stage=stage.value)
    assert "Sinds zondag 29 november 2026, 11:00." in said
    assert "Wat nu:" in said
    assert re.search(r"(rijsleutel|nummer|versie) [78]\b", said, re.IGNORECASE)
    assert "wisseling" not in said  # the words for what is not known


async def test_a_key_that_is_over_says_until_when_it_counted_and_what_to_type(
    town: Town, officer: Browser
) -> None:
    until = "2026-11-30T10:00:00Z"
    said = await _read_rotation(town, officer, stage="key-over", until=until)
    assert "Versie 7 telt tot maandag 30 november 2026, 11:00." in said
    assert "signal-index keys rotate destroy 7" in said


async def test_a_stage_that_is_newer_than_the_desk_is_a_rotation_all_the_same(
    town: Town, officer: Browser
) -> None:
    said = await _read_rotation(town, officer, stage="something-newer", since=None)
    assert "Er loopt een wisseling van sleutels: van nummer 7 naar nummer 8." in said
