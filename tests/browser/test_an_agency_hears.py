"""What comes back to an agency: who looked, who else helps, and whom to call."""

import re
import time

import pytest
from playwright.sync_api import expect

from deploy.town.commands import run
from deploy.town.matching import FOLLOWS, find_matches, read_matches, say_of_match
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
    expect(newest.get_by_role("link", name="0182 555 000")).to_be_visible()
    case = newest.get_by_role("rowheader")
    called = "^sinds .+ 20.., bij Aanmeldteam schuldhulp Kenmerk …[0-9a-f]{8}$"
    expect(case).to_have_text(re.compile(called))
    any_screen.assert_open_to_all()
    day = case.inner_text().removeprefix("sinds ").partition(",")[0]
    any_screen.go("/agency/signals")
    page.get_by_label("Uw zaaknummer").fill(day)
    page.get_by_role("button", name="Zoeken").click()
    found = page.locator("tbody").first
    expect(found).to_contain_text(f"Zaak sinds {day}, bij Aanmeldteam schuldhulp")
    assert day not in page.url
    any_screen.assert_open_to_all()


OTHERS = "document.querySelectorAll('article:not(:target)').forEach(x => x.remove())"
"""All cards are one template: looking at one is looking at all."""


@pytest.mark.parametrize("width", [390])
def test_two_agencies_hear_of_each_other_one_leads_and_it_is_done(
    any_screen: Screen,
) -> None:
    places, page = any_screen.town.places, any_screen.page
    find_matches(places)
    any_screen.log_in("kees", "/agency/notices")
    told = page.locator("tbody tr").filter(has_text="Een andere organisatie helpt")
    told.get_by_role("link", name="Bekijk wie u kunt bellen").first.click()
    page.wait_for_url("**/agency/matches?signal=*#signal-*")
    card = page.locator(f"article:has([id='{page.url.partition('#')[2]}'])")
    expect(card).to_contain_text("Helpt ook: Werkplein Voorbeeldstad")
    expect(card.get_by_role("link", name="Bel 0182")).to_be_visible()
    before = {one["match"] for one in read_matches(places, FOLLOWS)}
    card.get_by_role("button", name="Wij nemen het voortouw").press("Enter")
    card = page.locator("article:target")
    expect(card).to_contain_text("Uw organisatie heeft het voortouw.")
    (led,) = [x for x in read_matches(places, FOLLOWS) if x["match"] not in before]
    assert led["lead"] == "other"
    say_of_match(places, FOLLOWS, led["match"], "agreed")
    card.get_by_role("button", name="Niet afgesproken").click()
    expect(card).to_contain_text(
        "De andere organisatie heeft intussen iets laten weten"
    )
    expect(card).to_contain_text("Werkplein Voorbeeldstad liet dit weten op")
    page.evaluate(OTHERS)
    any_screen.assert_open_to_all()
    card.get_by_text("Klaar?").click()
    card.get_by_role("button", name="Klaar").click()
    expect(card).to_contain_text("Opgeslagen: het is klaar.")
    expect(card.get_by_role("button")).to_have_count(0)
    same = led["id"]
    (done,) = [one for one in read_matches(places, FOLLOWS) if one["id"] == same]
    assert done["stage"] == "done"
