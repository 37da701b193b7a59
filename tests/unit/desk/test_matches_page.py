"""The page Matches: whom to call, who leads, and what both sides said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from desk.agency.cases import name_case
from desk.involved.keeping import Note
from keys.case_seal import CaseKey
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.values import Label, Phone
from tests.contact_builders import a_flag_contact
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.holders_builders import NOON

pytestmark = pytest.mark.anyio
PATH = "/agency/matches"
ID = str(UUID(int=7))
STEPS = f"{PATH}/{ID}/steps"
ROLE = "source-administrator"


def a_match(**changed: object) -> dict[str, Any]:
    """A match as the index hands it out."""
    said = ContactHolder(
        function=Label("Klantmanager Inkomen"),
        phone=Phone("+31182555102"),
        lastVerified=date(2026, 11, 1),
    )
    contact = a_flag_contact(said).model_dump(mode="json")
    partner = {
        "organisation": "Werkplein Oost",
        "category": "bijstand",
        "categoryLabel": "Bijstandsuitkering",
        "contactHolder": contact,
    }
    return {
        "id": ID,
        "source": "00000001000000000011",
        "reference": str(UUID(int=5)),
        "case": None,
        "municipality": "9901",
        "category": "schuldhulpverlening",
        "categoryLabel": "Schuldhulp",
        "partner": partner,
        "foundOn": "2026-11-20",
        "until": "2027-02-18",
        "stage": "open",
        "lead": None,
        "step": 3,
        "lastStepBy": None,
        "lastStepOn": None,
        "followUpBy": "2026-12-04",
        "isOverdue": False,
        **changed,
    }


def _hand_out(town: Town, matches: Sequence[dict[str, Any]], unreadable: int) -> None:
    page = {
        "items": list(matches),
        "next": None,
        "unreadable": unreadable,
        "closedDays": [],
        "padding": "",
    }
    town.index.pages["/v1/matches"] = (200, page)


async def _search(browser: Browser, form: dict[str, str]) -> httpx.Response:
    """Search by form, and go to what it leads to."""
    path = "/agency/matches/search"
    return await browser.post(path, data=form, follow_redirects=True)


async def _open(
    town: Town,
    browser: Browser,
    *matches: dict[str, Any],
    unreadable: int = 0,
    role: str = ROLE,
) -> str:
    town.provider.person["roles"] = [role]
    _hand_out(town, matches, unreadable)
    await log_in(browser)
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def _refuse(town: Town, status: int, slug: str) -> None:
    said = {"type": f"/problems/{slug}", "title": "x", "status": status, "detail": "x"}
    town.index.pages[f"POST /v1/matches/{ID}/steps"] = (status, said)


async def test_it_says_whom_to_call_and_offers_what_does_not_hold_yet(
    town: Town, browser: Browser
) -> None:
    page = await _open(town, browser, a_match(), unreadable=2)
    assert "Zaaknummer niet bekend" in page
    assert "Helpt ook: Werkplein Oost (Bijstandsuitkering)" in page
    assert 'href="tel:+31182555102"' in page
    assert "Laat uiterlijk 4 december 2026 iets weten." in page
    assert "Nog niemand heeft het voortouw." in page
    assert page.count('name="act"') == 5
    assert "Klaar, zonder afspraak?" in page
    assert "Matches die de signaalindex niet kan lezen: 2." in page
    assert "Matches (1)" in page


def test_a_case_that_another_sealed_is_called_as_it_was_noted_here() -> None:
    reference, key = UUID(int=5), CaseKey(bytes(32))
    noted = {reference: Note("KB-1", "bijstand", None, NOON)}
    assert name_case(reference, key.seal(reference, "KB-2"), key, noted) == "KB-2"
    for other in (CaseKey(b"o" * 32).seal(reference, "KB-3"), None):
        assert name_case(reference, other, key, noted) == "KB-1"
        assert name_case(reference, other, key, {}) == ""


@pytest.mark.parametrize("lead", ["own", "other"])
async def test_a_lead_without_an_agreement_says_to_call_still(
    town: Town, browser: Browser, lead: str
) -> None:
    said = "Bel Werkplein Oost nog, en spreek af wie wat doet."
    assert said in await _open(town, browser, a_match(lead=lead))
    agreed = a_match(stage="agreed", lead=lead, followUpBy=None)
    assert said not in await _open(town, browser, agreed)


async def test_what_holds_is_not_offered_and_nothing_after_it_is_done(
    town: Town, browser: Browser
) -> None:
    said = {"lastStepBy": "other", "lastStepOn": "2026-11-21", "followUpBy": None}
    agreed = a_match(stage="agreed", lead="other", **said)
    page = await _open(town, browser, agreed)
    assert "Werkplein Oost heeft het voortouw." in page
    assert "Werkplein Oost liet dit weten op 21 november 2026." in page
    assert 'value="agreed"' not in page
    assert "Klaar, zonder afspraak?" not in page
    assert "<summary>Klaar?</summary>" in page
    assert 'value="leave-lead"' not in page
    assert "Matches (" not in page
    done = a_match(stage="done", followUpBy=None, agreedOn="2026-11-22")
    _hand_out(town, [done], 0)
    over = (await browser.get(PATH)).text
    assert "Klaar. Afgesproken op 22 november 2026." in over
    assert 'name="act"' not in over


async def test_many_stand_on_pages_by_organisation_and_are_found_by_their_own_case(
    town: Town, browser: Browser
) -> None:
    many = [
        a_match(id=str(UUID(int=n)), reference=str(UUID(int=100 + n)))
        for n in range(1, 46)
    ]
    other = {**many[0]["partner"], "organisation": "Corporatie"}
    many[44] = {**many[44], "partner": other, "foundOn": "2026-11-21"}
    page = await _open(town, browser, *many)
    assert page.count("<article") == 20
    assert "Nog te bespreken (45)" in page
    assert "Pagina 1 van 3" in page
    last = (await browser.get(f"{PATH}?page=3")).text
    assert last.count("<article") == 5
    led = (await browser.get(f"{PATH}?signal={UUID(int=145)}")).text
    assert f'id="signal-{UUID(int=145)}"' in led
    alone = (await browser.get(f"{PATH}?partner=Corporatie (Bijstandsuitkering)")).text
    assert alone.count("<article") == 1
    form = {"csrf": csrf_of(await browser.get(PATH)), "case": str(UUID(int=130))}
    found = (await _search(browser, form)).text
    assert found.count("<article") == 1
    gone = await _search(browser, {**form, "case": "KB-9"})
    assert "Geen match gevonden bij wat u typte." in gone.text


async def test_two_cases_without_a_number_are_told_apart_on_card_and_buttons(
    town: Town, browser: Browser
) -> None:
    """A step that is said of one of two people is never said of the other."""
    twin = a_match(id=str(UUID(int=9)), reference=str(UUID(int=6)))
    page = await _open(town, browser, a_match(), twin)
    form = {"csrf": csrf_of(await browser.get(PATH)), "case": "…00000006"}
    alone = (await _search(browser, form)).text
    assert alone.count("<article") == 1
    for short in ("…00000005", "…00000006"):
        assert page.count(f"Zaaknummer niet bekend, {short}</span></button>") == 5
        assert f"Kenmerk {short}" in re.sub(r"<a [^>]*>", "", page)
    assert f'aria-labelledby="case-{UUID(int=9)} name-{UUID(int=9)}"' in page


async def test_what_is_late_stands_first_and_says_so(
    town: Town, browser: Browser
) -> None:
    late = a_match(
        id=str(UUID(int=9)), isOverdue=True, followUpBy="2026-11-19", lastStepBy="own"
    )
    page = await _open(town, browser, a_match(), late)
    assert page.index("Te laat (1)") < page.index("Nog te bespreken (1)")
    assert "Tien werkdagen lang heeft niemand laten weten" in page
    assert "Matches (2)" in page


async def test_an_act_names_the_steps_that_were_seen_and_leads_back(
    town: Town, browser: Browser
) -> None:
    await _open(town, browser, a_match())
    page = await browser.get(PATH)
    led = a_match(lead="own", step=4)
    town.index.pages[f"POST /v1/matches/{ID}/steps"] = (200, led)
    form = {"csrf": csrf_of(page), "step": "3", "act": "take-lead"}
    answer = await browser.post(STEPS, data=form)
    assert town.index.asked[-1] == {"act": "take-lead", "step": 3}
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert "Opgeslagen: uw organisatie neemt het voortouw." in shown.text
    again = await browser.get(answer.headers["location"])
    assert "Opgeslagen" not in again.text  # it may stand above the opposite by now


async def test_a_stale_press_is_told_who_was_first(
    town: Town, browser: Browser
) -> None:
    for last, says in (
        ("own", "Uw eigen organisatie"),
        ("other", "De andere organisatie"),
    ):
        await _open(town, browser, a_match(lastStepBy=last, lastStepOn="2026-11-02"))
        csrf = csrf_of(await browser.get(PATH))
        _refuse(town, 409, "match-changed")
        form = {"csrf": csrf, "step": "3", "act": "agreed"}
        answer = await browser.post(STEPS, data=form)
        shown = await browser.get(answer.headers["location"])
        assert f"{says} heeft intussen" in shown.text


async def test_an_act_at_what_was_found_leads_back_to_the_same_search(
    town: Town, browser: Browser
) -> None:
    await _open(town, browser, a_match())
    form = {"csrf": csrf_of(await browser.get(PATH)), "case": "…00000005"}
    found = await _search(browser, form)
    search = found.url.path.rpartition("/")[2]
    assert f'name="search" value="{search}"' in found.text
    led = a_match(lead="own", step=4)
    town.index.pages[f"POST /v1/matches/{ID}/steps"] = (200, led)
    step = {"csrf": form["csrf"], "step": "3", "act": "take-lead", "search": search}
    shown = await browser.post(STEPS, data=step, follow_redirects=True)
    assert shown.url.path == found.url.path
    assert "Opgeslagen: uw organisatie neemt het voortouw." in shown.text
    other = await browser.post(STEPS, data=step | {"search": "//elsewhere"})
    assert other.headers["location"].startswith(f"{PATH}?")


@pytest.mark.parametrize(
    ("status", "slug", "says"),
    [
        (409, "match-changed", "Uw keuze is niet opgeslagen"),
        (409, "match-over", "Deze match is al klaar"),
        (404, "unknown-match", "Deze match staat er niet meer"),
    ],
)
async def test_what_the_index_refuses_is_said_in_our_words(
    town: Town, browser: Browser, status: int, slug: str, says: str
) -> None:
    await _open(town, browser, a_match())
    page = await browser.get(PATH)
    _refuse(town, status, slug)
    form = {"csrf": csrf_of(page), "step": "3", "act": "agreed"}
    answer = await browser.post(STEPS, data=form)
    assert says in (await browser.get(answer.headers["location"])).text


@pytest.mark.parametrize("form", [{"act": "agreed"}, {"step": "3", "act": "gone"}])
async def test_what_is_no_act_goes_nowhere(
    town: Town, browser: Browser, form: dict[str, str]
) -> None:
    await _open(town, browser, a_match())
    csrf = csrf_of(await browser.get(PATH))
    town.index.asked.clear()
    answer = await browser.post(STEPS, data={"csrf": csrf, **form})
    assert answer.status_code == 400
    assert town.index.asked == []


async def test_a_foreign_page_cannot_take_the_lead(
    town: Town, browser: Browser
) -> None:
    await _open(town, browser, a_match())
    town.index.asked.clear()
    for csrf in ({}, {"csrf": ""}, {"csrf": "guess"}):
        form = {**csrf, "step": "3", "act": "take-lead"}
        answer = await browser.post(STEPS, data=form)
        assert answer.status_code == 403
    assert town.index.asked == []


async def test_who_reads_no_notices_reads_no_matches_and_sees_no_count(
    town: Town, browser: Browser
) -> None:
    _hand_out(town, [a_match()], 0)
    town.provider.person["roles"] = ["privacy-officer"]
    page = await log_in(browser)
    assert "Matches" not in page.text
    assert (await browser.get(PATH)).status_code == 403
    form = {"csrf": csrf_of(page), "step": "3", "act": "done"}
    assert (await browser.post(STEPS, data=form)).status_code == 403
    assert town.index.asked == []


async def test_the_menu_counts_what_waits_and_asks_once_a_minute(
    town: Town, browser: Browser
) -> None:
    """Also what we spoke of last: it counts until it is settled, as the page says."""
    led = a_match(lead="own", lastStepBy="own", lastStepOn="2026-11-21")
    assert "Nog te bespreken (1)" in await _open(town, browser, led)
    _hand_out(town, [], 0)
    town.index.pages["/v1/notices"] = (404, {})
    assert "Matches (1)" in (await browser.get("/")).text
    town.clock.forward(timedelta(minutes=2))
    await browser.get("/agency/notices")
    assert "Matches (" not in (await browser.get("/")).text


async def test_an_index_that_does_not_answer_costs_no_other_page(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["hand-signaller"]
    town.index.pages["/v1/matches"] = (500, {})
    page = await log_in(browser)
    assert page.status_code == 200


async def test_a_stolen_desk_tells_no_case_and_no_other_organisation(
    town: Town, browser: Browser
) -> None:
    await _open(town, browser, a_match())
    page = await browser.get(PATH)
    town.index.pages[f"POST /v1/matches/{ID}/steps"] = (200, a_match(step=4))
    form = {"csrf": csrf_of(page), "step": "3", "act": "agreed"}
    assert (await browser.post(STEPS, data=form)).status_code == 303
    stored = b"".join(path.read_bytes() for path in town.folder.glob("desk.sqlite3*"))
    assert stored
    for told in ("Werkplein", ID, a_match()["reference"]):
        assert told.encode() not in stored
