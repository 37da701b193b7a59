"""The rules at the screen: switch WW on with a statute and two persons; it appears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from deploy.town.databases import opened_places
from deploy.town.people import settle_people
from deploy.town.publishing import publish_all
from deploy.town.run import running_town
from deploy.town.switching import (
    ARTICLE,
    CATEGORY,
    PURPOSE,
    STATUTE,
    deliver_ww,
    find_ww_citizen,
)
from tests.browser.screen import Screen, Town

FORM = f"/officer/policy/change/{CATEGORY}"


@pytest.fixture(scope="module")
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run a town of this module's own: what is adopted in it stays."""
    folder = tmp_path_factory.mktemp("policy-town")
    people = settle_people(folder / "population")
    with opened_places(folder) as places, running_town(places) as processes:
        publish_all(places, folder / "population")
        yield Town(places, people, processes)


@pytest.fixture
def anke(own_town: Town, chromium: Browser) -> Iterator[Screen]:
    opened = Screen.open(chromium, own_town)
    opened.log_in("anke")
    yield opened
    opened.close()


@pytest.fixture
def bram(own_town: Town, chromium: Browser) -> Iterator[Screen]:
    opened = Screen.open(chromium, own_town)
    opened.log_in("bram")
    yield opened
    opened.close()


@pytest.fixture
def fatima(own_town: Town, chromium: Browser) -> Iterator[Screen]:
    opened = Screen.open(chromium, own_town)
    opened.log_in("fatima")
    yield opened
    opened.close()


def test_the_key_of_the_town_is_shown_with_its_ceremony(anke: Screen) -> None:
    anke.go("/officer/keys")
    anke.see("nieuwe sleutel gemaakt")
    anke.see("holder-1, holder-2 en holder-3")
    anke.see("nagekeken en bewaard")
    anke.assert_open_to_all()


def _fill_in(screen: Screen) -> None:
    screen.go(FORM)
    screen.page.check(f"#purpose-{PURPOSE}")
    screen.page.fill("#statute", STATUTE)
    screen.page.fill("#article", ARTICLE)
    screen.page.check("#checked")
    screen.page.get_by_role("button", name="Bekijk wat er verandert").click()


@pytest.mark.parametrize(
    "path",
    ["/officer/policy", "/officer/policy/change", FORM, "/officer/approvals"],
)
def test_the_rules_are_open_to_all(
    own_town: Town, chromium: Browser, width: int, path: str
) -> None:
    screen = Screen.open(chromium, own_town, width=width)
    screen.log_in("dora")
    screen.go(path)
    screen.assert_open_to_all()
    screen.close()


def test_what_a_change_does_is_shown_before_it_is_proposed(
    own_town: Town, chromium: Browser, width: int
) -> None:
    screen = Screen.open(chromium, own_town, width=width)
    screen.log_in("mila")
    _fill_in(screen)
    screen.see("Dit voorstel verruimt.")
    screen.see("mag gedeeld worden op grond van: " + STATUTE)
    screen.see("Vragen van de laatste 90 dagen")
    screen.assert_open_to_all()
    screen.go("/officer/approvals")
    screen.see("Er wacht niets.")
    screen.close()


def test_a_form_without_a_purpose_comes_back_as_it_was(anke: Screen) -> None:
    anke.go(FORM)
    anke.page.fill("#statute", STATUTE)
    anke.page.fill("#article", ARTICLE)
    anke.page.get_by_role("button", name="Bekijk wat er verandert").click()
    anke.see("De aanvraag is niet in de juiste vorm.")
    assert anke.page.input_value("#statute") == STATUTE
    anke.assert_open_to_all()


def test_a_file_that_is_no_policy_is_told_of(anke: Screen) -> None:
    anke.go("/officer/policy/change")
    anke.page.set_input_files(
        "#bundle",
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"},
    )
    anke.page.locator("form.desk-panel button").click()
    anke.see("Dit voorstel bevat fouten.")
    anke.assert_open_to_all()


def test_a_source_administrator_finds_no_rules(
    own_town: Town, chromium: Browser
) -> None:
    screen = Screen.open(chromium, own_town)
    screen.log_in("kees")
    screen.go("/officer/policy")
    screen.see("Deze pagina is niet voor u")
    screen.close()


def test_ww_is_switched_on_by_two_persons_and_appears(
    anke: Screen, bram: Screen, fatima: Screen
) -> None:
    town = anke.town
    citizen = find_ww_citizen(town.people)
    assert deliver_ww(town.places, town.people).accepted == 0
    fatima.ask([citizen], purpose=PURPOSE)
    assert "WW-uitkering" not in fatima.page.inner_text("#result")

    _fill_in(anke)
    anke.page.get_by_role("button", name="Stel deze regels voor").click()
    anke.see("Dit is uw eigen verzoek.")
    assert anke.page.get_by_role("button", name="Keur goed").count() == 0
    anke.assert_open_to_all()

    bram.go("/officer/approvals")
    bram.page.get_by_role("link", name="Regels wijzigen: dit verruimt").click()
    bram.see("Dit voorstel verruimt.")
    bram.assert_open_to_all()
    bram.page.get_by_role("button", name="Keur goed").focus()
    bram.page.keyboard.press("Enter")
    bram.see("Deze regels zijn vastgesteld.")

    assert deliver_ww(town.places, town.people).accepted == 1
    fatima.go("/lookup")
    fatima.ask([citizen], purpose=PURPOSE)
    fatima.see("WW-uitkering")

    anke.go("/officer/policy")
    row = anke.page.locator("#history ~ * tbody tr")
    assert "Anke Visser" in row.inner_text()
    assert "Bram Hendriks" in row.inner_text()
    anke.assert_open_to_all()
