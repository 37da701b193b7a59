"""Back and forward lock an answer away, logging in is no step, and Escape hides."""

import pytest
from playwright.sync_api import Page, Route, expect

from deploy.town.parties import PASSWORD
from tests.browser.screen import CASE, Screen, Town

KEPT = """() => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href,
  document.body.innerText,
  [...document.querySelectorAll('input')].map((one) => one.value),
])"""


def log_in_by_the_link(page: Page) -> None:
    """Log in as people do: by what the page gives."""
    page.get_by_role("link", name="Inloggen").click()
    page.fill("input[name=username]", "fatima")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("#question")).to_be_visible()


def test_back_locks_the_answer_and_forward_brings_it_back_behind_one_key(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    with page.expect_popup() as opened:
        page.locator(".desk-nav__link[href='/own-lookups']").click()
    opened.value.close()
    expect(page.locator(".desk-flag")).to_be_visible()
    page.go_back()
    expect(page.locator("base")).to_have_attribute("target", "_self")
    expect(page.locator("#question")).to_be_visible()
    screen.see("Het antwoord staat nog klaar")
    expect(page.locator(".desk-flag")).to_have_count(0)
    assert "Werkplein" not in page.evaluate(KEPT)
    expect(page.locator("#case-reference")).to_have_value("")
    expect(page.locator("[data-informed] input:checked")).to_have_count(0)
    screen.assert_open_to_all()
    page.go_forward()
    screen.see("Het scherm is verborgen")
    expect(page.locator(".desk-flag")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-flag")).to_be_visible()
    expect(page.locator("#result-title")).to_be_focused()


def test_an_answer_that_is_gone_says_why(screen: Screen, town: Town) -> None:
    page = screen.page
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    assert page.title().startswith("Wie er al helpt")
    page.go_back()
    shown = page.get_by_role("button", name="Laat het antwoord zien")
    expect(shown).to_be_in_viewport()
    shown.click()
    expect(page.locator(".desk-flag")).to_be_visible()
    page.click("#again")
    expect(page.locator("#kept")).to_be_hidden()
    assert page.title().startswith("Opzoeken")
    expect(page.locator("#purpose-wmo-onderzoek")).to_be_focused()
    page.go_forward()
    screen.see("Het antwoord is weg, want u ging door met een nieuwe vraag.")
    screen.ask([town.people.find_with("bijstand")])
    page.reload()
    screen.see("Het antwoord is weg, want deze pagina is opnieuw geladen.")
    expect(page.locator(".desk-flag")).to_have_count(0)
    page.reload()
    expect(page.locator("#expired")).to_be_hidden()


def test_an_answer_that_was_locked_does_not_outlive_the_session(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.page.go_back()
    screen.see("Het antwoord staat nog klaar")
    screen.context.clear_cookies()
    screen.page.go_forward()
    screen.see("U bent vanzelf uitgelogd")
    expect(screen.page.locator(".desk-flag")).to_have_count(0)


@pytest.mark.parametrize("begin", ["/", "/lookup"])
def test_logging_in_is_no_step_of_the_history(
    screen: Screen, town: Town, begin: str
) -> None:
    page = screen.page
    page.goto("about:blank")
    page.goto(town.url + begin)
    log_in_by_the_link(page)
    page.wait_for_load_state()  # then the login is let go of
    assert page.evaluate("sessionStorage.length") == 0
    screen.ask([town.people.find_with("bijstand")])
    page.go_back()
    screen.see("Het antwoord staat nog klaar")
    page.go_back()
    assert page.url == "about:blank"


def test_an_old_login_page_has_a_way_back_that_works(screen: Screen) -> None:
    screen.log_in()
    screen.page.go_back()
    screen.see("Deze inlogpagina werkt niet meer")
    screen.assert_open_to_all()
    screen.page.get_by_role("link", name="Opnieuw inloggen").click()
    expect(screen.page.locator("#question")).to_be_visible()


def test_the_screen_is_hidden_from_wherever_one_is(screen: Screen, town: Town) -> None:
    page = screen.page
    screen.log_in()
    screen.fill_in(town.people.find_household())
    page.focus("#case-reference")
    page.keyboard.press("Escape")
    screen.see("Het scherm is verborgen")
    for key in ("Escape", "Shift", "a"):
        page.keyboard.press(key)
    expect(page.locator("#question")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator("#case-reference")).to_have_value(CASE)
    page.click("#look-up")
    expect(page.locator(".desk-part").first).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("[data-hide-screen]")).to_be_in_viewport()
    page.click("[data-hide-screen]")
    expect(page.locator(".desk-part").first).to_be_hidden()
    # And while the desk is asked whether the session lives, nothing shows.
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/session/active", hold)
    screen.context.clear_cookies()
    with page.expect_request("**/session/active"):
        page.keyboard.press("Enter")
    expect(page.locator(".desk-part").first).to_be_hidden()
    held[0].continue_()
    screen.see("U bent vanzelf uitgelogd")
