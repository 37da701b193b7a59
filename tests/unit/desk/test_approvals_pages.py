"""The second pair of eyes at the desk, with an index in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.desk_builders import Browser, Town, csrf_of
from tests.policy_answers import (
    DIGEST,
    ID,
    NONE_DECIDED,
    a_policy,
    a_simulation,
    an_approval,
)

pytestmark = pytest.mark.anyio

PAGE = "/officer/policy"
APPROVALS = "/officer/approvals"
REFUSED: Mapping[str, Any] = {
    "type": "https://index.test/problems/same-person",
    "title": "U kunt uw eigen verzoek niet goedkeuren.",
    "status": 403,
    "detail": "Vraag een collega.",
}


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages |= {
        "/v1/policy": (200, a_policy()),
        "/v1/policy/simulations": (200, a_simulation()),
        "/v1/policy/proposals": (201, an_approval(own=True)),
        "/v1/approvals": (200, {"open": [an_approval()], **NONE_DECIDED}),
        f"/v1/approvals/{ID}/decision": (200, an_approval(state="approved")),
    }
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


async def _send(
    officer: Browser, page: str, path: str, **fields: str
) -> httpx.Response:
    shown = await officer.get(page)
    return await officer.post(path, data={"csrf": csrf_of(shown), **fields})


async def test_what_waits_is_listed_by_its_sentence(officer: Browser) -> None:
    page = (await officer.get(APPROVALS)).text
    assert "Regels wijzigen: dit verruimt" in page
    assert "anke" in page


async def test_the_menu_counts_what_waits_and_is_not_ones_own(
    town: Town, officer: Browser
) -> None:
    assert "Goedkeuringen (1)" in (await officer.get(PAGE)).text
    own = {"open": [an_approval(own=True)], **NONE_DECIDED}
    town.index.pages["/v1/approvals"] = (200, own)
    assert "Goedkeuringen (" not in (await officer.get(APPROVALS)).text
    assert "Goedkeuringen (" not in (await officer.get(PAGE)).text


@pytest.mark.parametrize(
    ("kind", "opened", "is_seen"),
    [
        ("embargo", APPROVALS, True),
        ("embargo", f"{APPROVALS}/{ID}", True),
        ("transfer", "/officer/transfers", True),
        ("embargo", "/officer/transfers", False),
    ],
)
async def test_what_was_refused_to_who_asked_is_counted_until_it_was_seen(
    town: Town, officer: Browser, kind: str, opened: str, *, is_seen: bool
) -> None:
    refused = an_approval(
        kind=kind,
        state="refused",
        own=True,
        decidedBy={"organisation": "00000001800000009901", "user": "mila"},
        decidedAt="2026-11-22T13:00:00Z",
    )
    others = refused | {"id": ID[:-1] + "9", "own": False}
    found = {"open": [], "decided": [refused, others], "unreadable": 0}
    town.index.pages["/v1/approvals"] = (200, found)
    town.index.pages["/v1/transfers"] = (200, {"items": [], "sources": []})
    assert "Goedkeuringen (1)" in (await officer.get(PAGE)).text
    page = await officer.get(opened)
    assert page.status_code == 200
    assert ("Goedkeuringen (1)" in page.text) is not is_seen
    assert ("Uw verzoek is afgewezen" in page.text) is (opened == APPROVALS)
    assert ("Goedkeuringen (1)" in (await officer.get(PAGE)).text) is not is_seen


async def test_the_second_person_sees_what_changes_before_deciding(
    town: Town, officer: Browser
) -> None:
    page = (await officer.get(f"{APPROVALS}/{ID}")).text
    assert town.index.asked[-1] == {"approval": ID}
    assert "WW: doet mee." in page
    assert "Keur goed" in page


async def test_ones_own_request_has_no_button_to_approve(
    town: Town, officer: Browser
) -> None:
    own = {"open": [an_approval(own=True)], **NONE_DECIDED}
    town.index.pages["/v1/approvals"] = (200, own)
    page = (await officer.get(f"{APPROVALS}/{ID}")).text
    assert "Keur goed" not in page
    assert "Trek in" in page


async def test_a_decision_is_sent_and_shown(town: Town, officer: Browser) -> None:
    path = f"{APPROVALS}/{ID}"
    page = (await officer.get(path)).text
    assert f'name="shown" value="{DIGEST}"' in page
    said = {"decision": "approved", "shown": DIGEST}
    sent = await _send(officer, path, f"{path}/decision", **said)
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert town.index.asked[-1] == said | {"reason": None}
    sent = await _send(
        officer, path, f"{path}/decision", decision="refused", reason="too-wide"
    )
    refused = {"decision": "refused", "reason": "too-wide", "shown": None}
    assert town.index.asked[-1] == refused


async def test_what_the_index_says_against_it_stands_on_the_page(
    town: Town, officer: Browser
) -> None:
    town.index.pages[f"/v1/approvals/{ID}/decision"] = (403, REFUSED)
    path = f"{APPROVALS}/{ID}"
    said = {"decision": "approved", "shown": DIGEST}
    page = await _send(officer, path, f"{path}/decision", **said)
    assert page.status_code == 409
    assert "U kunt uw eigen verzoek niet goedkeuren." in page.text


async def test_another_kind_leads_to_what_it_is_about(
    town: Town, officer: Browser
) -> None:
    other = an_approval(kind="embargo", titleCode="embargo", needsRole=None)
    town.index.pages["/v1/approvals"] = (200, {"open": [other], **NONE_DECIDED})
    page = (await officer.get(f"{APPROVALS}/{ID}")).text
    assert "/officer/citizens/embargoes" in page
