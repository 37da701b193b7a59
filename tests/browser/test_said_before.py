"""What somebody said of a flag stands on its card when they look it up again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.screen import Screen, Town


def test_what_was_said_before_is_pressed_and_changed_where_it_was_said(
    screen: Screen, town: Town
) -> None:
    number = town.people.find_with("schuldhulpverlening")  # few others ask about them
    screen.log_in()
    screen.ask([number])
    page = screen.page
    silent = page.get_by_role("button", name="Niet bereikbaar").first
    silent.press("Enter")
    screen.see("Vastgelegd: niet bereikbaar")
    page.click("#again")
    screen.ask([number])
    screen.see("Dit zei u al. Het hoort bij de keer dat u om")
    expect(silent).to_have_attribute("aria-pressed", "true")
    screen.assert_open_to_all()
    page.get_by_role("button", name="Contact gelegd").first.press("Enter")
    screen.see("Vastgelegd: contact gelegd")
    page.goto(f"{page.url.split('/lookup')[0]}/own-lookups")
    # what others of the town looked up stands there too
    reached = page.locator("[data-state]", has_text="Contact gelegd")
    expect(page.locator("[data-follow]", has=reached).first).to_be_visible()
    expect(page.get_by_text("nog eens opgezocht").first).to_be_visible()
