"""The page of one entry, and the words around a list."""

from typing import Any

import pytest

from desk.officer.search_form import SearchForm, name_faults
from desk.officer.search_view import describe_asked, name_found
from desk.texts import load_texts, name_role, name_said
from signal_index.wire.searching import Search, SearchOptions, SearchPage
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_search_builders import ENTRY, NOTHING, OPTIONS, OWN, an_entry, an_item

pytestmark = pytest.mark.anyio
TEXTS = load_texts("nl")


@pytest.fixture
async def token(town: Town, browser: Browser) -> str:
    """An officer is at the search page."""
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages["/v1/search-options"] = (200, OPTIONS)
    town.index.pages["/v1/searches"] = (200, NOTHING)
    return csrf_of(await log_in(browser, "/officer/search"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "Geen vlaggetjes: er was niets om te tonen."),
        (
            {
                "shown": [
                    {
                        "category": "bijstand",
                        "categoryLabel": "Bijstand",
                        "source": OWN,
                        "sourceName": "Werkplein",
                        "contactOutcome": None,
                        "takenBack": True,
                    }
                ]
            },
            "(Werkplein)</span>: ingevuld en daarna weggehaald",
        ),
        (
            {"outcome": "refused", "groundTexts": ["U hebt geen zaaknummer."]},
            "U hebt geen zaaknummer.",
        ),
        ({"content": "erased"}, "De inhoud van deze regel is gewist"),
        ({"content": "unreadable"}, "De inhoud van deze regel is niet leesbaar"),
        ({"place": None}, "Het bewijs is er over een paar seconden."),
        ({"breakGlass": "acute-crisis", "breakGlassLabel": "Crisis"}, "Crisis"),
        ({"kind": "print", "said": {"entry": ENTRY}}, "Hoort bij"),
        ({"kind": "outcome", "said": {"outcome": None}}, "Antwoord weggehaald"),
        ({"kind": "search", "said": {"strange": [1]}}, "strange"),
        ({"kind": "search", "said": {"kinds": ["lookup"]}}, "<dd>Opgezocht</dd>"),
        ({"kind": "search", "said": {"from": "2026-10-31"}}, "31 oktober 2026"),
        ({"kind": "outcome", "said": {"flag": 0}}, "<dt>Welk vlaggetje</dt><dd>1</dd>"),
        ({"kind": "match", "user": "operator:root"}, "Beheer van de index (root)"),
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


async def test_a_proof_is_offered_as_a_file(
    town: Town, browser: Browser, token: str
) -> None:
    assert token
    town.index.pages[f"/v1/entries/{ENTRY}/proof"] = (200, "c2sp.org/tlog-proof@v1")
    answer = await browser.get(f"/officer/entries/{ENTRY}/proof")
    named = f'attachment; filename="bewijs-{ENTRY}.tlog-proof"'
    assert answer.headers["content-disposition"] == named
    assert "tlog-proof@v1" in answer.text


def test_every_field_that_the_index_may_refuse_has_its_words() -> None:
    of_the_index = {one.alias or name for name, one in Search.model_fields.items()}
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
    items, following = [an_item()] * count, ENTRY if more else None
    found = SearchPage.model_validate(NOTHING | {"items": items, "next": following})
    assert name_found(found, TEXTS, is_first=is_first) == title


def test_what_was_asked_reads_in_labels_not_codes() -> None:
    form = SearchForm("supervision", "2026-11-01", "2026-11-22", OWN, kinds="all")
    lines = describe_asked(form, SearchOptions.model_validate(OPTIONS), TEXTS)
    assert lines == [
        "1 november 2026 tot en met 22 november 2026",
        "Reden: Toezicht",
        "Organisatie: Gemeente Voorbeeldstad",
        "Alles wat is vastgelegd",
    ]


def test_a_code_without_a_word_stands_for_itself() -> None:
    assert name_role("gardener", TEXTS) == "gardener"
    assert name_said("strange", TEXTS) == "strange"
