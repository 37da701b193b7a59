"""What generalist and citizen make together: an estimate, and a sheet of paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import Crowd
from tests.browser.screen import Screen, Town

KEPT = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  history: [location.href, history.length, history.state],
  databases: await indexedDB.databases(), caches: await caches.keys(),
  name: window.name,
})"""
DISCUSS = "Er is een vlaggetje in dit domein: bespreek of de inschatting klopt"
NO_PRINTER = "window.print = () => console.log('printed')"
TELLING = re.compile(r"bijstand|schuld|krediet|\d{9}|Z-2026", re.IGNORECASE)


def estimate(page: Page, domain: str, mark: int) -> None:
    group = page.get_by_role("group", name=re.compile(f"^{domain}"))
    group.get_by_role("radio", name=str(mark)).check(force=True)


def unfold(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).first.click()


def on_paper(page: Page) -> str:
    """Give what a printer would get."""
    page.emulate_media(media="print")
    said = page.locator("body").inner_text()
    page.emulate_media(media="null")
    return said


def count_pages(page: Page) -> int:
    """Count what a printer would get; the sheet is gone after that."""
    return len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4")))


def press_print(screen: Screen) -> None:
    screen.page.click("[data-print]")
    screen.see("Het afdrukken is vastgelegd.")


@pytest.fixture
def printing(screen: Screen) -> list[str]:
    """Note in which order the record is confirmed and the printer's window opens."""
    order: list[str] = []
    screen.page.add_init_script(NO_PRINTER)
    screen.page.on(
        "response",
        lambda answer: (
            order.append(f"recorded {answer.status}")
            if answer.url.endswith("/print")
            else None
        ),
    )
    screen.page.on(
        "console",
        lambda line: order.append("printed") if line.text == "printed" else None,
    )
    return order


def test_the_estimate_is_folded_until_it_is_asked_for(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.unknown[0]])
    expect(screen.page.locator(".desk-estimate").first).to_be_hidden()
    unfold(screen.page, "Samen inschatten")
    expect(screen.page.locator(".desk-estimate")).to_have_count(13)
    expect(screen.page.locator(".desk-estimate input:checked")).to_have_count(0)


