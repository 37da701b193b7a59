"""A generalist looks, the agent fetches it, an administrator reads whom to call."""

import time

from playwright.sync_api import expect

from deploy.town.commands import run
from tests.browser.screen import Screen

AGENCY = "debt-help"


def test_an_administrator_reads_who_looked_and_whom_to_call(
    screen: Screen, any_screen: Screen
) -> None:
    town = screen.town
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    screen.see("Kredietbank Voorbeeldstad")
    time.sleep(4)  # the leader opens boxes every two seconds
    folder = town.places.agency(AGENCY)
    run(["signal-source", "run", "--once", "--settings", "agency.toml"], folder)
    any_screen.log_in("kees")
    any_screen.go("/agency/notices")
    page = any_screen.page
    newest = page.locator("tbody tr").first
    expect(newest).to_contain_text("Wijkteam Voorbeeldstad zag dat u betrokken bent.")
    expect(newest).to_contain_text("Onderzoek na een melding (Wmo)")
    expect(newest.get_by_role("link", name="0182 55 50 00")).to_be_visible()
    expect(newest).to_contain_text("Geen zaaknummer. Zo heet het signaal in de index:")
    any_screen.assert_open_to_all()
