"""A source that has stopped delivering: its silence is never shown as "nothing".

And nobody is called by a number that somebody else put in place of its own.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect
from sqlalchemy.engine import make_url

from deploy.town.commands import attempt
from deploy.town.regional_bank import SUCCESSOR
from signal_index.store.standing import MAXIMUM_AGE
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Oin
from tests.browser.screen import IMPOSTOR, Screen, Town, write_number

BANK, MARCH = SUCCESSOR.organisation, "2026-03-03 09:00:00.000000"
BANK_NUMBER = SUCCESSOR.phone
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


def read_own_number(town: Town) -> str:
    """Read what stands at the index as the bank's own number."""
    path = make_url(town.places.database_url).database
    assert path is not None
    read = "SELECT json_extract(details, '$.phone') FROM contact_holder WHERE id = ?"
    with closing(sqlite3.connect(path, timeout=10)) as database:
        (phone,) = database.execute(read, (name_own_number(Oin(BANK)).hex,)).fetchone()
    return str(phone)


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


@pytest.fixture(scope="module")
def forged(silent: Town) -> Iterator[Town]:
    """And whoever runs the index has put another number in place of the bank's own."""
    assert BANK_NUMBER is not None
    assert write_number(silent, BANK_NUMBER, IMPOSTOR)
    time.sleep(MAXIMUM_AGE.total_seconds() + 1)  # until the index has read it anew
    yield silent
    write_number(silent, IMPOSTOR, BANK_NUMBER)


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
    # signed by its own agent, stated by the holders, held by the desk
    call = gaps.locator("[data-call]")
    expect(call).to_have_attribute("href", f"tel:{BANK_NUMBER}")
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


def test_a_number_of_its_own_that_is_not_sure_is_not_there_to_call(
    any_screen: Screen, forged: Town
) -> None:
    """No number is said, nor called; what is late is told all the same."""
    any_screen.log_in()
    any_screen.ask([forged.people.unknown[0]])
    gaps = any_screen.page.locator(".desk-gaps")
    expect(gaps).to_contain_text("Kredietbank Voorbeeldstad heeft over schuldhulp")
    expect(gaps).to_contain_text(
        "Geen telefoonnummer dat zeker klopt. Vraag het na in uw organisatie."
    )
    expect(gaps.locator("[data-call]")).to_have_count(0)
    assert IMPOSTOR[-7:] not in any_screen.page.content()
    any_screen.assert_open_to_all()


def test_its_own_agent_puts_the_number_right(forged: Town) -> None:
    """It finds what it did not sign, and signs its own in that place."""
    assert read_own_number(forged) == IMPOSTOR
    folder = forged.places.agency(SUCCESSOR.slug)
    settings = str(folder / "agency.toml")
    command = ["signal-source", "run", "--settings", settings, "--once"]
    code, said, complained = attempt(command, folder)
    assert code == 0, said + complained
    assert read_own_number(forged) == BANK_NUMBER
