"""What a generalist does with it, in a real browser, against real processes."""

import re

from playwright.sync_api import Browser, expect

from deploy.town.parties import TEAM_DESK
from tests.browser.screen import Screen, Town


def test_flags_of_a_citizen_whom_two_agencies_know(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    expect(screen.page.locator(".desk-flag")).to_have_count(2)
    shown = screen.page.locator(".desk-flag__organisation").all_inner_texts()
    assert sorted(shown) == ["Kredietbank Voorbeeldstad", "Werkplein Voorbeeldstad"]
    call = screen.page.locator("[data-call]").first
    expect(call).to_have_attribute("href", re.compile(r"^tel:\+31\d{9}$"))
    screen.page.locator("summary", has_text="Wie is er gevraagd").click()
    screen.see("U ziet of er contact is")


def test_a_citizen_without_flags_is_told_plainly(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.unknown[0]])
    expect(screen.page.locator(".desk-flag")).to_have_count(0)
    screen.see("Geen vlaggetjes")
    banks = "Kredietbank Voorbeeldstad, Stadsbank Voorbeeldregio"
    screen.see(f"{banks} en Werkplein Voorbeeldstad hebben geen")
    screen.see("weten wij niets: daar doet nog niemand mee.")


def test_a_household_has_one_answer_per_person(screen: Screen, town: Town) -> None:
    members = town.people.find_household()
    screen.log_in()
    screen.ask(members)
    expect(screen.page.locator(".desk-part")).to_have_count(len(members))
    screen.see(f"Persoon {len(members)}")


def test_a_refusal_explains_every_ground_with_a_remedy(
    screen: Screen, town: Town
) -> None:
    screen.log_in("sanne")
    screen.ask([town.people.unknown[0]], purpose="veiligheid")
    screen.see("Er is geen antwoord")
    grounds = screen.page.locator(".desk-ground")
    assert grounds.count() >= 2
    expect(grounds.first).to_contain_text("Wat u kunt doen:")
    screen.see("U mist de opleiding die bij dit doel hoort, of die is verlopen.")
    screen.see("Voor dit doel logt u in met een tweede stap.")
    screen.page.get_by_role("link", name="Opnieuw inloggen").click()
    expect(screen.page.locator("input[name=password]")).to_be_visible()


def test_each_call_has_its_outcome_and_one_is_changed_later(
    any_screen: Screen, town: Town
) -> None:
    screen, page = any_screen, any_screen.page
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    flags = page.locator(".desk-flag")
    first = flags.nth(0).get_by_role("button", name="Contact gelegd")
    page.route("**/outcome", lambda route: route.fulfill(status=502, body="{}"))
    first.click()
    expect(flags.nth(0)).to_contain_text("Niet vastgelegd: contact gelegd.")
    expect(first).to_have_attribute("aria-pressed", "false")
    page.unroute("**/outcome")
    flags.nth(0).get_by_role("button", name="Probeer het nog een keer").press("Enter")
    expect(flags.nth(0)).to_contain_text("Vastgelegd: contact gelegd.")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(first).to_be_focused()
    # A wrong press is taken back.
    back = flags.nth(1).get_by_role("button", name="Antwoord weghalen")
    expect(back).to_be_hidden()
    flags.nth(1).get_by_role("button", name="Niet nodig").click()
    back.press("Enter")
    expect(flags.nth(1)).to_contain_text("Vastgelegd: uw antwoord is weggehaald.")
    expect(back).to_be_hidden()
    expect(flags.nth(1).get_by_role("button").first).to_be_focused()
    flags.nth(1).get_by_role("button", name="Niet bereikbaar").click()
    expect(flags.nth(1)).to_contain_text("Vastgelegd: niet bereikbaar.")
    # On Monday, in another session: found back by the case number.
    if page.locator(".desk-menu").is_visible():
        page.click(".desk-menu")  # a phone
    page.get_by_role("link", name="Uitloggen").click()
    page.get_by_role("button", name="Ja, log mij uit").click()
    page.wait_for_load_state()
    screen.context.clear_cookies()
    screen.log_in(to="/own-lookups")
    to_call = page.get_by_role("region", name="Nog te bellen")
    case = to_call.get_by_role("row").filter(has_text="Z-2026-001234").first
    state = page.locator("[data-state]", has_text="Niet bereikbaar")
    later = case.locator("[data-follow]").filter(has=state)
    expect(case.locator("[data-follow]")).to_have_count(2)
    expect(later.locator("[data-call]")).to_have_attribute(
        "href", re.compile(r"^tel:\+31\d{9}$")
    )
    expect(later.locator("[data-when]")).not_to_be_empty()
    later.locator("summary").click()
    pressed = later.get_by_role("button", name="Niet bereikbaar")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    screen.assert_open_to_all()
    later.get_by_role("button", name="Volgens de inwoner afgerond").click()
    expect(pressed).to_have_attribute("aria-pressed", "true")
    later.get_by_role("button", name="Ja, leg dit vast").press("Enter")
    ended = case.locator("[data-follow]").filter(has_text="Vastgelegd: volgens")
    expect(ended.locator("[data-state]")).to_have_text("Volgens de inwoner afgerond")
    expect(ended.locator("[data-call]")).to_be_hidden()
    ended.get_by_role("button", name="Antwoord weghalen").click()
    unsaid = case.locator("[data-follow]").filter(has_text="Nog niet ingevuld")
    expect(unsaid.locator("[data-call]")).to_be_visible()


def test_what_holds_for_one_citizen_is_empty_for_the_next(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.unknown[0]])
    screen.page.click("#again")
    expect(screen.page.locator("#case-reference")).to_have_value("")
    expect(screen.page.locator("[data-informed] input:checked")).to_have_count(0)
    expect(screen.page.locator("#purpose-wmo-onderzoek")).to_be_checked()
    expect(screen.page.locator("#person-1")).to_have_value("")


def test_a_mistyped_number_is_told_while_typing_and_not_sent(screen: Screen) -> None:
    screen.log_in()
    screen.fill_in(["123 456 789"])
    screen.see("Dit nummer klopt niet.")
    screen.page.click("#look-up")
    expect(screen.page.locator("#result")).to_be_hidden()
    expect(screen.page.locator("#person-1")).to_be_focused()


def test_the_back_button_shows_no_answer(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    screen.go("/own-lookups")
    screen.page.go_back()
    screen.see("Het antwoord is weg, want u ging naar een andere pagina.")
    expect(screen.page.locator(".desk-flag")).to_have_count(0)


def test_someone_of_another_organisation_is_not_let_in(screen: Screen) -> None:
    screen.log_in("anke", at=TEAM_DESK)
    screen.see("Dit is de balie van een andere organisatie")


def test_logging_out_leaves_nothing_behind(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.page.get_by_role("link", name="Uitloggen").click()
    screen.page.get_by_role("button", name="Ja, log mij uit").click()
    screen.page.wait_for_load_state()
    cookies = {one["name"]: one["value"] for one in screen.context.cookies(town.url)}
    assert cookies["__Host-desk-session"] == "left"  # that somebody left, and no more
    screen.go("/lookup")
    screen.see("U bent niet ingelogd")
    assert screen.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_without_javascript_it_says_why_it_needs_it(
    town: Town, chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    screen = Screen(town, context, context.new_page(), town.url)
    screen.log_in()
    # text inside <noscript> is not searched, so the element itself is
    notice = screen.page.locator("noscript .desk-notice")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Deze pagina heeft JavaScript nodig")
    context.close()
