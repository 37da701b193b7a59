"""An officer searches the ledger by use, by citizen, by reference; takes a proof."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from deploy.town.commands import run
from deploy.town.parties import PASSWORD
from tests.browser.screen import Screen, Town
from tests.browser.test_the_number_stays_in_the_browser import EVERYTHING_KEPT


@pytest.fixture(scope="module")
def reference(town: Town, chromium: Browser) -> str:
    """Fatima looked somebody up; the reference that stood on her screen."""
    screen = Screen.open(chromium, town)
    screen.log_in("fatima")
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    folded = screen.page.locator("[data-slot=reference]").first
    found = (folded.text_content() or "").strip()
    screen.close()
    return found


def search(screen: Screen, **fields: str) -> None:
    """Fill the form in and send it."""
    screen.go("/officer/search")
    screen.page.select_option("#why", "supervision")
    for name, value in fields.items():
        field = screen.page.locator(f"#{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    screen.page.click("form[action='/officer/search'] button[type=submit]")
    screen.page.wait_for_url("**/officer/search/*")


def test_an_officer_finds_who_looked_opens_it_and_comes_back_to_the_list(
    any_screen: Screen, reference: str
) -> None:
    any_screen.log_in("anke", to="/officer/search")
    any_screen.assert_open_to_all()
    search(any_screen, team="centrum", organisation="Wijkteam Voorbeeldstad")
    any_screen.assert_open_to_all()
    assert "centrum" not in any_screen.page.url
    row = any_screen.page.get_by_role("row").filter(has_text="employee-fatima").first
    expect(row).to_contain_text("2 vlaggetjes")
    any_screen.page.locator(f"a[href='/officer/entries/{reference}']").click()
    any_screen.see("Wat is getoond")
    any_screen.see("Kredietbank Voorbeeldstad")
    any_screen.assert_open_to_all()
    any_screen.page.go_back()
    any_screen.see("Team: centrum")


def test_the_proof_of_an_entry_holds_for_whoever_has_the_key(
    screen: Screen, town: Town, reference: str, tmp_path: Path
) -> None:
    screen.log_in("anke", to="/officer/search")
    screen.page.fill("#entry", reference)
    screen.page.click("form[action='/officer/search-entry'] button")
    screen.see("Regel van het inzagelogboek")
    screen.page.wait_for_timeout(1_500)
    screen.page.reload()
    with screen.page.expect_download() as waiting:
        screen.page.get_by_text("Bewijs downloaden").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    key = str(town.places.index / "keys" / "checkpoint.vkey")
    said = run(["signal-index", "verify", str(file), "--key", key], tmp_path)
    assert said
    assert reference in file.read_text("utf-8") or reference in file.name


def test_a_citizen_is_searched_for_and_the_number_goes_nowhere(
    any_screen: Screen, town: Town, reference: str
) -> None:
    seen: list[str] = []

    def note(request: Request) -> None:
        headers = json.dumps(request.all_headers())
        seen.append(f"{request.url} {headers} {request.post_data or ''}")

    number = town.people.find_with("bijstand", "schuldhulpverlening")
    any_screen.log_in("anke", to="/officer/search")
    any_screen.page.on("request", note)
    any_screen.page.click("#search-citizen")
    any_screen.see("Kies waarom u zoekt.")
    any_screen.assert_open_to_all()
    any_screen.page.select_option("#citizen-why", "citizen-rights")
    any_screen.page.fill("#person-number", number)
    any_screen.page.keyboard.press("Enter")
    any_screen.page.wait_for_selector("#citizen-found table")
    expect(any_screen.page.locator("#citizen-found h2")).to_be_focused()
    link = f"#citizen-found a[href='/officer/entries/{reference}']"
    expect(any_screen.page.locator(link)).to_be_visible()
    any_screen.assert_open_to_all()
    assert any("/relay/v1/officer-search" in each for each in seen)
    assert not any(number in each for each in seen)
    assert number not in any_screen.page.evaluate(EVERYTHING_KEPT)


def test_a_wrong_number_is_told_before_anything_is_asked(screen: Screen) -> None:
    screen.log_in("anke", to="/officer/search")
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.select_option("#citizen-why", "complaint")
    screen.page.fill("#person-number", "123456789")
    screen.page.click("#search-citizen")
    expect(screen.page.locator("#person-error")).to_be_visible()
    assert not any("/relay/" in url for url in asked)


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(
    any_screen: Screen,
) -> None:
    any_screen.log_in("anke", to="/officer/search")
    search(any_screen, user="employee-fatima", first="2026-11-20", last="2026-11-01")
    any_screen.see("Kies een laatste dag die niet voor de eerste ligt.")
    any_screen.assert_open_to_all()
    search(any_screen, user="employee-fatima")
    any_screen.see("Kies de organisatie van deze medewerker of dit team.")
    expect(any_screen.page.locator("#user")).to_have_value("employee-fatima")
    any_screen.assert_open_to_all()


def test_a_search_by_keyboard_only(screen: Screen, reference: str) -> None:
    screen.log_in("anke", to="/officer/search")
    screen.page.focus("#why")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Enter")
    screen.page.focus("#team")
    screen.page.keyboard.type("centrum")
    screen.page.keyboard.press("Enter")
    screen.see("Kies de organisatie van deze medewerker of dit team.")
    screen.page.focus("#organisation")
    screen.page.keyboard.type("Wijk")
    screen.page.focus("#team")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_url("**/officer/search/*")
    entry = screen.page.locator(f"a[href='/officer/entries/{reference}']")
    entry.focus()
    screen.page.keyboard.press("Enter")
    screen.see("Regel van het inzagelogboek")


def test_a_colleague_who_is_no_officer_gets_a_page_that_says_so(
    any_screen: Screen, reference: str
) -> None:
    any_screen.log_in("fatima", to="/officer/search")
    any_screen.see("Deze pagina is niet voor u")
    any_screen.go(f"/officer/entries/{reference}")
    any_screen.see("Deze pagina is niet voor u")
    any_screen.assert_open_to_all()


def test_an_administrator_sees_no_entries(screen: Screen, reference: str) -> None:
    screen.log_in("mila", to=f"/officer/entries/{reference}")
    screen.see("Deze pagina is niet voor u")


def test_whoever_is_known_for_another_organisation_can_log_in_anew(
    any_screen: Screen, town: Town
) -> None:
    any_screen.log_in("fatima")
    any_screen.page.goto(f"{town.places.town_hall_url}/login")
    any_screen.see("Dit is de balie van een andere organisatie")
    any_screen.assert_open_to_all()
    any_screen.page.get_by_text("Inloggen met een ander account").click()
    any_screen.page.fill("input[name=username]", "anke")
    any_screen.page.fill("input[name=password]", PASSWORD)
    any_screen.page.click("button[type=submit]")
    any_screen.page.wait_for_url(f"{town.places.town_hall_url}/officer/**")
