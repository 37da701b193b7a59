"""The pages to search the ledger with: what is sent, what is kept, what is shown."""

from typing import Any

import pytest

from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_search_builders import (
    ENTRY,
    NOTHING,
    OPTIONS,
    OWN,
    a_form,
    an_item,
)

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize("part", [slice(None), slice(2, 6)])
async def test_who_logs_in_at_this_desk_is_found_by_name(
    town: Town, browser: Browser, token: str, part: slice
) -> None:
    person = town.provider.person
    form = a_form(token, user=person["name"][part].upper(), organisation=OWN)
    await search(browser, form)
    assert town.index.asked[-1]["user"] == person["sub"]


async def test_nothing_found_of_an_account_may_be_another_spelling(
    town: Town, browser: Browser, token: str
) -> None:
    page = await search(browser, a_form(token, user="Nobody Known"))
    assert town.index.asked[-1]["user"] == "Nobody Known"
    assert "kan ook zijn omdat het account anders heet" in page.text


async def test_a_case_number_leaves_the_desk_as_a_keyed_hash(
    town: Town, browser: Browser, token: str
) -> None:
    await search(browser, a_form(token, case="Z-2026-001234", organisation=OWN))
    asked = town.index.asked[-1]
    assert len(asked["caseReference"]) == 43
    assert asked["organisation"] == OWN


@pytest.mark.parametrize("organisation", ["", "00000001800000009902"])
async def test_a_case_number_of_others_is_refused_and_not_told_as_nothing_found(
    town: Town, browser: Browser, token: str, organisation: str
) -> None:
    form = a_form(token, case="Z-2026-001234", organisation=organisation)
    sent = list(town.index.asked)
    page = await search(browser, form)
    assert (page.status_code, town.index.asked) == (400, sent)
    assert "Op zaaknummer zoeken kan alleen bij uw eigen organisatie" in page.text
    assert "Niets gevonden" not in page.text


async def test_nothing_found_says_where_nobody_looked(
    town: Town, browser: Browser, token: str
) -> None:
    page = await search(browser, a_form(token, team="noort"))
    assert "in andere handelingen is niet gezocht" in page.text
    assert "kan ook zijn omdat het team anders heet" in page.text
    assert "bij andere organisaties" not in page.text
    town.index.pages["/v1/search-options"] = (
        200,
        OPTIONS | {"isWholeMunicipality": False},
    )
    town.index.pages["/v1/searches"] = (
        200,
        NOTHING | {"searchedBackTo": "2026-01-01T00:00:00Z"},
    )
    page = await search(browser, a_form(token, case="Z-2026-001234", kinds="all"))
    assert "bij andere organisaties is niet gezocht" in page.text
    assert "in andere handelingen is niet gezocht" not in page.text
    assert "Verder terug dan donderdag 1 januari 2026" in page.text


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


async def test_a_kind_of_entry_that_is_newer_than_the_desk_loses_no_page(
    town: Town, browser: Browser, token: str
) -> None:
    newer = OPTIONS | {"kinds": [*OPTIONS["kinds"], "something-new"]}
    town.index.pages["/v1/search-options"] = (200, newer)
    found = NOTHING | {"items": [an_item(kind="something-new")]}
    town.index.pages["/v1/searches"] = (200, found)
    page = await search(browser, a_form(token, kinds="all"))
    assert town.index.asked[-1]["kinds"] == newer["kinds"]
    assert "something-new" in page.text
    assert "Eén regel gevonden" in page.text


async def test_an_outcome_that_a_municipality_added_loses_no_page(
    town: Town, browser: Browser, token: str
) -> None:
    found = NOTHING | {"items": [an_item(contactOutcomes=["letter-sent"])]}
    town.index.pages["/v1/searches"] = (200, found)
    page = await search(browser, a_form(token))
    assert "letter-sent" in page.text


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
    problem = {"errors": [{"field": "until", "code": "before-start", "message": ""}]}
    town.index.pages["/v1/searches"] = (400, problem)
    page = await search(browser, a_form(token, team="noord"))
    assert page.status_code == 400
    assert "Kies een laatste dag die niet voor de eerste ligt." in page.text
    assert 'value="noord"' in page.text


async def test_a_fault_of_an_unknown_field_is_told_as_well(
    town: Town, browser: Browser, token: str
) -> None:
    problem = {"errors": [{"field": "cursor", "code": "wrong-form", "message": ""}]}
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


async def test_a_search_by_citizen_needs_the_pages_own_token(
    browser: Browser, token: str
) -> None:
    assert token
    answer = await browser.post("/relay/v1/officer-search", json={})
    assert answer.status_code == 403


async def test_a_search_by_citizen_is_passed_on_and_comes_back_as_a_list(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages["/v1/searches"] = (200, NOTHING | {"items": [an_item()]})
    citizen = {"keyVersion": 1, "tickets": ["a", "b"], "pseudonym": "A" * 43}
    body = {"why": "complaint", "first": "2021-01-01", "last": "2026-11-22"}
    answer = await browser.post(
        "/relay/v1/officer-search",
        json=body | {"citizen": citizen},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 200
    assert "employee-fatima" in answer.json()["html"]
    assert "in andere handelingen is niet gezocht" in answer.json()["html"]
    assert town.index.asked[-1]["citizen"] == citizen


async def test_what_the_index_refuses_of_it_comes_back_as_it_is(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages["/v1/searches"] = (403, {"type": "/problems/ticket-invalid"})
    citizen = {"keyVersion": 1, "tickets": ["a", "b"], "pseudonym": "A" * 43}
    body = {"why": "complaint", "first": "2021-01-01", "last": "2026-11-22"}
    answer = await browser.post(
        "/relay/v1/officer-search",
        json=body | {"citizen": citizen},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/ticket-invalid"
