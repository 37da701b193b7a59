"""Each failure has a calm page: what to do now, whom to call, and a reference."""

import re

from playwright.sync_api import Page, expect

from deploy.town.parties import PASSWORD
from tests.browser.outages import standing_still, without
from tests.browser.screen import CASE, Screen, Town

SUPPORT = "Hulp nodig? Helpdesk wijkteam: 0182 555 000"
REFERENCE = re.compile(r"\b[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}\b")


def assert_calm(screen: Screen) -> None:
    """It says whom to call, and shows a number to name."""
    screen.see(SUPPORT)
    expect(screen.page.locator("main")).to_contain_text(REFERENCE)
    screen.assert_open_to_all()


def assert_kept(screen: Screen) -> None:
    """Everything is still there but the person, and whether they know."""
    expect(screen.page.locator("#purpose-wmo-onderzoek")).to_be_checked()
    expect(screen.page.locator("#case-reference")).to_have_value(CASE)
    expect(screen.page.locator("[data-informed] input:checked")).to_have_count(0)
    expect(screen.page.locator("#person-1")).to_have_value("")


def test_with_one_holder_down_it_works_and_says_nothing_of_it(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    with without(town, "holder-1"):
        screen.ask([town.people.find_with("bijstand")])
    expect(screen.page.locator(".desk-flag")).to_have_count(1)
    expect(screen.page.locator("main")).not_to_contain_text("sleutelhouder")


def test_with_two_holders_down_it_says_whom_to_call(
    any_screen: Screen, town: Town
) -> None:
    any_screen.log_in()
    with without(town, "holder-1", "holder-2"):
        any_screen.ask([town.people.find_with("bijstand")])
        any_screen.see("Opzoeken lukt nu niet")
        any_screen.see("Bel dan zelf de organisaties die u verwacht.")
        assert_calm(any_screen)
        any_screen.page.click("#again")
        assert_kept(any_screen)
    any_screen.ask_again([town.people.find_with("bijstand")])
    expect(any_screen.page.locator(".desk-flag")).to_have_count(1)
    expect(any_screen.page.get_by_text(SUPPORT).first).to_be_hidden()


def test_an_index_that_is_down_while_asking(any_screen: Screen, town: Town) -> None:
    any_screen.log_in()
    with without(town, "index"):
        any_screen.ask([town.people.find_with("bijstand")])
        any_screen.see("De signaalindex antwoordt niet")
        assert_calm(any_screen)
        any_screen.page.click("#again")
        assert_kept(any_screen)


def test_an_index_that_is_down_when_the_page_is_opened(
    any_screen: Screen, town: Town
) -> None:
    any_screen.log_in()
    with without(town, "index"):
        any_screen.go("/lookup")
        any_screen.see("De signaalindex antwoordt niet")
        assert_calm(any_screen)
    any_screen.page.get_by_role("link", name="Probeer het opnieuw").click()
    any_screen.see("Vlaggetjes opzoeken")


def test_a_provider_that_is_down(any_screen: Screen, town: Town) -> None:
    with without(town, "provider"):
        any_screen.go("/login")
        any_screen.see("De inlogdienst antwoordt niet")
        assert_calm(any_screen)
    any_screen.page.get_by_role("link", name="Probeer het opnieuw").click()
    expect(any_screen.page.locator("input[name=username]")).to_be_visible()


def test_a_session_that_is_gone_in_mid_form_keeps_all_but_the_number(
    any_screen: Screen, town: Town
) -> None:
    any_screen.log_in()
    any_screen.fill_in([town.people.find_with("bijstand")])
    any_screen.context.clear_cookies()
    any_screen.page.click("#look-up")
    any_screen.see("U bent uitgelogd")
    assert_calm(any_screen)
    log_in_again(any_screen.page, "fatima")
    assert_kept(any_screen)
    assert any_screen.page.evaluate("sessionStorage.length") == 0


def test_a_form_whose_session_ended_out_of_view_keeps_what_is_of_no_citizen(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    number = town.people.find_with("bijstand")
    screen.fill_in([number])
    screen.age(16, unused=16)
    screen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    screen.see("U bent vanzelf uitgelogd")
    screen.see("Waarvoor u zocht, staat er nog")
    kept = screen.page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert "wmo-onderzoek" in kept
    assert not any(each in kept for each in (number, CASE))
    log_in_again(screen.page, "fatima")
    expect(screen.page.locator("#purpose-wmo-onderzoek")).to_be_checked()
    expect(screen.page.locator("#case-reference")).to_have_value("")


def test_what_one_person_filled_in_is_not_shown_to_another(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.fill_in([town.people.find_with("bijstand")])
    screen.context.clear_cookies()
    screen.page.click("#look-up")
    log_in_again(screen.page, "joris")
    expect(screen.page.locator("#purpose input:checked")).to_have_count(0)
    expect(screen.page.locator("#case-reference")).to_have_value("")
    assert screen.page.evaluate("sessionStorage.length") == 0


def test_a_slow_network_is_waited_for_calmly_and_then_given_up(
    any_screen: Screen, town: Town
) -> None:
    any_screen.page.clock.install()
    any_screen.log_in()
    with standing_still(town, "index"):
        any_screen.fill_in([town.people.find_with("bijstand")])
        any_screen.page.click("#look-up")
        any_screen.see("Bezig met zoeken")
        any_screen.page.clock.fast_forward(5_000)
        any_screen.see("Het duurt langer dan anders.")
        any_screen.assert_open_to_all()
        any_screen.page.clock.fast_forward(20_000)
        any_screen.see("Het duurt te lang")
        assert_calm(any_screen)
        any_screen.page.click("#again")
        assert_kept(any_screen)


def test_a_computer_without_a_connection(any_screen: Screen, town: Town) -> None:
    any_screen.log_in()
    any_screen.fill_in([town.people.find_with("bijstand")])
    any_screen.context.set_offline(offline=True)
    any_screen.page.click("#look-up")
    any_screen.see("Er is geen verbinding")
    assert_calm(any_screen)
    any_screen.context.set_offline(offline=False)
    any_screen.page.click("#again")
    assert_kept(any_screen)


def log_in_again(page: Page, username: str) -> None:
    """Follow the way back that the screen gives."""
    page.get_by_role("link", name="Opnieuw inloggen").click()
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("#question")).to_be_visible()
