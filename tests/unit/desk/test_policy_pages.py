"""The rules at the desk, with an index in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from desk.errors import IndexUnreachable
from desk.holders import Passed
from desk.officer.policy_view import describe_matrix, describe_rules
from desk.officer.told import read_told
from signal_index.wire.policies import Policy
from tests.desk_builders import Browser, Town, csrf_of
from tests.policy_answers import (
    DIGEST,
    ID,
    NONE_DECIDED,
    a_policy,
    a_rule,
    a_simulation,
    an_approval,
)

pytestmark = pytest.mark.anyio

PAGE = "/officer/policy"
APPROVALS = "/officer/approvals"


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
    data = {"csrf": csrf_of(shown), **fields}
    return await officer.post(path, data=data, follow_redirects=True)


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
    matrix = describe_matrix(Policy.model_validate(a_policy()))
    assert matrix.legend == (("A", "Generalist"), ("B", "Generalist veiligheid"))
    (first, second) = matrix.rows
    assert (first.cells[0].letters, first.cells[0].roles) == (
        "B",
        "Generalist veiligheid",
    )
    assert second.cells[0].letters == ""


def test_rules_are_in_groups_those_of_the_loop_apart() -> None:
    given = a_policy()
    silent = a_rule("silent-purpose", "forbid", "question", "Niemand hoort ervan.")
    given["rules"].append(silent | {"chapter": "loop"})
    groups = {
        group: [one.id for one in rules]
        for group, rules in describe_rules(Policy.model_validate(given))
    }
    assert groups == {
        "permit": ["permit-look-up"],
        "question": ["case"],
        "category": [],
        "loop": ["silent-purpose"],
    }


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
        "status": 400,
        "errors": [{"field": "a.cedar", "code": "line-3", "message": "<b>fout</b>"}],
    }
    town.index.pages["/v1/policy/simulations"] = (400, problem)
    shown = await officer.get(f"{PAGE}/change")
    page = await officer.post(
        f"{PAGE}/preview",
        data={"csrf": csrf_of(shown)},
        files={"bundle": ("x.json", b"{}", "application/json")},
        follow_redirects=True,
    )
    assert town.index.asked[-1] == {"bundle": "{}"}
    assert page.status_code == 400
    assert "a.cedar, regel 3: &lt;b&gt;fout" in page.text


async def test_what_was_shown_is_proposed_and_leads_to_where_it_waits(
    town: Town, officer: Browser
) -> None:
    form = f"{PAGE}/change/bijstand"
    page = await _send(officer, form, form, active="off")
    compared, told = town.index.asked[-1], len(town.index.asked)
    to = page.text.split('method="post" action="')[1].split('"')[0]
    sent = await officer.post(to, data={"csrf": csrf_of(page)})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{APPROVALS}/{ID}")
    assert town.index.asked[told:] == [compared]


async def test_an_unknown_kind_of_signal_is_not_found(officer: Browser) -> None:
    assert (await officer.get(f"{PAGE}/change/nothing")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [f"{PAGE}/preview/1/proposal", f"{PAGE}/preview", f"{APPROVALS}/{ID}/decision"],
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
