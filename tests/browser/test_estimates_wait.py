"""Estimates wait on a lock for who was logged out, and for nobody else."""

import re

import pytest
from playwright.sync_api import expect

from deploy.town.parties import PASSWORD
from tests.browser.screen import Screen, Town
from tests.browser.test_together import estimate, unfold

MINUTE = 60_000


def talk_until_logged_out(screen: Screen, town: Town) -> str:
    """Estimate, and then talk for a quarter of an hour without touching anything."""
    screen.page.clock.install()
    screen.log_in()
    citizen = town.people.find_with("bijstand")
    screen.ask([citizen])
    unfold(screen.page, "Samen inschatten")
    with screen.page.expect_response("**/estimate-keys"):
        estimate(screen.page, "Financiën", 4)
    estimate(screen.page, "Justitie", 2)
    screen.page.clock.fast_forward(15 * MINUTE + 5_000)
    screen.see("U bent vanzelf uitgelogd")
    screen.see("Alleen uw inschattingen wachten op u, tot")
    return citizen


def log_in_again(screen: Screen, username: str) -> None:
    screen.page.get_by_role("link", name="Opnieuw inloggen").click()
    screen.page.fill("input[name=username]", username)
    screen.page.fill("input[name=password]", PASSWORD)
    screen.page.click("button[type=submit]")
    expect(screen.page.locator("#question")).to_be_visible()


def test_the_same_person_finds_them_back_and_fills_them_in(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    citizen = talk_until_logged_out(screen, town)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert (
        re.search(f"financi|justitie|bijstand|werkplein|{citizen}", kept, re.IGNORECASE)
        is None
    )
    screen.assert_open_to_all()
    log_in_again(screen, "fatima")
    screen.see("Financiën: 4, Justitie: 2")
    assert page.evaluate("sessionStorage.length") == 0
    screen.assert_open_to_all()
    screen.ask([town.people.find_with("bijstand")])
    unfold(page, "Samen inschatten")
    expect(page.locator(".desk-mark__input:checked")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Vul hier de inschattingen")).click()
    expect(page.locator(".desk-mark__input:checked")).to_have_count(2)


@pytest.mark.parametrize("who", ["a colleague", "a login that was remembered"])
def test_nobody_else_gets_them(screen: Screen, town: Town, who: str) -> None:
    page = screen.page
    talk_until_logged_out(screen, town)
    if who == "a colleague":
        log_in_again(screen, "joris")
    else:
        screen.go("/login?to=/lookup")  # the provider still knows fatima
    screen.see("Er wachtten inschattingen. Die zijn gewist")
    expect(page.locator("#estimates-waited")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0
