"""Whom to call when the contact person is not simply there, and many flags at once."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.crowd import Crowd
from tests.browser.screen import IMPOSTOR, Screen, Town, write_number

OUT_OF_HOURS = "+31182555199"
"""Of the contact person that has a number for then, and of no other."""


def flag_of(screen: Screen, role: str) -> Locator:
    return screen.page.locator(".desk-flag", has_text=role)


@pytest.fixture
def hard(screen: Screen, crowd: Crowd) -> Screen:
    screen.log_in()
    screen.ask([crowd.hard_to_reach])
    return screen


def test_out_of_hours_the_number_for_then_is_shown(hard: Screen) -> None:
    flag = flag_of(hard, "Nachtploeg")
    expect(flag.locator("[data-call]")).to_have_attribute("href", "tel:+31182555199")
    expect(flag).to_contain_text("Overdag: 0182 555 101")


def test_without_such_a_number_it_says_when_someone_answers(hard: Screen) -> None:
    flag = flag_of(hard, "Loket")
    expect(flag).to_contain_text("Nu gesloten. U kunt weer bellen op ")
    expect(flag).to_contain_text("dag vanaf 9:00 uur.")
    expect(flag.locator(".desk-contact__hours")).to_contain_text("17:00")


def test_who_is_away_is_replaced_by_the_deputy(hard: Screen) -> None:
    flag = flag_of(hard, "J. Smit")
    expect(flag).to_contain_text("Dit is de vervanger.")
    expect(flag.locator("[data-call]")).to_have_attribute("href", "tel:+31182555100")


def test_who_is_away_without_a_deputy_is_said_to_be(hard: Screen) -> None:
    expect(flag_of(hard, "Eenpitter")).to_contain_text("Er is geen vervanger opgegeven")


def test_who_answers_now_stands_first_and_only_there_the_button_stands_out(
    hard: Screen,
) -> None:
    primary = re.compile("primary-action")
    flags = hard.page.locator(".desk-flag")
    expect(flags.first).to_contain_text("Nachtploeg")
    expect(flags.first.locator("[data-call]")).to_have_class(primary)
    for place in (1, 2):
        expect(flags.nth(place)).to_contain_text("Openingstijden onbekend.")
    for place, role in ((3, "Eenpitter"), (4, "Loket")):
        expect(flags.nth(place)).to_contain_text(role)
    for place in range(1, 5):
        expect(flags.nth(place).locator("[data-call]")).not_to_have_class(primary)


def test_the_order_leads_to_the_card_and_what_is_seen_can_be_said(
    hard: Screen,
) -> None:
    hard.page.locator("[data-order] button").last.click()
    last = hard.page.get_by_role("article").last
    expect(last.get_by_role("heading", level=3)).to_be_focused()
    call = last.locator("[data-call]")
    name = call.get_attribute("aria-label") or ""
    assert name.startswith(call.inner_text().strip())
    expect(last).to_have_accessible_name("Bijstandsuitkering Werkplein Voorbeeldstad")


def test_an_old_contact_is_shown_as_old(hard: Screen) -> None:
    expect(flag_of(hard, "Archief")).to_contain_text(
        "Lang niet gecontroleerd: deze gegevens zijn van 15 januari 2025."
    )
    expect(flag_of(hard, "Loket")).not_to_contain_text("Lang niet gecontroleerd")


def test_each_flag_says_since_when_and_until_when(hard: Screen) -> None:
    for flag in hard.page.locator(".desk-flag").all():
        expect(flag).to_contain_text("Contact sinds 1 maart 2025.")
        expect(flag).to_contain_text("Vlaggetje vervalt op")


def test_nine_flags_with_the_longest_texts_are_open_to_all(
    any_screen: Screen, crowd: Crowd
) -> None:
    any_screen.log_in()
    any_screen.ask([crowd.nine])
    expect(any_screen.page.locator(".desk-flag")).to_have_count(9)
    for summary in any_screen.page.locator("#answer summary").all():
        summary.click()
    for mark in any_screen.page.locator(".desk-mark__input[value='5']").all():
        mark.check(force=True)
    any_screen.assert_open_to_all()


def test_letters_in_a_number_are_told_while_typing(screen: Screen) -> None:
    screen.log_in()
    screen.page.check("#purpose-wmo-onderzoek")
    screen.page.locator("#person-1").press_sequentially("12a")
    screen.see("heeft alleen cijfers")
    screen.page.locator("#person-1").press("Backspace")
    expect(screen.page.locator("#person-1-error")).to_be_hidden()


def test_spaces_and_dots_may_stand_in_a_number(screen: Screen, town: Town) -> None:
    number = town.people.unknown[0]
    screen.log_in()
    screen.ask([f"{number[:4]}.{number[4:6]} {number[6:]}"])
    screen.see("Geen vlaggetjes")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_number_that_was_changed_at_the_index_cannot_be_called(
    any_screen: Screen, town: Town, crowd: Crowd
) -> None:
    """Its card says so, and whom to call instead; the others are as they were."""
    assert write_number(town, OUT_OF_HOURS, IMPOSTOR)
    any_screen.log_in()
    any_screen.ask([crowd.hard_to_reach])
    page = any_screen.page
    write_number(town, IMPOSTOR, OUT_OF_HOURS)
    card = flag_of(any_screen, "Geen betrouwbaar nummer")
    expect(card).to_contain_text("Bel het nummer dat u zelf van de organisatie kent")
    expect(card.locator("[data-call]")).to_be_hidden()
    assert IMPOSTOR[-7:] not in page.content()
    expect(flag_of(any_screen, "Loket").locator("[data-call]")).to_be_visible()
    any_screen.assert_open_to_all()
