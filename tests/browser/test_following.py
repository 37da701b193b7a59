"""A case is followed from the answer: with the citizen knowing, listed, ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

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


@pytest.fixture
def colleague(town: Town, chromium: Browser) -> Iterator[Screen]:
    """Somebody of the same organisation, at a telephone."""
    opened = Screen.open(chromium, town, width=390)
    opened.log_in("nadia", "/hand-over")
    yield opened
    opened.close()


def test_all_that_one_follows_and_signalled_passes_by_one_press_each(
    screen: Screen, colleague: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("schuldhulpverlening")])
    page = screen.page
    page.get_by_text("Deze inwoner volgen", exact=True).click()
    page.get_by_label("Ik heb met de inwoner besproken dat ik volg.").check()
    page.get_by_role("button", name="Volgen", exact=True).click()
    screen.see("U volgt deze inwoner tot en met")
    page.click("[data-press]")
    screen.see("zien nu uw contactpersoon.")
    screen.go("/hand-over")
    screen.assert_open_to_all()
    boxes = page.locator("main input[type=checkbox]")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        expect(box).to_be_checked()
    choice = page.locator("#to")
    if choice.count():
        choice.select_option("keep")
    page.get_by_role("button", name="Maak een code").press("Enter")
    screen.assert_open_to_all()
    code = page.inner_text(".desk-table__code")

    hers = colleague.page
    colleague.assert_open_to_all()
    hers.fill("#code", code.lower().replace("-", " "))
    hers.keyboard.press("Enter")
    colleague.see("U hebt het werk van uw collega overgenomen.")
    expect(hers.locator("#taken + ul")).to_contain_text("overgenomen van Fatima")
    colleague.assert_open_to_all()
    for path in ("/follows", "/involved"):
        colleague.go(path)
        colleague.see("Z-2026-001234")
    page.reload()
    screen.see("Deze code is gebruikt, en werkt niet meer.")
    said = page.get_by_text(re.compile("overgenomen door Nadia"))
    assert said.count() >= 2
    screen.assert_open_to_all()
    colleague.go("/involved")
    hers.click("text=Z-2026-001234")
    hers.check("input[name=reason] >> nth=0")
    hers.get_by_role("button", name=re.compile("Beëindig")).click()
