"""A household: who is who, each attested apart, nobody twice, one row per person."""

import json
import re

from playwright.sync_api import Request, expect

from tests.browser.screen import Screen, Town

HIGHEST = 1_700
IS_NAME_WIDE = """[...document.querySelectorAll('.desk-follow')].every((one) =>
    one.querySelector('.desk-follow__flag').offsetWidth > 0.4 * one.offsetWidth)"""


def test_each_person_is_attested_apart_and_never_by_default(
    any_screen: Screen, town: Town
) -> None:
    page, members = any_screen.page, town.people.find_household()
    sent: list[list[str]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/relay/v1/lookups"):
            subjects = json.loads(request.post_data or "{}")["subjects"]
            sent.append([subject["informed"] for subject in subjects])

    page.on("request", note)
    any_screen.log_in()
    any_screen.fill_in(members)
    page.fill("#person-1-name", "ouder")
    page.fill("#person-2-name", "jongste kind")
    # asked by the name that was given; a button is called what stands on it
    any_screen.see("Hebt u met jongste kind besproken dat u dit opzoekt?")
    away = page.get_by_role("button", name="Weghalen: persoon 2", exact=True)
    expect(away).to_have_text("Weghalen")
    page.check("#informed-2-representative-informed")
    any_screen.assert_open_to_all()
    page.fill("#person-1", members[1])
    expect(page.locator("[name=informed-1]:checked")).to_have_count(0)
    any_screen.see("Het nummer is veranderd. Kies opnieuw wat er is besproken.")
    any_screen.see("Het nummer is veranderd. Klopt deze naam nog?")
    page.click("#look-up")
    for person in ("#person-1-error", "#person-2-error"):
        expect(page.locator(person)).to_contain_text("twee keer")
        expect(page.locator(person)).to_contain_text("bij persoon 1")
        expect(page.locator(person)).to_contain_text("bij persoon 2")
    expect(page.locator("#person-1")).to_be_focused()
    assert sent == []
    page.fill("#person-1", members[0])
    page.check("#informed-1-discussed")
    page.click("#look-up")
    expect(page.get_by_role("heading", level=2, name="jongste kind")).to_be_visible()
    others = ["discussed"] * (len(members) - 2)
    assert sent == [["discussed", "representative-informed", *others]]
    # one row per person, the rest on request
    expect(page.locator(".desk-part")).to_have_count(len(members))
    expect(page.locator(".desk-flag:visible")).to_have_count(0)
    expect(page.locator(".desk-gaps")).to_have_count(1)
    expect(page.locator(".desk-part__gaps")).to_contain_text(
        ["Niet bekend: "] * len(members)
    )
    # who coordinates, or that nobody said so, stands on each row, with flags or without
    expect(page.locator("[data-slot=rowLead]")).to_contain_text(
        [re.compile("oördin")] * len(members)
    )
    if any_screen.page.evaluate("innerWidth") == 1280:
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height < HIGHEST
    page.get_by_text("Alles over ouder").click()
    expect(page.locator(".desk-flag:visible").first).to_be_visible()
    any_screen.assert_open_to_all()
    page.click("#again")
    expect(page.locator("[data-informed] input:checked")).to_have_count(0)


def test_what_stands_beside_an_organisation_leaves_room_for_its_name(
    screen: Screen, town: Town
) -> None:
    screen.log_in()
    for _ in range(2):
        screen.ask(town.people.find_household())
        screen.page.click("#again")
    screen.go("/own-lookups")
    screen.see("Later in deze zaak nog eens opgezocht.")
    assert screen.page.evaluate(IS_NAME_WIDE)
