"""The rules and the second pair of eyes at the desk, with an index in memory."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from desk.errors import IndexUnreachable
from desk.holders import Passed
from desk.officer.policy_view import describe_matrix, describe_rules
from desk.officer.told import read_told
from tests.desk_builders import Browser, Town, csrf_of

pytestmark = pytest.mark.anyio

DIGEST = hashlib.sha256(b"bundle").hexdigest()
ID = "0193f1c2-0000-7000-8000-000000000001"
PAGE = "/officer/policy"
APPROVALS = "/officer/approvals"
REFUSED: Mapping[str, Any] = {
    "type": "https://index.test/problems/same-person",
    "title": "U kunt uw eigen verzoek niet goedkeuren.",
    "status": 403,
    "detail": "Vraag een collega.",
}


def a_policy(**changed: object) -> dict[str, Any]:
    """The rules of a municipality: one purpose, two kinds of signals, two rules."""
    return {
        "municipality": "9901",
        "inForce": {
            "serial": 0,
            "digest": DIGEST,
            "version": "2026.1",
            "isShipped": True,
            "isUsable": True,
        },
        "mayPropose": True,
        "roles": [
            {"id": "generalist", "label": "Generalist"},
            {"id": "generalist-safety", "label": "Generalist veiligheid"},
        ],
        "categories": [
            {"id": "bijstand", "label": "Bijstand", "short": "b", "active": True},
            {"id": "ww-uitkering", "label": "WW", "short": "WW", "active": False},
        ],
        "purposes": [
            {
                "id": "wmo-onderzoek",
                "label": "Wmo",
                "sentence": "Een generalist ziet met dit doel bijstand.",
                "needs": ["een zaaknummer"],
                "breakGlass": True,
                "legalBases": [{"label": "Wmo 2015", "checked": False}],
                "established": None,
                "sees": [{"category": "bijstand", "roles": ["generalist-safety"]}],
            }
        ],
        "rules": [
            a_rule("permit-look-up", "permit", "", "Een bevraging mag."),
            a_rule("case", "forbid", "question", "Een zaaknummer hoort erbij."),
        ],
        "history": [],
        "proposals": [],
        **changed,
    }


def a_rule(name: str, effect: str, about: str, text: str) -> dict[str, Any]:
    return {
        "id": name,
        "effect": effect,
        "about": about,
        "text": text,
        "remedy": "",
        "lifted": False,
    }


def an_approval(**changed: object) -> dict[str, Any]:
    """A proposal of a colleague that waits."""
    return {
        "id": ID,
        "kind": "policy-activation",
        "titleCode": "policy-wider",
        "digest": DIGEST,
        "needsRole": "privacy-officer",
        "state": "open",
        "requestedBy": "anke",
        "own": False,
        "requestedAt": "2026-11-22T12:00:00Z",
        "expiresAt": "2026-12-06T12:00:00Z",
        "decidedBy": None,
        "decidedAt": None,
        **changed,
    }


def a_simulation(**changed: object) -> dict[str, Any]:
    """What a proposal changes: one kind of signal more."""
    return {
        "digest": DIGEST,
        "base": "0" * 64,
        "version": "2026.2",
        "widens": True,
        "differences": [
            {"direction": "wider", "about": "category", "text": "WW: doet mee."}
        ],
        "matrix": {
            "wider": [{"purpose": "Wmo", "category": "WW", "role": "Generalist"}],
            "narrower": [],
        },
        "days": 90,
        "questions": {
            "total": 20_000,
            "isAll": False,
            "wider": 7,
            "narrower": 0,
            "newlyAnswered": 0,
            "newlyRefused": 0,
            "kinds": [{"purpose": "Wmo", "category": "WW", "gained": 7, "lost": 0}],
        },
        **changed,
    }


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages |= {
        "/v1/policy": (200, a_policy()),
        "/v1/policy/simulations": (200, a_simulation()),
        "/v1/policy/proposals": (201, an_approval(own=True)),
        "/v1/approvals": (200, {"open": [an_approval()], "decided": []}),
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


async def test_the_rules_are_shown_with_matrix_sentences_and_version(
    officer: Browser,
) -> None:
    page = (await officer.get(PAGE)).text
    for text in (
        "meegeleverd met de software",
        "Een generalist ziet met dit doel bijstand.",
        "Een zaaknummer hoort erbij.",
        "nog niet nagekeken door een jurist",
        "nog niet. Daarom is dit doel dicht.",
        DIGEST,
    ):
        assert text in page


async def test_rules_that_cannot_be_read_are_told_of(
    town: Town, officer: Browser
) -> None:
    broken = a_policy()["inForce"] | {"isUsable": False}
    town.index.pages["/v1/policy"] = (200, a_policy(inForce=broken))
    assert "De index toont nu niets." in (await officer.get(PAGE)).text


async def test_who_may_not_propose_finds_no_button(
    town: Town, officer: Browser
) -> None:
    town.index.pages["/v1/policy"] = (200, a_policy(mayPropose=False))
    assert f"{PAGE}/change" not in (await officer.get(PAGE)).text


def test_a_cell_names_letters_for_the_eye_and_roles_for_the_ear() -> None:
    matrix = describe_matrix(a_policy())
    assert matrix.legend == (("A", "Generalist"), ("B", "Generalist veiligheid"))
    (first, second) = matrix.rows
    assert (first.cells[0].letters, first.cells[0].roles) == (
        "B",
        "Generalist veiligheid",
    )
    assert second.cells[0].letters == ""


def test_rules_are_in_three_groups() -> None:
    groups = {group: [one["id"] for one in rules] for group, rules in _groups()}
    assert groups == {
        "permit": ["permit-look-up"],
        "question": ["case"],
        "category": [],
    }


def _groups() -> tuple[tuple[str, tuple[dict[str, Any], ...]], ...]:
    return describe_rules(a_policy())


async def test_a_switch_is_simulated_as_it_was_filled_in(
    town: Town, officer: Browser
) -> None:
    form = f"{PAGE}/change/ww-uitkering"
    page = await _send(
        officer,
        form,
        form,
        active="on",
        purposes="wmo-onderzoek",
        statute=" Wet SUWI ",
        article="62",
        checked="yes",
    )
    assert town.index.asked[-1] == {
        "category": {
            "id": "ww-uitkering",
            "active": True,
            "purposes": ["wmo-onderzoek"],
            "statute": "Wet SUWI",
            "article": "62",
            "checked": True,
        }
    }
    assert "Dit voorstel verruimt." in page.text
    assert "dit zijn de nieuwste 20000" in page.text


async def test_switching_off_asks_nothing_else(town: Town, officer: Browser) -> None:
    form = f"{PAGE}/change/bijstand"
    await _send(officer, form, form, active="off", statute="left over")
    assert town.index.asked[-1]["category"] == {
        "id": "bijstand",
        "active": False,
        "purposes": [],
        "statute": "",
        "article": "",
        "checked": False,
    }


async def test_a_file_is_sent_as_it_is_and_its_faults_are_shown(
    town: Town, officer: Browser
) -> None:
    problem = {
        "type": "/problems/policy-invalid",
        "title": "Dit voorstel bevat fouten.",
        "errors": [{"field": "a.cedar", "code": "line-3", "message": "<b>fout</b>"}],
    }
    town.index.pages["/v1/policy/simulations"] = (400, problem)
    shown = await officer.get(f"{PAGE}/change")
    page = await officer.post(
        f"{PAGE}/preview",
        data={"csrf": csrf_of(shown)},
        files={"bundle": ("x.json", b"{}", "application/json")},
    )
    assert town.index.asked[-1] == {"bundle": "{}"}
    assert page.status_code == 400
    assert "a.cedar, regel 3: &lt;b&gt;fout" in page.text


async def test_what_was_shown_is_proposed_and_leads_to_where_it_waits(
    town: Town, officer: Browser
) -> None:
    sent = await _send(
        officer,
        f"{PAGE}/change",
        f"{PAGE}/proposals",
        proposal='{"category": {"id": "x"}}',
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{APPROVALS}/{ID}")
    assert town.index.asked[-1] == {"category": {"id": "x"}}


async def test_an_unknown_kind_of_signal_is_not_found(officer: Browser) -> None:
    assert (await officer.get(f"{PAGE}/change/nothing")).status_code == 404


async def test_what_waits_is_listed_by_its_sentence(officer: Browser) -> None:
    page = (await officer.get(APPROVALS)).text
    assert "Regels wijzigen: dit verruimt" in page
    assert "anke" in page


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
    own = {"open": [an_approval(own=True)], "decided": []}
    town.index.pages["/v1/approvals"] = (200, own)
    page = (await officer.get(f"{APPROVALS}/{ID}")).text
    assert "Keur goed" not in page
    assert "Trek in" in page


async def test_a_decision_is_sent_and_shown(town: Town, officer: Browser) -> None:
    path = f"{APPROVALS}/{ID}"
    sent = await _send(officer, path, f"{path}/decision", decision="approved")
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert town.index.asked[-1] == {"decision": "approved"}


async def test_what_the_index_says_against_it_stands_on_the_page(
    town: Town, officer: Browser
) -> None:
    town.index.pages[f"/v1/approvals/{ID}/decision"] = (403, REFUSED)
    path = f"{APPROVALS}/{ID}"
    page = await _send(officer, path, f"{path}/decision", decision="approved")
    assert page.status_code == 409
    assert "U kunt uw eigen verzoek niet goedkeuren." in page.text


async def test_another_kind_leads_to_what_it_is_about(
    town: Town, officer: Browser
) -> None:
    other = an_approval(kind="embargo", titleCode="embargo", needsRole=None)
    town.index.pages["/v1/approvals"] = (200, {"open": [other], "decided": []})
    page = (await officer.get(f"{APPROVALS}/{ID}")).text
    assert "/officer/citizens/embargoes" in page


@pytest.mark.parametrize(
    "path", [f"{PAGE}/proposals", f"{PAGE}/preview", f"{APPROVALS}/{ID}/decision"]
)
async def test_a_foreign_form_changes_nothing(
    town: Town, officer: Browser, path: str
) -> None:
    before = len(town.index.asked)
    assert (await officer.post(path, data={"csrf": "x"})).status_code == 403
    assert len(town.index.asked) == before


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/change", APPROVALS])
async def test_a_generalist_has_none_of_these_pages(
    town: Town, desk: FastAPI, path: str
) -> None:
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        assert (await browser.get(path)).status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"<html>"])
def test_an_answer_that_is_no_problem_is_no_answer(body: bytes) -> None:
    with pytest.raises(IndexUnreachable):
        read_told(Passed(400, "text/html", body))


def test_what_was_done_is_told_as_nothing() -> None:
    assert read_told(Passed(201, "application/json", b"{}")) is None
