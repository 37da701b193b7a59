"""Anybody reads at the desk what is kept in the index here, without logging in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk_builders import Browser, Town

pytestmark = pytest.mark.anyio
ABOUT: dict[str, Any] = {
    "municipality": "9901",
    "organisation": "Gemeente Voorbeeld",
    "categories": [
        {"label": "Bijstand", "text": "U krijgt bijstand.", "sources": ["Werkplein"]}
    ],
    "purposes": [
        {
            "label": "Onderzoek na een melding",
            "text": "U heeft om hulp gevraagd.",
            "laws": ["Wmo 2015, artikel 2.3.2"],
            "since": "2026-01-01",
            "openedBy": "College van B en W",
            "staatsblad": None,
        }
    ],
    "figures": {
        "first": "2026-07-01",
        "last": "2026-09-30",
        "lookups": 1234,
        "emergencies": None,
        "refusals": 0,
    },
    "holders": ["ictu", "vng"],
    "witnesses": [],
}


async def test_it_is_read_without_a_login_and_linked_from_every_page(
    town: Town, browser: Browser
) -> None:
    town.index.pages[f"/v1/about/{town.settings.organisation}"] = (200, ABOUT)
    assert 'href="/over"' in (await browser.get("/")).text
    page = await browser.get("/over")
    assert page.status_code == 200, page.text
    text = " ".join(page.text.split())
    for said in (
        "Werkplein",
        "Wmo 2015, artikel 2.3.2",
        "1 januari 2026",
        "Gekeken: <strong>1234</strong>",
        "te weinig om te noemen",
        "Geweigerd: <strong>0</strong>",
        "ictu en vng",
        "houdt hier nog geen ander in de gaten",
    ):
        assert said in text, said


async def test_an_index_that_does_not_answer_is_a_calm_page(
    town: Town, browser: Browser
) -> None:
    town.index.pages[f"/v1/about/{town.settings.organisation}"] = (
        503,
        {"type": "about:blank", "status": 503},
    )
    assert (await browser.get("/over")).status_code >= 500
