"""A school without an export signals by hand; a generalist sees flag and end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.screen import Screen, Town


@pytest.fixture
def other(town: Town, chromium: Browser) -> Iterator[Screen]:
    """The generalist's own browser: somewhere else in town."""
    opened = Screen.open(chromium, town)
    opened.log_in("fatima")
    yield opened
    opened.close()


@pytest.fixture
def phone(town: Town, chromium: Browser) -> Iterator[Screen]:
    """The intern begeleider's telephone."""
    opened = Screen.open(chromium, town, width=390)
    yield opened
    opened.close()


def give(screen: Screen, number: str, case: str) -> None:
    """Fill in the form as the intern begeleider does, with the keyboard's order."""
    page = screen.page
    page.fill("#give-case", case)
    page.fill("#give-since", "2026-01-05")
    page.check("input[name=give-informed] >> nth=0")
    page.fill("#give-informed-on", page.get_attribute("#give-informed-on", "max") or "")
    page.fill("#person-number", number)
    page.click("#give-signal")


def flags_of(screen: Screen, number: str) -> str:
    """Look somebody up as the generalist, and give what the answer says."""
    screen.go("/lookup")
    screen.ask([number], purpose="jeugdhulp-toegang")
    return screen.page.inner_text("#answer")


def test_a_school_signals_and_ends_and_a_generalist_sees_it(
    phone: Screen, other: Screen
) -> None:
    screen, page = phone, phone.page
    number, case = screen.town.people.unknown[0], "Z-2026-004401"
    screen.log_in("ingrid", "/involved")
    screen.assert_open_to_all()
    page.click("text=Doorgeven")
    screen.assert_open_to_all()
    page.fill("#give-since", "2099-01-01")
    page.click("#give-signal")
    assert page.locator("[data-error]:visible").count() >= 3
    screen.see("Vul uw zaaknummer in, bijvoorbeeld")
    screen.see("Deze dag is nog niet geweest.")
    requests: list[str] = []
    page.on("request", lambda sent: requests.append(f"{sent.url} {sent.post_data}"))
    give(screen, number, case)
    page.wait_for_url("**/involved?given=*")
    assert not any(number in sent for sent in requests)
    screen.see(case)
    screen.assert_open_to_all()
    answer = flags_of(other, number)
    assert "De Wilg" in answer
    assert "Contact sinds 5 januari 2026." in answer

    sheet = other.page.locator("[data-family]")
    sheet.locator("summary").click()
    expect(sheet.locator("[data-chosen]")).to_have_count(1)
    other.page.click("[data-press]")
    other.see("zien nu uw contactpersoon.")
    own = sheet.locator(".desk-family__contact").first
    expect(own).to_contain_text("Houdt het overzicht")
    own.locator("[data-chosen]").check()
    other.page.evaluate("window.print = () => {}")
    other.page.click("[data-print]")
    other.see("Het blad is vastgelegd.")
    printed = other.page.locator("body > .desk-sheet .desk-sheet__line")
    expect(printed.locator(".desk-sheet__organisation")).to_contain_text("Voorbeeld")
    expect(printed.locator(".desk-sheet__lead")).not_to_be_empty()
    other.page.evaluate("dispatchEvent(new Event('afterprint'))")
    other.page.click("[data-undo]")
    expect(sheet.locator("[data-chosen]")).to_have_count(1)
    other.see("Ongedaan gemaakt. Het vlaggetje is weg.")
    expect(other.page.locator("[data-press]")).to_be_focused()
    other.assert_open_to_all()

    page.click(f"text={case}")
    screen.assert_open_to_all()
    page.check("#reason-ended")
    page.click("button:has-text('Beëindigen')")
    screen.see("Het vlaggetje is weg")
    answer = flags_of(other, number)
    assert "Intern begeleider" not in answer
    assert "geeft een medewerker contact met de hand door" in answer


def test_emptying_leaves_nothing_and_what_broke_off_is_sent_again(
    screen: Screen,
) -> None:
    page, number = screen.page, screen.town.people.unknown[2]
    screen.log_in("ingrid", "/involved/new")
    page.route(
        "**/relay/v1/hand-signals", lambda route: route.abort("internetdisconnected")
    )
    give(screen, number, "Z-2026-004499")
    page.wait_for_selector("#told h2")
    assert page.is_visible("#number-done")
    assert page.input_value("#person-number") == ""
    page.unroute("**/relay/v1/hand-signals")
    page.click("#give-signal")
    page.wait_for_url("**/involved?given=*")
    assert page.locator("text=Z-2026-004499").count() == 1
    screen.go("/involved/new")
    page.fill("#give-case", "Z-2026-004500")
    page.check("input[name=give-informed] >> nth=0")
    page.fill("#person-number", number)
    page.fill("#person-number", screen.town.people.find_with("bijstand"))
    assert page.locator("input[name=give-informed]:checked").count() == 0
    page.click("#empty")
    assert page.input_value("#give-case") == page.input_value("#person-number") == ""
    assert page.locator("input:checked").count() == 1  # the only kind there is
    assert "pseudonym" not in page.evaluate("JSON.stringify({...localStorage})")


def test_a_pupil_given_twice_is_asked_about_first(phone: Screen, other: Screen) -> None:
    screen, page = phone, phone.page
    number, first = screen.town.people.unknown[3], "Z-2026-004601"
    screen.log_in("ingrid", "/involved/new")
    give(screen, number, first)
    page.wait_for_url("**/involved?given=*")
    screen.go("/involved/new")
    give(screen, number, "Z-2026-004602")
    screen.see("U gaf dit al door op")
    opened = page.get_by_role("link", name=f"Open zaak {first}")
    expect(opened).to_be_focused()
    screen.assert_open_to_all()
    opened.click()
    expect(page.locator("h1")).to_have_text(first)
    screen.go("/involved/new")
    give(screen, number, "Z-2026-004602")
    page.get_by_role("button", name="Geef ook deze door").click()
    page.wait_for_url("**/involved?given=*")
    assert flags_of(other, number).count("Intern begeleider") >= 2
