"""WCAG 2.2 AA on each page and state, at both widths, and by keyboard only."""

from playwright.sync_api import expect

from tests.browser.screen import CASE, Screen, Town


def test_pages_before_logging_in(any_screen: Screen) -> None:
    for path in ("/", "/nowhere", "/logged-out", "/session-ended", "/lookup"):
        any_screen.go(path)
        any_screen.assert_open_to_all()


def test_the_question_and_its_errors(any_screen: Screen) -> None:
    any_screen.log_in()
    any_screen.assert_open_to_all()
    any_screen.page.click("#look-up")
    any_screen.page.check("#purpose-wmo-onderzoek")
    any_screen.page.click("#add-person")
    any_screen.page.click("#look-up")
    any_screen.assert_open_to_all()


def test_the_answers(any_screen: Screen, town: Town) -> None:
    any_screen.log_in()
    any_screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    any_screen.page.click("main summary")
    any_screen.assert_open_to_all()
    any_screen.page.click("#again")
    any_screen.ask([town.people.unknown[0]])
    any_screen.assert_open_to_all()


def test_a_refusal(any_screen: Screen, town: Town) -> None:
    any_screen.log_in("sanne")
    any_screen.ask([town.people.unknown[0]], purpose="veiligheid")
    any_screen.assert_open_to_all()


def test_the_other_pages(any_screen: Screen) -> None:
    any_screen.log_in()
    for path in ("/", "/own-lookups", "/follows", "/hand-over", "/logout"):
        any_screen.go(path)
        any_screen.assert_open_to_all()


def test_the_hidden_screen(any_screen: Screen) -> None:
    any_screen.log_in()
    any_screen.page.click("[data-hide-screen]")
    any_screen.assert_open_to_all()


def test_a_whole_lookup_by_keyboard(screen: Screen, town: Town) -> None:
    screen.log_in()
    keys = screen.page.keyboard
    screen.page.locator("body").press("Tab")
    expect(screen.page.locator(".utrecht-skip-link")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    still_to_call = screen.page.locator("#open-calls a")
    if still_to_call.is_visible():  # of who looked up today, in this town
        expect(still_to_call).to_be_focused()
        keys.press("Tab")
    expect(screen.page.get_by_role("link", name="Zoeken bij spoed")).to_be_focused()
    keys.press("Tab")
    keys.press("Space")
    expect(screen.page.locator("#purpose input").first).to_be_checked()
    keys.press("Tab")
    keys.type(CASE)
    keys.press("Tab")
    keys.type(town.people.find_with("bijstand"))
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(screen.page.locator("#result-title")).to_be_focused()
    keys.press("Tab")
    expect(screen.page.locator("#again")).to_be_focused()
    keys.press("Tab")
    expect(screen.page.locator(".desk-gaps summary")).to_be_focused()
    keys.press("Tab")
    expect(screen.page.locator("[data-call]").first).to_be_focused()


def test_a_printed_answer_is_one_page(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    printed = screen.page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
