"""Where safety is asked about: another page, calls first, nothing for the table."""

from playwright.sync_api import expect

from tests.browser.screen import Screen, Town

TOGETHER = ("Samen inschatten", "Gezinsblad")


def assert_safe(screen: Screen) -> None:
    """It looks different, and 112 and Veilig Thuis are one press away, in view."""
    expect(screen.page.locator("body.is-safety")).to_have_count(1)
    for name, number in (
        ("Bel 112", "112"),
        ("Bel Veilig Thuis 0800 2000", "08002000"),
    ):
        call = screen.page.get_by_role("link", name=name, exact=True)
        expect(call).to_have_attribute("href", f"tel:{number}")
        expect(call).to_be_in_viewport()
    screen.assert_open_to_all()


def test_a_purpose_about_safety_turns_the_page_before_anything_is_asked(
    any_screen: Screen, town: Town
) -> None:
    page = any_screen.page
    any_screen.log_in("joris")
    expect(page.locator("#safety")).to_be_hidden()
    page.check("#purpose-veiligheid")
    page.locator("#safety").scroll_into_view_if_needed()
    assert_safe(any_screen)
    page.get_by_label("Nee", exact=True).check()
    page.click("#look-up")
    any_screen.see("Kies waarom het niet is besproken.")
    any_screen.assert_open_to_all()
    page.check("#purpose-wmo-onderzoek")
    page.get_by_label("Nee", exact=True).check()
    any_screen.see("U kunt deze inwoner nu niet opzoeken. Bespreek het eerst.")
    page.click("#add-person")
    page.locator("#informed-1-no").check()
    others = page.get_by_text("Wilt u de anderen nu wel opzoeken?")
    expect(others).to_have_count(0)  # it was said before there was another
    page.locator("#informed-2-no").check()
    expect(others).to_be_visible()
    page.get_by_role("button", name="Weghalen: persoon 2").click()
    expect(page.locator("#safety")).to_be_hidden()
    expect(page.locator("body.is-safety")).to_have_count(0)
    any_screen.ask(
        [town.people.find_with("leerplicht", "veilig-thuis")], purpose="veiligheid"
    )
    any_screen.see("Veilig Thuis Voorbeeldregio")
    assert_safe(any_screen)
    order = page.locator("[data-order] button")
    expect(order).to_have_count(2)
    expect(order.first).to_contain_text("Veilig Thuis")
    for tool in TOGETHER:
        shown = page.get_by_text(tool).locator("visible=true")
        expect(shown).to_have_count(0)
    any_screen.see("De organisatie krijgt hier geen bericht van")
    ended = page.get_by_role("button", name="Volgens de inwoner afgerond")
    expect(ended).to_have_count(0)
    page.click("#again")
    expect(page.locator("#safety-place #safety")).to_be_visible()


def test_an_emergency_is_a_page_of_its_own_before_and_after_asking(
    any_screen: Screen, town: Town
) -> None:
    page = any_screen.page
    any_screen.log_in(to="/break-glass")
    assert_safe(any_screen)
    page.check("#reason-acute-crisis")
    page.check("#purpose-wmo-onderzoek")
    page.fill("#person-1", town.people.find_with("bijstand"))
    page.click("#look-up")
    any_screen.see("Opgezocht bij spoed.")
    assert_safe(any_screen)
    for tool in TOGETHER:
        shown = page.get_by_text(tool).locator("visible=true")
        expect(shown).to_have_count(0)
    page.click("#again")
    expect(page.locator("#reason input:checked")).to_have_count(0)
