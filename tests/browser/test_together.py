"""What generalist and family make together: an estimate, and the family sheet."""

import re

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.crowd import Crowd
from tests.browser.screen import Screen, Town

KEPT = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  history: [location.href, history.length, history.state],
  databases: await indexedDB.databases(), caches: await caches.keys(),
  name: window.name,
})"""
SETTLED = "[data-outcome][aria-pressed=true]:not([data-outcome=not-reachable])"
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


def choose_all(screen: Screen) -> None:
    """Unfold the family sheet and put everyone on it."""
    unfold(screen.page, "Gezinsblad")
    for box in screen.page.locator("[data-chosen]").all():
        box.check()


def press_print(screen: Screen) -> None:
    screen.page.click("[data-print]")
    screen.see("Het blad is vastgelegd.")


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
    page.on("request", lambda request: asked.append(request.post_data))
    for mark in page.locator(".desk-mark__input[value='4']").all():
        mark.check(force=True)
    expect(page.locator(".desk-mark__input:checked")).to_have_count(13)
    assert page.evaluate(KEPT) == before
    assert set(asked) <= {
        "{}"
    }  # a key, should the session end: nothing of the estimate
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
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    screen.page.on("dialog", answer)
    screen.page.reload()
    assert asked == ["beforeunload"]
    screen.see("want deze pagina is opnieuw geladen. Ook de inschatting")
    expect(screen.page.locator(".desk-mark__input")).to_have_count(0)
    screen.page.reload()
    assert asked == ["beforeunload"]
    expect(screen.page.locator("#expired")).to_be_hidden()


def test_who_left_the_form_behind_an_estimate_reads_that_it_is_gone(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    unfold(screen.page, "Samen inschatten")
    estimate(screen.page, "Financiën", 4)
    screen.page.go_back()  # to the question: the answer is kept, and goes with the page
    screen.go("/own-lookups")
    screen.page.go_back()
    screen.see("Ook de inschatting die u had ingevuld, is weg.")
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
    page = screen.page
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    unfold(page, "Gezinsblad")
    page.click("[data-print]")
    screen.see("Kies eerst wie er op het blad komt.")
    page.locator("[data-chosen]").first.check()
    page.locator("[data-words]").first.fill("ons geld, bel 999993653")
    page.click("[data-print]")
    screen.see("Zet geen burgerservicenummer op het blad.")
    assert printing == []
    page.locator("[data-words]").first.fill("ons geld")
    press_print(screen)
    assert printing == ["recorded 204", "printed"]


def test_the_sheet_says_who_helps_with_what_and_not_why(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    page, sent = screen.page, []
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    page.on("request", lambda request: sent.append(request.post_data or ""))
    choose_all(screen)
    screen.assert_open_to_all()
    page.locator("[data-words]").first.fill("onze zorgen over geld")
    press_print(screen)
    said = on_paper(page)
    assert "Werkplein Voorbeeldstad" in said
    assert "0182\u00a0555\u00a0123" in said
    assert "onze zorgen over geld" in said
    assert "Wat spreken wij af?" in said
    assert "0182 555 000" in said
    assert TELLING.search(said) is None
    assert page.title() == "Gezinsblad"
    kept = page.pdf(format="A4", tagged=True)
    assert b"/StructTreeRoot" in kept
    assert not any("geld" in body for body in sent)
    assert printing[0] == "recorded 204"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert "Wie helpt ons?" not in on_paper(page)
    assert page.title() != "Gezinsblad"


def test_a_family_has_one_sheet_and_a_record_for_each_of_them(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    screen.log_in()
    both = [
        town.people.find_with("bijstand"),
        town.people.find_with("bijstand", "schuldhulpverlening"),
    ]
    to_call = screen.page.locator("#open-calls [data-count]")
    before = int(to_call.text_content() or "")
    screen.ask(both)
    choose_all(screen)
    screen.page.locator("[data-called]").first.fill("Mees")
    screen.page.locator("[data-discreet]").last.uncheck()
    press_print(screen)
    said = on_paper(screen.page)
    assert said.count("Werkplein Voorbeeldstad") == 1
    assert "Voor Mees en …" in said, "which one writes by hand"
    assert "Kredietbank Voorbeeldstad" in said
    assert printing == ["recorded 204", "recorded 204", "printed"]
    settled = screen.page.locator(SETTLED).count()  # by another journey, earlier today
    screen.page.click("#again")
    expect(to_call).to_have_text(str(before + 3 - settled))
    expect(screen.page.locator("#open-calls")).to_be_visible()


def test_who_helps_without_a_number_that_holds_is_on_the_sheet_too(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    """The family would think that nobody of that organisation helps them."""
    screen.page.route("**/lookups", _take_first_number)
    screen.log_in()
    screen.ask([town.people.find_with("bijstand", "schuldhulpverlening")])
    choose_all(screen)
    offered = screen.page.locator(".desk-family__contact")
    expect(offered.filter(has_text="geen betrouwbaar nummer")).to_have_count(1)
    press_print(screen)
    lines = screen.page.locator(".desk-sheet__line")
    expect(lines).to_have_count(offered.count())
    asked = "Nummer niet bekend. Vraag het via het nummer onderaan dit blad."
    assert on_paper(screen.page).count(asked) == 1
    assert printing == ["recorded 204", "printed"]
    assert count_pages(screen.page) == 1


def _take_first_number(route: Route) -> None:
    """Answer as a desk does that could not hold whom to call."""
    answered = route.fetch()
    said = answered.json()
    said["answers"][0]["flags"][0]["contactHolder"] = None
    route.fulfill(response=answered, json=said)


def test_what_cannot_be_recorded_is_not_printed(
    screen: Screen, town: Town, printing: list[str]
) -> None:
    screen.log_in()
    screen.ask([town.people.find_with("bijstand")])
    choose_all(screen)
    screen.context.clear_cookies()
    screen.page.click("[data-print]")
    screen.see("en is dus niet afgedrukt")
    assert printing == ["recorded 401"]
    assert "Wie helpt ons?" not in on_paper(screen.page)


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
    choose_all(screen)
    for words in screen.page.locator("[data-words]").all():
        words.fill("Wij zoeken samen uit welke rekening er het eerst betaald moet"[:60])
    press_print(screen)
    assert on_paper(screen.page).count("Helpt ons met:") == 9
    assert count_pages(screen.page) == 1
