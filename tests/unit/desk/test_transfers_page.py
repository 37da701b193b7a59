"""The page on which signals pass to another source, with an index in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.desk_builders import Browser, Town, csrf_of
from tests.policy_answers import ID, NONE_DECIDED, an_approval

pytestmark = pytest.mark.anyio

PAGE = "/officer/transfers"
FIRST, SECOND, THIRD = ("0" * 19 + str(n) for n in (1, 2, 3))
BALIE: dict[str, Any] = {
    "id": "0193f1c2-0000-7000-8000-00000000000a",
    "function": "Balie",
    "name": None,
    "phone": "+31182555100",
    "officeHours": [{"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}],
}
CONTACT = BALIE["id"]


def a_source(oin: str, name: str, category: str) -> dict[str, Any]:
    return {
        "oin": oin,
        "name": name,
        "categories": [{"code": category, "label": category.title(), "signals": 12}],
        "contacts": [{**BALIE, "signals": 12}],
        "corrections": 3,
    }


SHOWN = "5" * 64


def a_transfer(**changed: object) -> dict[str, Any]:
    return {
        "id": ID,
        "approvalId": ID,
        "source": FIRST,
        "sourceName": "Kredietbank Oost",
        "successor": SECOND,
        "successorName": "Schuldhulp Samen",
        "categories": [{"code": "schulden", "label": "Schulden"}],
        "contacts": None,
        "contactHolder": None,
        "reason": "merger",
        "passing": {
            "signals": 12,
            "contacts": [{**BALIE, "signals": 12}],
            "corrections": 3,
        },
        "askedAt": "2026-11-24T09:00:00Z",
        "state": "open",
        "carriedOutAt": None,
        "signals": None,
        "shown": SHOWN,
        **changed,
    }


def the_transfers(*items: dict[str, Any]) -> dict[str, Any]:
    sources = [
        a_source(FIRST, "Kredietbank Oost", "schulden"),
        a_source(SECOND, "Schuldhulp Samen", "schulden"),
        a_source(THIRD, "Werkplein", "bijstand"),
    ]
    return {"items": list(items), "sources": sources}


def beside(page: str, field: str) -> str:
    """Give what stands at a field that was not right."""
    return page.split(f'id="{field}-error">')[1].split("</p>", maxsplit=1)[0]


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["municipality-administrator"]
    town.index.pages |= {
        "/v1/transfers": (200, the_transfers()),
        "/v1/approvals": (200, {"open": [], **NONE_DECIDED}),
    }
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


async def test_only_who_publishes_the_same_can_be_chosen_to_take_over(
    officer: Browser,
) -> None:
    page = (await officer.get(f"{PAGE}?source={FIRST}")).text
    assert f'value="{SECOND}"' in page
    assert f'value="{THIRD}"' not in page
    assert "Hun nummers ziet dan niemand, tot de organisatie" in page
    alone = (await officer.get(f"{PAGE}?source={THIRD}")).text
    assert "Geen andere organisatie levert dezelfde soort" in alone


async def test_only_whom_a_signal_names_can_be_chosen(
    town: Town, officer: Browser
) -> None:
    told = the_transfers()
    idle = "0193f1c2-0000-7000-8000-00000000000b"
    told["sources"][0]["contacts"].append({**BALIE, "id": idle, "signals": 0})
    town.index.pages["/v1/transfers"] = (200, told)
    page = (await officer.get(f"{PAGE}?source={FIRST}")).text
    assert f'id="contact-{CONTACT}"' in page
    assert f'id="contact-{idle}"' not in page


async def test_two_of_one_function_and_number_are_told_apart(
    town: Town, officer: Browser
) -> None:
    """A team may have two contact persons behind one number, at other hours."""
    told = the_transfers(a_transfer())
    twin = {**BALIE, "id": CONTACT[:-1] + "b", "officeHours": [], "signals": 3}
    for source in told["sources"][:2]:
        source["contacts"].append(twin)
    told["items"][0]["passing"]["contacts"] = [{**BALIE, "signals": 12}, twin]
    town.index.pages["/v1/transfers"] = (200, told)
    page = " ".join((await officer.get(f"{PAGE}?source={FIRST}")).text.split())
    first = "; ma di van 09:00 tot 17:00 (nu 12) (kenmerk …0000000a)"
    second = " (nu 3) (kenmerk …0000000b)"
    for said in (first, second):
        assert page.count(said) == 3, "to pass on, to choose, and in the facts"
    town.index.pages["/v1/transfers"] = (200, the_transfers())
    page = (await officer.get(f"{PAGE}?source={FIRST}")).text
    assert "kenmerk …" not in page


async def test_the_form_asks_exactly_what_was_chosen(
    town: Town, officer: Browser
) -> None:
    shown = await officer.get(f"{PAGE}?source={FIRST}")
    town.index.pages["/v1/transfers"] = (201, a_transfer())
    typed = {
        "csrf": csrf_of(shown),
        "source": FIRST,
        "successor": SECOND,
        "category": "schulden",
        "which": "some",
        "contact": CONTACT,
        "contactHolder": "",
        "reason": "team-split",
    }
    answer = await officer.post(PAGE, data=typed)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{PAGE}?said=")
    assert town.index.asked[-1] == {
        "source": FIRST,
        "successor": SECOND,
        "categories": ["schulden"],
        "contacts": [CONTACT],
        "contactHolder": None,
        "reason": "team-split",
    }


async def test_a_contact_person_beside_all_signals_is_refused_and_not_ignored(
    town: Town, officer: Browser
) -> None:
    shown = await officer.get(f"{PAGE}?source={FIRST}")
    typed = {
        "csrf": csrf_of(shown),
        "source": FIRST,
        "successor": SECOND,
        "category": "schulden",
        "which": "all",
        "contact": CONTACT,
        "reason": "team-split",
    }
    before = list(town.index.asked)
    answer = await officer.post(PAGE, data=typed)
    assert answer.status_code == 400
    assert ", en ook een contactpersoon." in beside(answer.text, "contacts")
    assert town.index.asked == before


async def test_what_was_not_chosen_is_said_beside_the_form_which_keeps_the_rest(
    town: Town, officer: Browser
) -> None:
    shown = await officer.get(f"{PAGE}?source={FIRST}")
    before = list(town.index.asked)
    typed = {"csrf": csrf_of(shown), "source": FIRST, "successor": SECOND}
    answer = await officer.post(PAGE, data=typed)
    assert answer.status_code == 400
    assert "<li>Soorten signalen" in answer.text
    assert "Kies hier iets." in beside(answer.text, "categories")
    assert f'value="{SECOND}" selected' in answer.text
    assert town.index.asked == before


async def test_which_signals_stand_in_the_way_is_shown(
    town: Town, officer: Browser
) -> None:
    path, decision = f"/officer/approvals/{ID}", f"/v1/approvals/{ID}/decision"
    waiting = an_approval(kind="transfer", titleCode="transfer")
    town.index.pages |= {
        "/v1/transfers": (200, the_transfers(a_transfer())),
        "/v1/approvals": (200, {"open": [waiting], **NONE_DECIDED}),
        decision: (409, {"type": "/problems/transfer-collides", "references": [ID]}),
    }
    page = await officer.get(path)
    assert f'name="shown" value="{SHOWN}"' in page.text
    typed = {"csrf": csrf_of(page), "decision": "approved", "shown": SHOWN}
    answer = await officer.post(f"{path}/decision", data=typed)
    assert town.index.asked[-1]["shown"] == SHOWN
    assert f'<span class="desk-table__code">{ID}</span>' in answer.text


async def test_the_second_person_reads_the_whole_transfer_before_deciding(
    town: Town, officer: Browser
) -> None:
    town.index.pages["/v1/transfers"] = (200, the_transfers(a_transfer()))
    waiting = an_approval(kind="transfer", titleCode="transfer")
    town.index.pages["/v1/approvals"] = (200, {"open": [waiting], **NONE_DECIDED})
    page = (await officer.get(f"/officer/approvals/{ID}")).text
    for words in (
        *("Kredietbank Oost", "Schuldhulp Samen", "De contactpersonen gaan"),
        *("De organisaties gaan samen", "Signalen: 12", "nog niet klaar zijn: 3"),
        *("Contactpersonen: 1", "0182 555 100"),
        "De contactpersonen gaan mee. Hun nummers ziet niemand, tot",
    ):
        assert words in page
    assert "SHA-256" not in page
    assert "Bel eerst" not in page
    assert "Vraag de privacy officer eerst" not in page


async def test_one_that_was_refused_leads_to_who_refused_it_and_why(
    town: Town, officer: Browser
) -> None:
    refused = a_transfer(state="refused", passing=None)
    town.index.pages["/v1/transfers"] = (200, the_transfers(refused))
    page = (await officer.get("/officer/transfers")).text
    assert f'href="/officer/approvals/{ID}">Wie dit vroeg, wie besliste' in page


@pytest.mark.parametrize("state", ["open", "approved"])
async def test_each_says_who_asked(town: Town, officer: Browser, state: str) -> None:
    asked = an_approval(kind="transfer", state=state)
    waits, over = ([asked], []) if state == "open" else ([], [asked])
    town.index.pages |= {
        "/v1/transfers": (200, the_transfers(a_transfer(state=state))),
        "/v1/approvals": (200, {"open": waits, "decided": over, "unreadable": 0}),
    }
    assert "Gevraagd door anke" in (await officer.get(PAGE)).text


async def test_a_generalist_does_not_find_the_page(town: Town, desk: FastAPI) -> None:
    town.provider.person["roles"] = ["generalist"]
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        assert (await browser.get(PAGE)).status_code == 403


async def test_who_asked_reads_that_it_was_refused_and_why(
    town: Town, officer: Browser
) -> None:
    refused = an_approval(
        kind="transfer",
        state="refused",
        own=True,
        reason="not-now",
        decidedBy={"organisation": "00000001800000009901", "user": "mila"},
        decidedAt="2026-11-25T09:00:00Z",
    )
    town.index.pages |= {
        "/v1/transfers": (200, the_transfers(a_transfer(state="refused"))),
        "/v1/approvals": (200, {"open": [], "decided": [refused], "unreadable": 0}),
    }
    page = (await officer.get(PAGE)).text
    assert "Afgewezen: uw aanvraag voor Kredietbank Oost." in page
    assert "Nu niet, later misschien wel" in page
    town.index.pages["/v1/approvals"] = (
        200,
        {"open": [], "decided": [refused | {"own": False}], "unreadable": 0},
    )
    page = (await officer.get(PAGE)).text
    assert "uw aanvraag" not in page
    assert "Nu niet, later misschien wel" in page
