"""Hidden after five minutes, ended after fifteen, over after eight hours (WCAG 2.2.1).

The page's clock is moved by Playwright, the desk's sessions are aged in its database;
its own limits are under test in tests/unit/desk/test_sessions.py.
"""

from playwright.sync_api import Browser, expect

from tests.browser.screen import Screen, Town

MINUTE = 60_000


def test_after_five_minutes_the_screen_is_hidden_and_one_key_lifts_it(
    any_screen: Screen, town: Town
) -> None:
    any_screen.page.clock.install()
    any_screen.log_in()
    any_screen.fill_in([town.people.find_with("bijstand")])
    any_screen.page.focus("#case-reference")
    before = any_screen.page.input_value("#case-reference")
    any_screen.page.clock.fast_forward(5 * MINUTE + 5_000)
    any_screen.see("Druk op Enter, op de spatiebalk of op de knop om verder te gaan.")
    any_screen.assert_open_to_all()
    with any_screen.page.expect_request("**/session/active") as told:
        any_screen.page.keyboard.press("Enter")
    assert told.value.response() is not None
    expect(any_screen.page.locator("#cover")).to_be_hidden()
    assert any_screen.page.input_value("#case-reference") == before


def test_an_answer_outlives_its_tab_being_idle_and_not_the_session(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    page.clock.install()
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    page.clock.fast_forward(40 * MINUTE)  # the desk says that the session was just used
    screen.see("Het scherm is verborgen")
    screen.see("U blijft ingelogd tot")
    expect(page.locator(".desk-flag")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-flag")).to_be_visible()
    screen.let_pass(15)
    screen.see("U bent vanzelf uitgelogd")
    assert page.evaluate("sessionStorage.length") == 0
    assert "estimates" not in page.evaluate("JSON.stringify(localStorage)")
    screen.go("/lookup")
    screen.see("U bent vanzelf uitgelogd")


def test_ten_minutes_before_eight_hours_are_over_it_says_so(
    any_screen: Screen,
) -> None:
    any_screen.page.clock.install()
    any_screen.log_in()
    any_screen.age(7 * 60 + 48)
    any_screen.go("/lookup")
    expect(any_screen.page.locator("#ending")).to_be_empty()
    any_screen.page.clock.fast_forward(4 * MINUTE)
    any_screen.see("want dan bent u 8 uur ingelogd")
    any_screen.assert_open_to_all()
    any_screen.age(13)
    any_screen.page.clock.fast_forward(9 * MINUTE)
    any_screen.see("U bent vanzelf uitgelogd")


def test_an_answer_does_not_outlive_a_session_that_was_ended_at_the_provider(
    screen: Screen, town: Town
) -> None:
    screen.page.clock.install()
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    provider = screen.context.new_page()
    provider.goto(f"{town.places.issuer}/session/end")
    provider.get_by_role("button", name="Ja, log mij uit").click()
    expect(provider.get_by_text("U bent ook uitgelogd bij de balies")).to_be_visible()
    screen.page.clock.fast_forward(2 * MINUTE)
    screen.page.mouse.move(10, 10)
    screen.see("U bent vanzelf uitgelogd")


def test_an_untouched_answer_is_gone_seconds_after_a_login_elsewhere(
    screen: Screen, town: Town, chromium: Browser
) -> None:
    screen.page.clock.install()
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    elsewhere = Screen.open(chromium, town)
    elsewhere.log_in()
    elsewhere.close()
    screen.page.clock.fast_forward(15_000)
    screen.see("U bent ergens anders ingelogd")
    screen.assert_open_to_all()
    expect(screen.page.get_by_role("link", name="Opnieuw inloggen")).to_be_visible()


def test_logging_out_in_one_tab_leaves_nothing_in_another(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    other = screen.context.new_page()
    other.goto(f"{town.url}/logout")
    other.get_by_role("button", name="Ja, log mij uit").click()
    expect(other.get_by_text("U kunt dit venster sluiten.")).to_be_visible()
    screen.see("U kunt dit venster sluiten.")
    page.go_back()
    expect(page.locator(".desk-flag")).to_have_count(0)
    screen.go("/lookup")
    screen.see("U bent niet ingelogd")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    # And the provider, asked by who seems to come for the first time, knows nobody.
    screen.context.clear_cookies(name="__Host-desk-session")
    screen.go("/login")
    expect(page.locator("input[name=username]")).to_be_visible()


COMES_BACK = """() => {
  dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));
  const flags = document.querySelectorAll('.desk-flag').length;
  dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
  return flags;
}"""


def test_a_page_that_comes_back_from_memory_shows_its_answer_behind_one_key(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    assert screen.page.evaluate(COMES_BACK) == 0
    screen.see("Het scherm is verborgen")
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator(".desk-flag")).to_be_visible()


def test_a_page_that_comes_back_after_logging_out_shows_nothing(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.context.clear_cookies()
    screen.page.evaluate(COMES_BACK)
    screen.see("U bent vanzelf uitgelogd")
    expect(screen.page.locator(".desk-flag")).to_have_count(0)
