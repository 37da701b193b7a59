"""Hidden after five minutes, ended after fifteen, over after eight hours (WCAG 2.2.1).

The page's clock is moved by Playwright; the desk's own limits are under test in
tests/unit/desk/test_sessions.py, with a clock of their own.
"""

from playwright.sync_api import expect

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
    any_screen.see("Druk op een toets om verder te gaan.")
    any_screen.assert_open_to_all()
    with any_screen.page.expect_request("**/session/active") as told:
        any_screen.page.keyboard.press("7")
    assert told.value.response() is not None
    expect(any_screen.page.locator("#cover")).to_be_hidden()
    assert any_screen.page.input_value("#case-reference") == before


def test_after_a_quarter_of_an_hour_nothing_is_left(screen: Screen, town: Town) -> None:
    screen.page.clock.install()
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.page.clock.fast_forward(5 * MINUTE + 5_000)
    screen.see("Het scherm is verborgen")
    screen.page.clock.fast_forward(10 * MINUTE)
    screen.see("U bent vanzelf uitgelogd")
    names = {cookie["name"] for cookie in screen.context.cookies(town.url)}
    assert "__Host-desk-session" not in names
    assert screen.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_ten_minutes_before_eight_hours_are_over_it_says_so(
    any_screen: Screen,
) -> None:
    any_screen.page.clock.install()
    any_screen.log_in()
    work_for(any_screen, 7 * 60 + 48)
    expect(any_screen.page.locator("#ending")).to_be_empty()
    work_for(any_screen, 4)
    any_screen.see("want dan bent u 8 uur ingelogd")
    any_screen.assert_open_to_all()
    work_for(any_screen, 8)
    any_screen.see("U bent vanzelf uitgelogd")


def test_an_answer_does_not_outlive_a_session_that_was_ended_elsewhere(
    screen: Screen, town: Town
) -> None:
    screen.page.clock.install()
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.context.clear_cookies()
    screen.page.clock.fast_forward(2 * MINUTE)
    screen.page.mouse.move(10, 10)
    screen.see("U bent vanzelf uitgelogd")


def test_the_back_button_after_logging_out_shows_no_data(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.go("/logout")
    screen.page.get_by_role("button", name="Ja, log mij uit").click()
    screen.page.wait_for_load_state()
    screen.go("/lookup")
    screen.page.go_back()
    expect(screen.page.locator(".desk-flag")).to_have_count(0)
    screen.go("/lookup")
    screen.see("U bent niet ingelogd")


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
    screen.page.keyboard.press("a")
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


def work_for(screen: Screen, minutes: int) -> None:
    """Let time pass with a movement now and then, so that nothing is idle."""
    for place in range(0, minutes, 4):
        screen.page.mouse.move(20 + place % 3, 20)
        screen.page.clock.fast_forward(min(4, minutes - place) * MINUTE)
