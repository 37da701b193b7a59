"""A source that has stopped delivering: its silence is never shown as "nothing"."""

import sqlite3
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy.engine import make_url

from deploy.town.regional_bank import SUCCESSOR
from signal_index.store.standing import MAXIMUM_AGE
from tests.browser.screen import Screen, Town

BANK, MARCH = SUCCESSOR.organisation, "2026-03-03 09:00:00.000000"
SET = "UPDATE coverage SET last_heard = ? WHERE source = ?"


def set_last_heard(town: Town, moment: str) -> str:
    """Put back the clock of one source, and give what stood there."""
    path = make_url(town.places.database_url).database
    assert path is not None
    with sqlite3.connect(path, timeout=10) as database:
        read = "SELECT last_heard FROM coverage WHERE source = ?"
        (before,) = database.execute(read, (BANK,)).fetchone()
        database.execute(SET, (moment, BANK))
    database.close()
    time.sleep(MAXIMUM_AGE.total_seconds() + 1)  # until the index has read it anew
    return str(before)


def comes_before(screen: Screen, first: str, then: str) -> bool:
    """Tell whether one stands wholly above the other."""
    above = screen.page.locator(first).bounding_box()
    below = screen.page.locator(then).first.bounding_box()
    assert above is not None
    assert below is not None
    return above["y"] + above["height"] <= below["y"]


@pytest.fixture(scope="module")
def silent(town: Town) -> Iterator[Town]:
    """The bank was last heard in March."""
    before = set_last_heard(town, MARCH)
    yield town
    set_last_heard(town, before)


def test_no_flags_of_a_silent_source_is_said_to_be_unsure(
    any_screen: Screen, silent: Town
) -> None:
    any_screen.log_in()
    any_screen.ask([silent.people.unknown[0]])
    any_screen.see("Geen vlaggetjes")
    gaps = any_screen.page.locator(".desk-gaps")
    expect(gaps).to_contain_text("Kredietbank Voorbeeldstad heeft over schuldhulp")
    expect(gaps).to_contain_text("niets meer doorgegeven sinds 3 maart 2026")
    expect(gaps).not_to_contain_text("Werkplein")
    any_screen.see(
        "Stadsbank Voorbeeldregio en Werkplein Voorbeeldstad hebben geen contact"
    )
    assert comes_before(any_screen, ".desk-gaps", "[data-none]")
    any_screen.assert_open_to_all()


def test_beside_flags_of_others_it_is_said_too(screen: Screen, silent: Town) -> None:
    screen.log_in()
    screen.ask([silent.people.find_with("bijstand")])
    expect(screen.page.locator(".desk-flag")).to_have_count(1)
    expect(screen.page.locator(".desk-gaps")).to_be_visible()
    assert comes_before(screen, ".desk-gaps", ".desk-flag")
