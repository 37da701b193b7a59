"""Searching in an emergency: a plain path of its own, a reason, and a review after."""

import sqlite3
from contextlib import closing

from playwright.sync_api import expect

from tests.browser.screen import Screen, Town


def count_reviews(town: Town) -> int:
    """Count what must be looked at afterwards, in the index's own database."""
    path = f"file:{town.places.index / 'index.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM review").fetchone()[0])


def fill_in(screen: Screen, number: str, purpose: str = "wmo-onderzoek") -> None:
    screen.page.check("#reason-acute-crisis")
    screen.page.check(f"#purpose-{purpose}")
    screen.page.fill("#person-1", number)


def test_it_is_reached_by_a_modest_link_and_tells_of_the_review(
    any_screen: Screen,
) -> None:
    any_screen.log_in()
    any_screen.page.get_by_role("link", name="Zoeken bij spoed").click()
    any_screen.see("Zoeken bij spoed")
    any_screen.see("Bel eerst 112.")
    any_screen.see("Dit wordt altijd achteraf bekeken")
    any_screen.assert_open_to_all()
    any_screen.page.click("#look-up")
    any_screen.see("Kies waarom het niet kan wachten.")
    expect(any_screen.page.locator("#reason input").first).to_be_focused()
    any_screen.assert_open_to_all()


def test_an_answer_is_marked_and_leaves_a_review_behind(
    any_screen: Screen, town: Town
) -> None:
    before = count_reviews(town)
    any_screen.log_in(to="/break-glass")
    fill_in(any_screen, town.people.find_with("bijstand"))
    any_screen.page.click("#look-up")
    any_screen.see("Opgezocht bij spoed.")
    any_screen.see("Bij spoed: Acute crisis waarbij nu iemand langs moet gaan")
    expect(any_screen.page.locator(".desk-flag")).to_have_count(1)
    any_screen.assert_open_to_all()
    assert count_reviews(town) == before + 1


def test_it_opens_nothing_that_is_closed(screen: Screen, town: Town) -> None:
    before = count_reviews(town)
    screen.log_in("sanne", to="/break-glass")
    fill_in(screen, town.people.unknown[0], "veiligheid")
    screen.page.check("#reason-danger-to-child")
    screen.page.click("#look-up")
    screen.see("Er is geen antwoord")
    assert screen.page.locator(".desk-ground").count() >= 2
    expect(screen.page.get_by_text("Opgezocht bij spoed.")).to_be_hidden()
    assert count_reviews(town) == before


def test_it_goes_by_keyboard_only(screen: Screen, town: Town) -> None:
    screen.log_in(to="/break-glass")
    keys = screen.page.keyboard
    screen.page.locator("body").press("Tab")
    keys.press("Enter")
    for _ in ("112", "Veilig Thuis", "reason"):
        keys.press("Tab")
    keys.press("Space")
    expect(screen.page.locator("#reason input").first).to_be_checked()
    keys.press("Tab")
    keys.press("Space")
    expect(screen.page.locator("#purpose input").first).to_be_checked()
    keys.press("Tab")
    keys.type(town.people.find_with("bijstand"))
    keys.press("Enter")
    expect(screen.page.locator("#result-title")).to_be_focused()
    screen.see("Opgezocht bij spoed.")
