"""A small bank merges: two persons agree, and the flag has its new name and number."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from deploy.town.commands import run
from deploy.town.parties import REGIONAL_BANK
from deploy.town.regional_bank import CATEGORY, SUCCESSOR, find_clients
from tests.browser.screen import Screen, Town


@pytest.fixture
def windows(town: Town, chromium: Browser) -> Iterator[dict[str, Screen]]:
    """Everybody's own browser; Kees has a telephone."""
    opened = {
        who: Screen.open(chromium, town, width=390 if who == "kees" else 1280)
        for who in ("fatima", "mila", "anke", "kees")
    }
    yield opened
    for each in opened.values():
        each.close()


def flag_of(screen: Screen, number: str) -> str:
    """Look somebody up as the generalist, and give what the answer says."""
    screen.go("/lookup")
    screen.ask([number])
    return screen.page.inner_text("#answer")


def ask_for_it(screen: Screen) -> None:
    """Fill in the page Overdrachten as the municipality's administrator does."""
    page = screen.page
    screen.log_in("mila", "/officer/transfers")
    page.select_option("#source", REGIONAL_BANK.organisation)
    page.click("button:has-text('Verder')")
    screen.assert_open_to_all()
    page.check(f"#category-{CATEGORY}")
    page.select_option("#reason", "merger")
    page.select_option("#successor", SUCCESSOR.organisation)
    page.click("section[aria-labelledby=new] form button[type=submit]")
    page.wait_for_url("**/officer/transfers?said=**")
    screen.assert_open_to_all()


def test_two_persons_merge_two_agencies_and_the_flag_has_the_new_name(
    town: Town, windows: dict[str, Screen]
) -> None:
    number = find_clients(town.people)[0]
    fatima, anke, kees = (windows[who] for who in ("fatima", "anke", "kees"))
    fatima.log_in()
    assert f"{REGIONAL_BANK.name}\n" in flag_of(fatima, number)
    ask_for_it(windows["mila"])
    anke.log_in("anke", "/officer/transfers")
    anke.page.click("article a[href^='/officer/approvals/']")
    expect(anke.page.locator("main")).to_contain_text(SUCCESSOR.name)
    anke.page.locator("form:has([value=approved]) button").click()
    anke.page.wait_for_load_state()
    anke.go("/officer/transfers")
    done = anke.page.locator("article").first
    expect(done).to_contain_text(REGIONAL_BANK.name)
    expect(done.locator("form")).to_have_count(0)  # nothing waits any more
    answer = flag_of(fatima, number)
    assert f"{SUCCESSOR.name}\n" in answer
    folder = town.places.agency(SUCCESSOR.slug)
    run(["signal-source", "run", "--once", "--settings", "agency.toml"], folder)
    kees.log_in("kees", "/agency/notices")
    said = f"van {REGIONAL_BANK.name} aan {SUCCESSOR.name}."
    expect(kees.page.locator("tbody").first).to_contain_text(said)
    kees.assert_open_to_all()
