"""A citizen asks who looked: the report, its proofs, a correction, and an embargo."""

import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.town.commands import run
from tests.browser.screen import Screen, Town
from tests.pdf_reading import find_tags


def register(screen: Screen) -> None:
    """Register a request for access and land on its page."""
    screen.go("/officer/citizens")
    screen.page.check("#identity-digid")
    screen.page.get_by_role("button", name="Leg het verzoek vast").click()
    screen.page.wait_for_url("**/officer/citizens/requests/**")


def make_report(screen: Screen, number: str) -> None:
    screen.page.fill("#person-number", number)
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_selector("#report-title")


def save(screen: Screen, place: int, folder: Path) -> Path:
    with screen.page.expect_download() as started:
        screen.page.click(f'[data-save="{place}"]')
    into = folder / started.value.suggested_filename
    started.value.save_as(into)
    return into


@pytest.fixture
def looked_up(town: Town, chromium: Browser) -> str:
    """Somebody whom a generalist looked up a moment ago."""
    number = town.people.find_another_with("bijstand", "schuldhulpverlening")
    screen = Screen.open(chromium, town)
    screen.log_in("fatima")
    screen.ask([number])
    screen.close()
    time.sleep(2.5)  # until the tree that holds it is signed
    return number


def test_an_officer_gives_a_citizen_a_report_that_an_adviser_can_check(
    screen: Screen, looked_up: str, tmp_path: Path
) -> None:
    screen.log_in("anke")
    register(screen)
    make_report(screen, looked_up)
    assert screen.page.input_value("#person-number") == ""
    screen.see("Onderzoek na een melding (Wmo)")
    paper = save(screen, 0, tmp_path)
    assert {"H1", "Table", "TH"} <= set(find_tags(paper.read_bytes()))
    proofs = save(screen, 1, tmp_path)
    with zipfile.ZipFile(proofs) as archive:
        archive.extract("checkpoint.vkey", tmp_path)
    verify = ["signal-index", "verify", str(proofs)]
    said = run([*verify, "--key", "checkpoint.vkey"], tmp_path)
    assert "Holds" in said


def test_a_correction_goes_to_the_source_and_stands_in_the_next_report(
    screen: Screen, looked_up: str
) -> None:
    screen.log_in("anke")
    register(screen)
    make_report(screen, looked_up)
    signal = screen.page.locator("[data-signal]").last
    source = str(signal.get_attribute("data-name"))
    signal.click()
    screen.page.get_by_role("button", name="Stuur naar de bron").click()
    assert screen.page.locator("#dispute-error").is_visible()
    screen.page.check("#dispute-reason-contact-ended")
    screen.page.check("#dispute-restrict")
    screen.page.get_by_role("button", name="Stuur naar de bron").click()
    screen.see("Verstuurd naar de bron.")
    make_report(screen, looked_up)
    screen.see("De organisatie heeft nog niet geantwoord.")
    screen.go("/officer/citizens/corrections")
    screen.see(source.partition(":")[0])
    screen.see("Nu niet zichtbaar bij opzoeken")


def test_an_embargo_holds_at_once_and_a_colleague_approves_it(
    town: Town, screen: Screen, chromium: Browser
) -> None:
    number = town.people.find_with("veilig-thuis")
    screen.log_in("anke")
    screen.go("/officer/citizens/embargoes")
    screen.page.check("#category-veilig-thuis")
    screen.page.check("#reason-protect-child")
    screen.page.fill("#until", str(screen.page.get_attribute("#until", "max")))
    screen.page.fill("#person-number", number)
    screen.page.click("#place-embargo")
    screen.see("Geldt, wacht op goedkeuring")
    assert not screen.page.get_by_role("button", name="Keur goed").count()
    register(screen)
    make_report(screen, number)
    screen.see("Er staan geen signalen over u in de index.")
    second = Screen.open(chromium, town)
    second.log_in("bram")
    second.go("/officer/citizens/embargoes")
    second.page.get_by_role("button", name="Keur goed").first.click()
    second.page.wait_for_load_state()
    assert not second.page.get_by_text("Geldt, wacht op goedkeuring").count()
    second.close()


def test_these_pages_have_no_barriers_at_any_width(
    any_screen: Screen, looked_up: str
) -> None:
    screen = any_screen
    screen.log_in("anke")
    for page in ("", "/corrections", "/embargoes"):
        screen.go("/officer/citizens" + page)
        screen.assert_open_to_all()
    register(screen)
    screen.assert_open_to_all()
    make_report(screen, looked_up)
    screen.assert_open_to_all()
    signal = screen.page.locator("[data-signal]")
    if signal.count():
        signal.first.click()
        screen.assert_open_to_all()


def test_what_is_typed_wrong_is_told_at_the_field(screen: Screen) -> None:
    screen.log_in("anke")
    register(screen)
    screen.page.fill("#person-number", "123456789")
    screen.page.click("#make-report")
    assert screen.page.locator("#person-error").is_visible()
    assert screen.page.evaluate("document.activeElement.id") == "person-number"
