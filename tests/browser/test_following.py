"""A case is followed from the answer: with the citizen knowing, listed, ended."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.screen import Screen, Town


def test_a_case_is_followed_listed_and_ended_by_keyboard(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    page = screen.page
    page.get_by_text("Deze inwoner volgen", exact=True).press("Enter")
    go = page.get_by_role("button", name="Volgen", exact=True)
    go.press("Enter")
    screen.see("Volgen kan alleen als de inwoner het weet.")
    knows = page.get_by_label("Ik heb met de inwoner besproken dat ik volg.")
    expect(knows).to_be_focused()
    expect(knows).not_to_be_checked()
    screen.assert_open_to_all()
    knows.press("Space")
    go.press("Enter")
    screen.see("U volgt deze inwoner tot en met")
    expect(page.locator("[data-follow-said]")).to_be_focused()
    with page.expect_popup() as beside:  # the answer stays where it is
        page.get_by_role("link", name="Wat ik volg").first.press("Enter")
    page = screen.page = beside.value
    row = page.get_by_role("row").filter(has_text="Z-2026-001234")
    expect(row).to_contain_text("Niets veranderd sinds u keek.")
    screen.assert_open_to_all()
    row.locator("summary").press("Enter")
    row.get_by_role("button", name="Ja, stop met volgen").press("Enter")
    screen.see("U volgt Z-2026-001234 niet meer.")
    screen.see("U volgt nu geen zaken.")
