"""A source goes back to trial, rehearses and goes live: commands and screens."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from deploy.town.found import program
from deploy.town.parties import AGENCIES
from deploy.town.processes import run_command
from tests.browser.screen import Screen, Town

BANK = "Kredietbank Voorbeeldstad"
OIN = next(one.organisation for one in AGENCIES if one.slug == "debt-help")


def administer(town: Town, *verb: str) -> str:
    """Run one command on the machine of the index."""
    command = [program("signal-index"), "source", *verb, "--settings", "index.toml"]
    return run_command(command, town.places.index)


def rehearse(town: Town) -> str:
    """Rehearse, as the colleague who does the bank's deliveries."""
    folder = town.places.agency("debt-help")
    command = [program("signal-source"), "rehearse", "--settings", "agency.toml"]
    return run_command(command, folder)


@pytest.fixture(scope="module")
def tried(town: Town) -> Iterator[Town]:
    """The bank, taken back to trial by an administrator."""
    administer(town, "to-trial", OIN)
    yield town
    administer(town, "go-live", OIN, "--without-rehearsal", BANK)


def test_its_flags_are_gone_and_nobody_reads_that_as_no_contact(
    any_screen: Screen, tried: Town
) -> None:
    any_screen.log_in()
    any_screen.ask([tried.people.find_with("schuldhulpverlening")])
    late = any_screen.page.locator(".desk-gaps")
    expect(late).to_contain_text(BANK)
    expect(late).to_contain_text("niets meer doorgegeven sinds")
    expect(any_screen.page.locator(".desk-flag").filter(has_text=BANK)).to_have_count(0)
    any_screen.assert_open_to_all()


def test_the_bank_sees_what_it_lacks_rehearses_and_goes_live(
    screen: Screen, chromium: Browser, tried: Town
) -> None:
    screen.log_in("kees")
    screen.go("/agency/deliveries")
    screen.see("Niemand ziet vlaggetjes van deze bron.")
    screen.see("Er is nog niet geoefend.")
    screen.assert_open_to_all()

    said = rehearse(tried)
    assert said.count("  goed  ") == 20, said
    assert "Geslaagd: alle 20 gevallen." in said
    shown = administer(tried, "show", OIN)
    assert "lacks" not in shown
    assert shown.rstrip().endswith("passed")

    screen.go("/agency/deliveries")
    screen.see("Er mist niets meer.")
    administer(tried, "go-live", OIN)
    screen.go("/agency/deliveries")
    screen.see("Wie dat mag, ziet de vlaggetjes van deze bron.")
    with closing(Screen.open(chromium, tried)) as other:
        other.log_in()
        other.ask([tried.people.find_with("schuldhulpverlening")])
        flag = other.page.locator(".desk-flag").filter(has_text=BANK)
        expect(flag).to_have_count(1)