def test_a_high_estimate_where_a_flag_stands_is_worth_a_talk(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Samen inschatten")
    said = screen.page.locator(".desk-estimate__discuss:not(:empty)")
    for mark in (3, 4, 5, 2):
        estimate(screen.page, "Financiën", mark)
        expect(said).to_have_count(int(mark >= 4))
        if mark >= 4:
            expect(said).to_contain_text(DISCUSS)
    estimate(screen.page, "Justitie", 5)
    expect(said).to_have_count(0)


def test_the_estimate_goes_nowhere_and_is_gone_afterwards(
    screen: Screen, town: Town
) -> None:
    page, citizen = screen.page, town.people.find_with("bijstand")
    screen.log_in()
    screen.ask([citizen])
    unfold(page, "Samen inschatten")
    before, asked = page.evaluate(KEPT), []
    page.on("request", lambda request: asked.append(request.url))
    for mark in page.locator(".desk-mark__input[value='4']").all():
        mark.check(force=True)
    expect(page.locator(".desk-mark__input:checked")).to_have_count(13)
    assert (page.evaluate(KEPT), asked) == (before, [])
    page.click("#again")
    expect(page.locator(".desk-mark__input")).to_have_count(0)
    screen.ask([citizen])
    expect(page.locator(".desk-mark__input:checked")).to_have_count(0)


def test_flags_stand_beside_their_domain_and_the_copy_names_nobody(
    screen: Screen, town: Town
) -> None:
    page = screen.page
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(page, "Samen inschatten")
    rows = page.locator(".desk-estimate")
    with_flags = rows.filter(has_text="Werkplein Voorbeeldstad")
    expect(with_flags).to_have_count(2)
    expect(with_flags.locator("legend")).to_contain_text(
        ["Financiën", "Werk en opleiding"]
    )
    page.click("[data-copy]")
    screen.see("Kies eerst een cijfer.")
    estimate(page, "Financiën", 2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("[data-copy]")
    screen.see("Gekopieerd.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[1:] == [
        "1: lukt nu niet alleen, 5: lukt helemaal zelf",
        "Financiën: 2",
    ]
    assert "Werkplein" not in copied
    assert asked == []


def test_leaving_the_page_forgets_the_estimate(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Samen inschatten")
    estimate(screen.page, "Financiën", 4)
    screen.go("/own-lookups")
    screen.page.go_back()
    expect(screen.page.locator(".desk-mark__input")).to_have_count(0)


def test_the_estimate_by_keyboard(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    keys = screen.page.keyboard
    screen.page.locator("summary", has_text="Samen inschatten").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Space")
    keys.press("ArrowRight")
    chosen = screen.page.locator(".desk-mark__input:checked")
    expect(chosen).to_have_attribute("value", "2")
    keys.press("Tab")
    keys.press("Space")
    expect(chosen).to_have_count(2)


def test_the_record_comes_before_the_printer(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    unfold(screen.page, "Voor op de koelkast")
    press_print(screen)
    assert printing == ["recorded 204", "printed"]


@pytest.mark.usefixtures("printing")
def test_the_sheet_says_whom_to_call_and_not_why(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    unfold(screen.page, "Voor op de koelkast")
    press_print(screen)
    said = on_paper(screen.page)
    assert "Werkplein Voorbeeldstad" in said
    assert "0182\u00a055\u00a051\u00a023" in said
    assert "Eerste afspraak" in said
    assert TELLING.search(said) is None


@pytest.mark.usefixtures("printing")
def test_the_citizen_chooses_who_is_on_it(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    unfold(screen.page, "Voor op de koelkast")
    screen.page.locator("[data-chosen]").first.uncheck()
    screen.page.locator("[data-discreet]").last.uncheck()
    press_print(screen)
    said = on_paper(screen.page)
    assert "Werkplein" not in said
    assert "Kredietbank Voorbeeldstad" in said


def test_nobody_chosen_prints_and_records_nothing(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Voor op de koelkast")
    screen.page.locator("[data-chosen]").uncheck()
    screen.page.click("[data-print]")
    screen.see("Kies eerst wie er op het blad komt.")
    assert printing == []


def test_what_cannot_be_recorded_is_not_printed(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Voor op de koelkast")
    screen.context.clear_cookies()
    screen.page.click("[data-print]")
    screen.see("en is dus niet afgedrukt")
    assert printing == ["recorded 401"]
    assert "Wie helpt mij?" not in on_paper(screen.page)


def test_the_answer_itself_is_not_printed(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    said = on_paper(screen.page)
    assert "Vlaggetjes komen niet op papier." in said
    assert "Werkplein" not in said
    assert "Bijstand" not in said


@pytest.mark.usefixtures("printing")
def test_nine_of_the_longest_texts_are_one_page(screen: Screen, crowd: Crowd) -> None:
    screen.log_in()
    screen.ask([crowd.nine])
    expect(screen.page.locator(".desk-flag")).to_have_count(9)
    unfold(screen.page, "Voor op de koelkast")
    press_print(screen)
    assert on_paper(screen.page).count("Eerste afspraak") == 9
    assert count_pages(screen.page) == 1


@pytest.mark.usefixtures("printing")
def test_one_contact_is_one_page(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Voor op de koelkast")
    press_print(screen)
    assert "Wie helpt mij?" in on_paper(screen.page)
    assert count_pages(screen.page) == 1


@pytest.mark.usefixtures("printing")
def test_after_printing_the_sheet_is_gone(screen: Screen, town: Town) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Voor op de koelkast")
    press_print(screen)
    screen.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert "Wie helpt mij?" not in on_paper(screen.page)
