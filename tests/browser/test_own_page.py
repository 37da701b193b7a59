"""A citizen at their own page: reads, keeps, leaves; no JavaScript, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.town.citizens import KNOWN, settle_citizens
from deploy.town.parties import PASSWORD
from signal_index.verify.command import run as verify
from tests.browser.screen import WIDTHS, Screen, Town, assert_open_to_all

ELSEWHERE = "https://www.knmi.nl/"


@pytest.fixture(autouse=True)
def citizens(town: Town) -> None:
    settle_citizens(town.places, town.people)


@pytest.fixture(params=WIDTHS)
def plain(
    chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A browser in which no page runs a script."""
    size = {"width": int(request.param), "height": 900}
    opened = chromium.new_context(java_script_enabled=False, viewport=size)  # type: ignore[arg-type]  # a TypedDict
    yield opened
    opened.close()


def log_in(page: Page, town: Town, username: str = "noor") -> None:
    page.goto(town.places.portal_url)
    page.get_by_role("link", name="Inloggen met DigiD").click()
    expect(page.get_by_text("DigiD (nagespeeld)")).to_be_visible()
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{town.places.portal_url}/**")


def test_who_is_involved_is_read_and_left_at_once_without_javascript(
    plain: BrowserContext, town: Town
) -> None:
    page = plain.new_page()
    log_in(page, town)
    assert page.url == f"{town.places.portal_url}/mijn"
    for name in ("Werkplein Voorbeeldstad", "Kredietbank Voorbeeldstad"):
        expect(page.get_by_role("rowheader", name=name).first).to_be_visible()
    page.get_by_label("Van", exact=True).fill("2020-01-01")
    page.get_by_label("Tot en met").fill("2020-12-31")
    page.get_by_role("button", name="Laat zien").click()
    expect(page.get_by_role("status")).to_contain_text("1 januari 2020")
    expect(
        page.get_by_text("Er heeft niemand naar signalen over u gekeken.").first
    ).to_be_visible()
    with page.expect_request(ELSEWHERE):  # no test leaves this machine
        page.get_by_role("link", name="Snel weg").click()
    page.goto(f"{town.places.portal_url}/mijn")
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent niet ingelogd")


def test_the_next_at_the_same_computer_sees_their_own(
    plain: BrowserContext, town: Town
) -> None:
    page = plain.new_page()
    log_in(page, town)
    log_in(page, town, "bas")  # who came before is asked for, and named, nowhere
    expect(page.get_by_text("Er staan geen signalen over u").first).to_be_visible()
    assert "Werkplein Voorbeeldstad" not in page.content()


def test_a_login_that_is_not_sure_enough_says_what_to_do(
    plain: BrowserContext, town: Town
) -> None:
    page = plain.new_page()
    log_in(page, town, "lies")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ID-check")


def test_no_page_has_a_barrier(any_screen: Screen, town: Town) -> None:
    page = any_screen.page
    page.goto(town.places.portal_url)
    assert_open_to_all(page)
    page.goto(f"{town.places.portal_url}/mijn")
    assert_open_to_all(page)
    log_in(page, town)
    assert_open_to_all(page)


def test_the_keyboard_skips_to_what_is_told_and_leaves_first(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    log_in(page, town)
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Snel weg")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Inloggen met DigiD")).to_be_visible()


def test_on_paper_stands_the_report_and_nothing_to_press(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    log_in(page, town)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".period")).to_be_hidden()
    expect(page.get_by_role("link", name="Snel weg")).to_be_hidden()


def keep(page: Page, name: str, into: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("link", name=name).click()
    kept = into / found.value.suggested_filename
    found.value.save_as(kept)
    return kept


def test_paper_and_proofs_are_kept_and_verified_without_a_network(
    chromium: Browser, screen: Screen, town: Town, tmp_path: Path
) -> None:
    """By the command, and by the page that is kept beside them, in another browser."""
    screen.log_in()
    screen.ask([town.people.find_with(*KNOWN)])
    page = screen.page
    page.wait_for_timeout(4_000)  # until the tree that holds the lookup is signed
    log_in(page, town)
    paper = keep(page, "Dit inzageverslag als PDF", tmp_path)
    assert paper.read_bytes().startswith(b"%PDF")
    proofs = keep(page, "De bewijzen erbij (ZIP)", tmp_path)
    person = keep(page, "Het bewijs dat het over u gaat", tmp_path)
    checker = keep(page, "Een pagina om de bewijzen na te kijken", tmp_path)
    code = page.locator(".code").inner_text()
    page.goto(f"{town.places.portal_url}/over")
    policy = keep(page, "getuigen.policy", tmp_path)
    pins = keep(page, "pins.json", tmp_path)

    assert verify([str(proofs), "--policy", str(policy)]) == 0
    offline = chromium.new_context(offline=True)
    alone = offline.new_page()
    alone.goto(checker.as_uri())
    chosen = [proofs, policy, person, pins]
    alone.set_input_files("#files", [str(one) for one in chosen])
    alone.fill("#number", town.people.find_with(*KNOWN))
    alone.fill("#code", code)
    alone.get_by_role("button", name="Kijk na").click()
    verdict = alone.locator("#said")
    expect(verdict.get_by_role("heading")).to_contain_text("KLOPT It holds")
    expect(verdict).to_contain_text("genoeg getuigen zagen het")
    expect(verdict).to_contain_text("onbekend: 0")
    offline.close()


def test_an_objection_is_answered_by_its_source_on_its_page_and_read_without_javascript(
    chromium: Browser, screen: Screen, town: Town
) -> None:
    opened = chromium.new_context(java_script_enabled=False)
    page = opened.new_page()
    log_in(page, town)
    own = page.get_by_role("row").filter(has_text="Kredietbank Voorbeeldstad").first
    own.get_by_role("link", name="Klopt niet, of wil ik niet").click()
    page.get_by_role("button", name="Geef dit door").click()
    expect(page.get_by_role("alert")).to_contain_text("Er is nog niets doorgegeven")
    page.get_by_label("Ik wil dit niet, vanwege mijn eigen situatie").check()
    page.get_by_role("button", name="Geef dit door").click()
    expect(page.get_by_role("status")).to_contain_text("Het is doorgegeven")
    expect(page.get_by_text("De organisatie heeft nog niet geantwoord")).to_be_visible()

    screen.log_in("kees")
    screen.go("/agency/notices/corrections")
    screen.assert_open_to_all()
    source = screen.page
    waiting = source.locator("section[aria-labelledby=waiting]")
    needed = "Delen is nodig, en dat weegt zwaarder"
    asking = waiting.get_by_role("article").filter(has=source.get_by_label(needed))
    while asking.count():  # others of this town may wait too
        asking.first.get_by_label(needed).check()
        asking.first.get_by_role("button", name="Verstuur het antwoord").click()
        expect(source.get_by_text("Uw antwoord is verstuurd")).to_be_visible()

    log_in(page, town)
    expect(
        page.get_by_text("De organisatie vindt dat delen nodig blijft")
    ).to_be_visible()
    opened.close()


def test_a_message_is_switched_on_and_off_without_javascript(
    plain: BrowserContext, town: Town
) -> None:
    page = plain.new_page()
    log_in(page, town)
    page.get_by_role("link", name="Stuur mij een bericht als iemand keek").click()
    page.get_by_role("button", name="Stuur mij een bericht").click()
    expect(page.get_by_role("alert")).to_contain_text("Er is nog niets aangezet")
    page.get_by_label("Per e-mail").check()
    page.get_by_label("Uw e-mailadres").fill("noor@post.example")
    page.get_by_role("button", name="Stuur mij een bericht").click()
    expect(page.get_by_role("status")).to_contain_text("U krijgt vanaf nu een bericht")
    expect(page.get_by_text("n…@post.example")).to_be_visible()
    page.get_by_role("link", name="Verander dit, of zet het uit").click()
    page.get_by_role("button", name="Stuur mij geen berichten meer").click()
    expect(page.get_by_role("status")).to_contain_text("Wij hebben uw adres gewist")


def test_the_form_for_a_message_has_no_barrier(any_screen: Screen, town: Town) -> None:
    page = any_screen.page
    log_in(page, town)
    page.goto(f"{town.places.portal_url}/bericht")
    assert_open_to_all(page)
    page.get_by_role("button", name="Stuur mij een bericht").click()
    assert_open_to_all(page)


def test_what_is_said_and_read_in_english_has_no_barrier(
    any_screen: Screen, town: Town
) -> None:
    page = any_screen.page
    log_in(page, town)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Who helps you, and who looked at you"
    )
    assert_open_to_all(page)
    page.get_by_role("link", name="This is wrong, or I do not want it").first.click()
    assert_open_to_all(page)
    page.get_by_role("button", name="Pass this on").click()
    assert_open_to_all(page)
