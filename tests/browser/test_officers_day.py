"""An officer's day: from login to a judged review, and who watches it all.

One town, five people: Fatima looks somebody up in an emergency, Anke asks and judges,
Fatima explains, Bram is the second pair of eyes, Dora sees what the officers did.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.screen import Screen, Town

NO_NUMBERS = "Schrijf geen namen en geen burgerservicenummers."


@pytest.fixture
def people(town: Town, chromium: Browser, width: int) -> Iterator[dict[str, Screen]]:
    """Give a window for each of them, all open at once."""
    screens = {
        name: Screen.open(chromium, town, width=width)
        for name in ("fatima", "anke", "bram", "dora")
    }
    yield screens
    for screen in screens.values():
        screen.close()


@pytest.fixture
def officer(town: Town, chromium: Browser) -> Iterator[Screen]:
    """Give a second window: one browser is logged in as one person."""
    opened = Screen.open(chromium, town)
    yield opened
    opened.close()


def look_up_in_emergency(screen: Screen, number: str) -> str:
    """Look somebody up without a case; gives the reference on the screen."""
    screen.log_in(to="/break-glass")
    screen.page.check("#reason-acute-crisis")
    screen.page.check("#purpose-wmo-onderzoek")
    screen.page.fill("#person-1", number)
    screen.page.click("#look-up")
    screen.see("Opgezocht bij spoed.")
    folded = screen.page.locator("[data-slot=reference]").first
    return (folded.text_content() or "").strip()


def open_review(screen: Screen, entry: str) -> None:
    """Open the review of this lookup, by way of the entry itself."""
    screen.go(f"/officer/entries/{entry}")
    screen.page.get_by_role("button", name="Op de lijst om te beoordelen").click()
    screen.see("Waarom op de lijst?")


def test_an_officers_day_from_login_to_judged_review(
    people: dict[str, Screen], town: Town
) -> None:
    fatima, anke, bram, dora = people.values()
    entry = look_up_in_emergency(fatima, town.people.find_with("bijstand"))

    anke.log_in("anke", to="/officer/reviews")
    anke.see("Beoordelen")
    anke.see("Opgezocht bij spoed")
    expect(anke.page.locator("main")).not_to_contain_text("employee-fatima")
    anke.assert_open_to_all()

    open_review(anke, entry)
    anke.see("employee-fatima")
    anke.see("Acute crisis waarbij nu iemand langs moet gaan")
    anke.see("Elke bevraging bij spoed wordt nagekeken.")
    anke.assert_open_to_all()
    _ask_for_an_explanation(anke)

    _explain(fatima)

    anke.page.reload()
    anke.see("De crisisdienst belde mij.")
    _judge(anke)

    bram.log_in("bram", to="/officer/reviews")
    bram.page.get_by_role("link", name="Tweede paar ogen").click()
    bram.page.locator("tbody a").last.click()
    bram.see("Een tweede paar ogen")
    bram.page.check("#agrees-yes")
    bram.page.get_by_role("button", name="Vastleggen", exact=True).click()
    bram.see("Eens met het oordeel")
    bram.see("Afgerond")
    bram.assert_open_to_all()

    dora.log_in("dora", to="/officer/watch")
    dora.see("Een oordeel gegeven")
    dora.see("Als tweede paar ogen gekeken")
    dora.see("Een bevraging geopend om te beoordelen")
    expect(dora.page.locator("tbody").last).not_to_contain_text("employee-fatima")
    dora.assert_open_to_all()


def _ask_for_an_explanation(anke: Screen) -> None:
    anke.page.check("#question-why-emergency")
    anke.page.fill("#question-text", "Het gaat om 123456782.")
    anke.page.get_by_role("button", name="Uitleg vragen").click()
    anke.see("zonder nummer dat een burgerservicenummer kan zijn")
    expect(anke.page.locator("#question-why-emergency")).to_be_checked()
    anke.assert_open_to_all()
    anke.page.fill("#question-text", "Wie belde u?")
    anke.page.get_by_role("button", name="Uitleg vragen").click()
    anke.see("Wacht op uitleg")
    anke.see("Wie belde u?")


def _explain(fatima: Screen) -> None:
    fatima.go("/lookup")
    fatima.see("vraag over een eerdere bevraging")
    fatima.page.get_by_role("link", name="Lees en antwoord").click()
    fatima.see("Waarom kon het niet wachten?")
    fatima.see("Wie belde u?")
    expect(fatima.page.locator("main")).not_to_contain_text("anke")
    fatima.assert_open_to_all()
    fatima.page.get_by_role("button", name="Uitleg versturen").click()
    fatima.see("Kies wat het best past.")
    fatima.page.get_by_label("Ik had dienst").check()
    fatima.page.get_by_label("Toelichting").fill("De crisisdienst belde mij.")
    fatima.page.get_by_role("button", name="Uitleg versturen").click()
    fatima.see("Uw uitleg is verstuurd.")
    fatima.see("De privacy officer heeft uw uitleg gekregen")
    fatima.assert_open_to_all()


def _judge(anke: Screen) -> None:
    anke.page.check("#verdict-not-in-order")
    anke.page.get_by_role("button", name="Oordeel vastleggen").click()
    anke.see("Kies wat er niet in orde is.")
    anke.page.select_option("#finding", "wrong-purpose")
    anke.page.get_by_role("button", name="Oordeel vastleggen").click()
    anke.see("Hier moet een ander naar kijken")
    expect(anke.page.locator("#agrees-yes")).to_have_count(0)
    anke.assert_open_to_all()


def test_a_review_is_judged_with_the_keyboard_alone(
    screen: Screen, officer: Screen, town: Town
) -> None:
    entry = look_up_in_emergency(screen, town.people.unknown[1])
    officer.log_in("anke", to=f"/officer/entries/{entry}")
    press_until(officer, "button", "Op de lijst om te beoordelen zetten")
    officer.page.keyboard.press("Enter")
    officer.see("Waarom op de lijst?")
    press_until(officer, "input", "in-order")
    officer.page.keyboard.press("Space")
    press_until(officer, "button", "Oordeel vastleggen")
    officer.page.keyboard.press("Enter")
    officer.see("Afgerond")
    officer.see("In orde")


def press_until(screen: Screen, tag: str, name: str) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(80):
        screen.page.keyboard.press("Tab")
        focused = screen.page.evaluate(
            "(() => { const e = document.activeElement; "
            "return [e.tagName.toLowerCase(), e.value || e.textContent.trim()]; })()"
        )
        if focused == [tag, name]:
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_what_is_judged_goes_on_paper_without_forms(
    screen: Screen, officer: Screen, town: Town, tmp_path: Path
) -> None:
    entry = look_up_in_emergency(screen, town.people.unknown[2])
    officer.log_in("anke", to=f"/officer/entries/{entry}")
    officer.page.get_by_role("button", name="Op de lijst om te beoordelen").click()
    officer.see("Waarom op de lijst?")
    officer.page.emulate_media(media="print")
    expect(officer.page.locator("#judge")).to_be_hidden()
    expect(officer.page.locator("#who")).to_be_visible()
    officer.page.pdf(path=str(tmp_path / "review.pdf"), format="A4")
    assert (tmp_path / "review.pdf").stat().st_size > 0


def test_on_a_phone_the_menu_unfolds_without_script(
    town: Town, chromium: Browser
) -> None:
    screen = Screen.open(chromium, town, width=390)
    screen.log_in("anke")
    page = screen.page
    header = page.locator(".desk-header").bounding_box()
    assert header is not None
    assert header["height"] < 80
    overview = page.get_by_role("link", name="Overzicht")
    expect(overview).to_be_hidden()
    page.locator(".desk-menu summary").press("Enter")
    expect(overview).to_be_visible()
    expect(page.get_by_role("link", name="Uitloggen")).to_be_visible()
    screen.assert_open_to_all()
    page.keyboard.press("Tab")
    expect(overview).to_be_focused()
    screen.close()


def test_a_generalist_has_no_way_in(screen: Screen) -> None:
    screen.log_in()
    for page in ("/officer/reviews", "/officer/watch"):
        screen.go(page)
        screen.see("Deze pagina is niet voor u")
