"""Estimates wait on a lock: for who was logged out, in their case, for nobody else."""

import re

from playwright.sync_api import Page, expect

from deploy.town.parties import PASSWORD
from tests.browser.screen import CASE, Screen, Town

WAITING = """Object.keys(localStorage).find((name) =>
    name.startsWith('signal-desk.estimates.'))"""
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OFFER = re.compile(rf"^Inschatting van \d\d:\d\d uur voor zaak {CASE}")


def ask_two(screen: Screen, town: Town, *, case: str = CASE) -> None:
    """Ask about two people, of whom one gets a name."""
    page = screen.page
    screen.fill_in(town.people.find_household()[:2])
    page.fill("#case-reference", case)
    page.fill("#person-1-name", "ouder")
    page.click("#look-up")
    page.wait_for_selector("#result:not([hidden])")
    page.evaluate(UNFOLD)


def estimate(page: Page, person: int, domain: str, mark: int) -> None:
    page.locator(f"[name=estimate-{person}-{domain}][value='{mark}']").check(force=True)


def talk_until_logged_out(screen: Screen, town: Town) -> None:
    """Estimate, and then talk for a quarter of an hour without touching anything."""
    screen.page.clock.install()
    screen.log_in()
    ask_two(screen, town)
    with screen.page.expect_response("**/estimate-keys"):
        estimate(screen.page, 1, "financien", 4)
    estimate(screen.page, 2, "justitie", 2)
    screen.let_pass(15)
    screen.see("Alleen uw inschattingen wachten op u, tot")


def log_in_again(screen: Screen, username: str) -> None:
    screen.page.get_by_role("link", name="Opnieuw inloggen").click()
    screen.page.fill("input[name=username]", username)
    screen.page.fill("input[name=password]", PASSWORD)
    screen.page.wait_for_timeout(1_000)  # a login is of a whole second, as a key is
    screen.page.click("button[type=submit]")
    expect(screen.page.locator("#question")).to_be_visible()


def test_the_same_person_takes_them_over_in_the_same_case(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    talk_until_logged_out(screen, town)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert re.search(f"financi|justitie|ouder|{CASE}", kept, re.IGNORECASE) is None
    screen.assert_open_to_all()
    log_in_again(screen, "fatima")
    waiting = page.locator("#estimates-waited")
    expect(waiting).to_contain_text(CASE)
    expect(waiting).to_contain_text("ouder")
    expect(waiting).not_to_contain_text("Financiën")
    screen.assert_open_to_all()
    # In another case nothing is offered, and what waits stays on its lock.
    ask_two(screen, town, case="Z-2026-009999")
    offers = page.get_by_role("button", name=OFFER)
    expect(offers).to_have_count(0)
    page.reload()
    expect(waiting).to_contain_text(CASE)
    ask_two(screen, town)
    expect(offers).to_have_count(3)  # the parent's at the parent, the other's at both
    screen.assert_open_to_all()
    offers.filter(has_text="ouder").click()
    expect(page.locator("[name=estimate-1-financien]:checked")).to_have_value("4")
    expect(page.locator(".desk-mark__input:checked")).to_have_count(1)
    expect(offers).to_have_count(2)
    assert page.evaluate(WAITING) is not None
    page.click("#again")
    expect(waiting).to_be_hidden()
    assert page.evaluate(WAITING) is None
    ask_two(screen, town)
    expect(offers).to_have_count(0)
    expect(page.locator(".desk-mark__input:checked")).to_have_count(0)


def test_nobody_else_gets_them(screen: Screen, town: Town) -> None:
    talk_until_logged_out(screen, town)
    log_in_again(screen, "joris")
    screen.see("Er wachtten inschattingen. Die zijn gewist")
    expect(screen.page.locator("#estimates-waited")).to_be_hidden()
    assert screen.page.evaluate(WAITING) is None
