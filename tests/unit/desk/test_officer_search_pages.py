"""The pages to search the ledger with: what is sent, what is kept, what is shown."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from desk.officer.search_form import SearchForm, name_faults
from desk.officer.search_view import describe_asked, describe_choices, name_found
from desk.sessions import ABSOLUTE_LIMIT
from desk.texts import load_texts, name_role, name_said
from signal_index.api.search_questions import OPTIONAL, REQUIRED
from tests.desk_builders import Browser, Town, csrf_of, log_in

pytestmark = pytest.mark.anyio
ENTRY = "01a1fe4f-76d0-7cea-ad52-6375c107318f"
OWN = "00000001800000009901"
TEXTS = load_texts("nl")
OPTIONS: dict[str, Any] = {
    "why": [
        {"code": "supervision", "label": "Toezicht", "citizen": False},
        {"code": "complaint", "label": "Klacht", "citizen": True},
    ],
    "organisations": [{"oin": OWN, "name": "Gemeente Voorbeeldstad"}],
    "isWholeMunicipality": True,
    "purposes": [{"code": "wmo-onderzoek", "label": "Wmo-onderzoek"}],
    "outcomes": ["answered", "refused", "failed", "break-glass"],
    "kinds": ["lookup", "print"],
    "daysMaximum": 366,
}
NOTHING: dict[str, Any] = {"items": [], "next": None, "searchedBackTo": None}


def an_item(**changed: object) -> dict[str, Any]:
    item: dict[str, Any] = {
        "entryId": ENTRY,
        "at": "2026-11-22T12:00:00Z",
        "kind": "lookup",
        "organisation": OWN,
        "organisationName": "Gemeente Voorbeeldstad",
        "user": "employee-fatima",
        "team": "noord",
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Wmo-onderzoek",
        "outcome": "answered",
        "grounds": [],
        "repeat": False,
        "breakGlass": None,
        "flagCount": 2,
        "contactOutcome": None,
        "isErased": False,
    }
    return item | changed


def an_entry(**changed: object) -> dict[str, Any]:
    more: dict[str, Any] = {
        "roles": ["generalist"],
        "legalBasis": "wmo-2015-2.3.2",
        "legalBasisLabel": "Wmo 2015, artikel 2.3.2",
        "hasCaseReference": True,
        "informed": "discussed",
        "informedLabel": "Besproken met de inwoner",
        "breakGlassLabel": None,
        "groundTexts": [],
        "activity": "lookup",
        "policy": "digest",
        "permitted": [{"id": "bijstand", "label": "Bijstand"}],
        "shown": [],
        "said": {},
        "place": {"year": 2026, "position": 41, "isSigned": True},
    }
    return an_item() | more | changed


def a_form(page_token: str, **changed: str) -> dict[str, str]:
    form = {"csrf": page_token, "why": "supervision"}
    days = {"first": "2026-11-01", "last": "2026-11-22"}
    return form | days | changed


@pytest.fixture
async def token(town: Town, browser: Browser) -> str:
    """An officer is at the search page."""
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages["/v1/search-options"] = (200, OPTIONS)
    town.index.pages["/v1/searches"] = (200, NOTHING)
    return csrf_of(await log_in(browser, "/officer/search"))


async def search(browser: Browser, form: dict[str, str]) -> Any:  # noqa: ANN401 - a response
    return await browser.post("/officer/search", data=form, follow_redirects=True)


async def test_a_search_leads_to_an_address_that_tells_nothing_of_it(
    browser: Browser, token: str
) -> None:
    form = a_form(token, user="employee-fatima", organisation=OWN)
    answer = await browser.post("/officer/search", data=form)
    assert answer.status_code == 303
    assert "fatima" not in answer.headers["location"]


async def test_what_was_filled_in_is_what_the_index_is_asked(
    town: Town, browser: Browser, token: str
) -> None:
    form = a_form(token, user="employee-fatima", organisation=OWN, outcome="refused")
    await search(browser, form)
    asked = town.index.asked[-1]
    assert (asked["user"], asked["organisation"]) == ("employee-fatima", OWN)
    assert (asked["why"], asked["outcome"]) == ("supervision", "refused")
    assert (asked["from"], asked["until"]) == ("2026-11-01", "2026-11-22")
    assert asked["team"] is None


async def test_a_case_number_leaves_the_desk_as_a_keyed_hash(
    town: Town, browser: Browser, token: str
) -> None:
    await search(browser, a_form(token, case="Z-2026-001234"))
    asked = town.index.asked[-1]
    assert len(asked["caseReference"]) == 43
    assert asked["organisation"] == OWN


async def test_what_is_found_is_shown_with_what_was_asked(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages["/v1/searches"] = (200, NOTHING | {"items": [an_item()]})
    page = await search(browser, a_form(token, team="noord"))
    for text in (
        "Eén regel gevonden",
        "employee-fatima",
        "2 vlaggetjes",
        "Team: noord",
    ):
        assert text in page.text
    assert f'href="/officer/entries/{ENTRY}"' in page.text


async def test_a_search_that_is_not_over_says_how_far_it_came(
    town: Town, browser: Browser, token: str
) -> None:
    half = {"next": ENTRY, "searchedBackTo": "2026-11-03T09:00:00Z"}
    town.index.pages["/v1/searches"] = (200, NOTHING | half)
    page = await search(browser, a_form(token))
    assert "Nog niets gevonden" in page.text
    assert "Er is teruggezocht tot dinsdag 3 november 2026" in page.text
    assert f"?cursor={ENTRY}" in page.text


async def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    town: Town, browser: Browser, token: str
) -> None:
    problem = {"errors": [{"field": "until", "code": "before-from"}]}
    town.index.pages["/v1/searches"] = (400, problem)
    page = await search(browser, a_form(token, team="noord"))
    assert page.status_code == 400
    assert "Kies een laatste dag die niet voor de eerste ligt." in page.text
    assert 'value="noord"' in page.text


async def test_a_fault_of_an_unknown_field_is_told_as_well(
    town: Town, browser: Browser, token: str
) -> None:
    problem = {"errors": [{"field": "cursor", "code": "wrong-form"}]}
    town.index.pages["/v1/searches"] = (400, problem)
    page = await search(browser, a_form(token))
    assert "Er klopt iets niet aan de zoekvraag" in page.text


async def test_a_number_that_is_no_case_is_a_fault_at_its_field(
    browser: Browser, token: str
) -> None:
    page = await search(browser, a_form(token, case="123456782"))
    assert page.status_code == 400
    assert "Dit is geen zaaknummer van uw organisatie." in page.text


async def test_without_a_reason_the_form_comes_back_filled_in(
    town: Town, browser: Browser, token: str
) -> None:
    sent = list(town.index.asked)
    form = {"csrf": token, "user": "employee-fatima", "organisation": OWN}
    page = await search(browser, form)
    assert page.status_code == 200
    assert 'value="employee-fatima"' in page.text
    assert town.index.asked == sent


async def test_another_session_cannot_open_a_kept_search(
    town: Town, browser: Browser, token: str
) -> None:
    answer = await browser.post("/officer/search", data=a_form(token))
    kept, sent = answer.headers["location"], list(town.index.asked)
    browser.kept.clear()
    await log_in(browser, "/officer/search")
    again = await browser.get(kept)
    assert (again.status_code, again.headers["location"]) == (303, "/officer/search")
    assert town.index.asked == sent


async def test_the_database_does_not_tell_what_was_searched_for(
    town: Town, browser: Browser, token: str
) -> None:
    form = a_form(token, user="employee-fatima", organisation=OWN)
    await browser.post("/officer/search", data=form)
    database = sqlite3.connect(town.folder / "desk.sqlite3")
    dump = "\n".join(database.iterdump())
    database.close()
    assert "kept_searches" in dump
    assert "fatima" not in dump
    assert b"fatima".hex().upper() not in dump


async def test_kept_searches_go_with_the_longest_session(
    town: Town, desk: FastAPI, browser: Browser, token: str
) -> None:
    answer = await browser.post("/officer/search", data=a_form(token))
    assert answer.status_code == 303
    town.clock.forward(ABSOLUTE_LIMIT + timedelta(minutes=1))
    await desk.state.desk.kept_searches.sweep()
    database = sqlite3.connect(town.folder / "desk.sqlite3")
    (count,) = database.execute("SELECT count(*) FROM kept_searches").fetchone()
    database.close()
    assert count == 0


@pytest.mark.parametrize("typed", [ENTRY, f"  {ENTRY} ", ENTRY.replace("-", "")])
async def test_a_reference_leads_to_its_entry(
    browser: Browser, token: str, typed: str
) -> None:
    form = {"csrf": token, "entry": typed}
    answer = await browser.post("/officer/search-entry", data=form)
    assert answer.headers["location"] == f"/officer/entries/{ENTRY}"


async def test_what_is_no_reference_is_a_fault_at_its_field(
    browser: Browser, token: str
) -> None:
    form = {"csrf": token, "entry": "7KQ-4TM"}
    page = await browser.post("/officer/search-entry", data=form)
    assert page.status_code == 400
    assert "Dit is geen kenmerk." in page.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "Geen vlaggetjes: er was niets om te tonen."),
        (
            {"shown": [{"categoryLabel": "Bijstand", "sourceName": "Werkplein"}]},
            "(Werkplein)",
        ),
        (
            {"outcome": "refused", "groundTexts": ["U hebt geen zaaknummer."]},
            "U hebt geen zaaknummer.",
        ),
        ({"isErased": True}, "De inhoud van deze regel is gewist"),
        ({"place": None}, "Het bewijs is er over een paar seconden."),
        ({"breakGlass": "acute-crisis", "breakGlassLabel": "Crisis"}, "Crisis"),
        ({"kind": "print", "said": {"entry": ENTRY}}, "Hoort bij"),
        ({"kind": "search", "said": {"strange": [1]}}, "strange"),
    ],
)
async def test_an_entry_tells_what_there_is_to_tell(
    town: Town, browser: Browser, token: str, changed: dict[str, Any], told: str
) -> None:
    assert token
    town.index.pages[f"/v1/entries/{ENTRY}"] = (200, an_entry(**changed))
    page = await browser.get(f"/officer/entries/{ENTRY}")
    assert page.status_code == 200
    assert told in page.text


async def test_an_entry_that_is_not_there_gets_a_page_that_says_so(
    browser: Browser, token: str
) -> None:
    assert token
    page = await browser.get(f"/officer/entries/{ENTRY}")
    assert page.status_code == 404
    assert "Dit is er niet" in page.text


async def test_a_weak_login_is_told_what_helps(
    town: Town, browser: Browser, token: str
) -> None:
    assert token
    problem = {"type": "/problems/assurance-too-low"}
    town.index.pages[f"/v1/entries/{ENTRY}"] = (403, problem)
    page = await browser.get(f"/officer/entries/{ENTRY}")
    assert page.status_code == 403
    assert "Log hiervoor sterker in" in page.text


async def test_a_search_by_citizen_needs_the_pages_own_token(
    browser: Browser, token: str
) -> None:
    assert token
    answer = await browser.post("/relay/officer-search", json={})
    assert answer.status_code == 403


async def test_a_search_by_citizen_is_passed_on_and_comes_back_as_a_list(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages["/v1/searches"] = (200, NOTHING | {"items": [an_item()]})
    citizen = {"keyVersion": 1, "tickets": ["a", "b"], "pseudonym": "A" * 43}
    body = {"why": "complaint", "first": "2021-01-01", "last": "2026-11-22"}
    answer = await browser.post(
        "/relay/officer-search",
        json=body | {"citizen": citizen},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 200
    assert "employee-fatima" in answer.json()["html"]
    assert town.index.asked[-1]["citizen"] == citizen


async def test_what_the_index_refuses_of_it_comes_back_as_it_is(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages["/v1/searches"] = (403, {"type": "/problems/ticket-invalid"})
    citizen = {"keyVersion": 1, "tickets": ["a", "b"], "pseudonym": "A" * 43}
    body = {"why": "complaint", "first": "2021-01-01", "last": "2026-11-22"}
    answer = await browser.post(
        "/relay/officer-search",
        json=body | {"citizen": citizen},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/ticket-invalid"


def test_every_field_that_the_index_may_refuse_has_its_words() -> None:
    of_the_index = set(REQUIRED) | set(OPTIONAL)
    of_the_form = SearchForm().encode().keys()
    for name in name_faults(frozenset(of_the_index)) & of_the_form:
        assert TEXTS.messages[f"search.fault.{name}"]
    assert name_faults(frozenset({"from"})) == {"first"}


@pytest.mark.parametrize(
    ("count", "more", "is_first", "title"),
    [
        (0, False, True, "Niets gevonden"),
        (0, True, True, "Nog niets gevonden"),
        (1, False, True, "Eén regel gevonden"),
        (7, False, True, "7 regels gevonden"),
        (50, True, True, "De nieuwste 50 regels"),
        (12, False, False, "12 oudere regels"),
    ],
)
def test_the_heading_says_how_much_as_far_as_we_know(
    count: int, *, more: bool, is_first: bool, title: str
) -> None:
    found: dict[str, Any] = {"items": [{}] * count, "next": ENTRY if more else None}
    assert name_found(found, TEXTS, is_first=is_first) == title


def test_what_was_asked_reads_in_labels_not_codes() -> None:
    form = SearchForm("supervision", "2026-11-01", "2026-11-22", OWN, kinds="all")
    lines = describe_asked(form, describe_choices(OPTIONS, TEXTS), TEXTS)
    assert lines == [
        "1 november 2026 tot en met 22 november 2026",
        "Reden: Toezicht",
        "Organisatie: Gemeente Voorbeeldstad",
        "Alles wat is vastgelegd",
    ]


def test_a_code_without_a_word_stands_for_itself() -> None:
    assert name_role("gardener", TEXTS) == "gardener"
    assert name_said("strange", TEXTS) == "strange"


async def test_a_proof_is_offered_as_a_file(
    town: Town, browser: Browser, token: str
) -> None:
    assert token
    town.index.pages[f"/v1/entries/{ENTRY}/proof"] = (200, "c2sp.org/tlog-proof@v1")
    answer = await browser.get(f"/officer/entries/{ENTRY}/proof")
    named = f'attachment; filename="bewijs-{ENTRY}.tlog-proof"'
    assert answer.headers["content-disposition"] == named
    assert "tlog-proof@v1" in answer.text
