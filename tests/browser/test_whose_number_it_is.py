"""With a gateway one sees whose number it is; only the register's path is told."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from deploy.town.early_signals import brp_party, write_register
from deploy.town.found import program
from deploy.town.parties import REGISTER_PATH, TEAM_DESK
from deploy.town.ports import Ports
from deploy.town.processes import Party
from deploy.town.register import MEREL, NAMESAKES
from deploy.town.run import front_party
from deploy.town.settings_files import desk_settings, write_toml
from tests.browser.screen import Screen, Town

DESK = "fronted-desk"
PARTNER = "999990184"
DEAD = "999992077"
HIDDEN = "999994931"
ANOTHER = {"burgerservicenummer": DEAD, "naam": {"geslachtsnaam": "Staart"}}
NAMES = ("Merel", "Kooyman", "Maassen")


@pytest.fixture(scope="module")
def fronted(town: Town) -> Iterator[Town]:
    """The team's desk once more, behind a proxy that also leads to the register."""
    folder = town.places.folder / DESK
    for keys in ("keys", "source-keys"):
        shutil.copytree(town.places.desk / keys, folder / keys)
    with Ports() as ports:
        port = ports.hold(host=TEAM_DESK.address)
        others = town.places.desk_ports[1:]
        places = replace(town.places, fronted=True, desk_ports=(port, *others))
        write_toml(folder / "desk.toml", desk_settings(places, TEAM_DESK))
        write_register(places, town.people)
        serve = [program("signal-desk"), "serve", "--settings"]
        health = f"{places.desk_itself(TEAM_DESK)}/health"
        desk = Party(DESK, [*serve, str(folder / "desk.toml")], health)
        town.processes.start_together([desk, brp_party(places)])
        town.processes.start_together([front_party(places)])
        yield Town(places, town.people, town.processes)
        for name in ("front", DESK):
            town.processes.stop(name)


@pytest.fixture
def screen(fronted: Town, chromium: Browser) -> Iterator[Screen]:
    opened = Screen.open(chromium, fronted)
    yield opened
    opened.close()


def note(screen: Screen) -> list[Request]:
    seen: list[Request] = []

    def keep(request: Request) -> None:
        seen.append(request)

    screen.page.on("request", keep)
    screen.log_in()
    return seen


def read_kept(town: Town) -> str:
    """Everything that desk, index, proxy and gateway wrote."""
    logs = town.places.log.glob("*.log")
    index = (town.places.folder / "index").glob("index.db*")
    desk = (town.places.folder / DESK).glob("desk.db*")
    paths: list[Path] = [*logs, *index, *desk]
    assert paths
    return "".join(path.read_bytes().decode("latin-1") for path in paths)


def press_before_the_name_is_read(page: Page) -> None:
    """Nothing is asked, whether the register is slow or quick."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**{REGISTER_PATH}/personen", hold)
    page.fill("#person-1", MEREL)
    page.check("#informed-1-discussed")
    page.press("#person-1", "Enter")
    expect(page.get_by_text("De BRP zoekt de naam nog op.")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_text("Volgens de BRP is dit deze inwoner.")).to_be_visible()
    page.unroute(f"**{REGISTER_PATH}/personen")
    page.fill("#person-1", PARTNER)  # its name comes at once: nobody has read it
    page.check("#informed-1-discussed")
    page.wait_for_selector(".desk-whose__who:not(:empty)")
    page.press("#person-1", "Enter")
    assert page.evaluate("document.activeElement.id") == "look-up"
    assert page.locator("#result").is_hidden()
    page.fill("#person-1", "")


def test_names_stand_beside_number_and_answer_and_only_the_register_is_told(
    screen: Screen, fronted: Town
) -> None:
    seen = note(screen)
    screen.fill_in([MEREL])
    screen.see("Merel Kooyman, geboren op 10 april 1982")
    screen.page.get_by_role("checkbox", name="Partner Martin Gerard Maassen").check()
    second = screen.page.locator(".desk-whose__who").nth(1)
    expect(second).to_have_text("Martin Gerard Maassen, geboren op 6 maart 1975")
    assert screen.page.input_value("#person-2") == PARTNER
    for question in screen.page.locator("[data-informed]:visible").all():
        question.locator("input").first.check()
    screen.assert_open_to_all()
    screen.page.wait_for_timeout(1_500)  # a name is read before a question goes
    screen.page.click("#look-up")
    screen.page.wait_for_selector("#result:not([hidden])")
    first, other = screen.page.locator(".desk-whose-answered").all_inner_texts()
    assert "Merel Kooyman, geboren op 10 april 1982" in first
    assert "Martin Gerard Maassen, geboren op 6 maart 1975" in other
    headings = screen.page.locator("[data-part] h2").all_inner_texts()
    assert headings[1].lower().startswith("partner")
    screen.assert_open_to_all()
    register = f"{fronted.url}{REGISTER_PATH}/personen"
    told = [each for each in seen if MEREL in f"{each.url}{each.post_data or ''}"]
    assert {(each.method, each.url) for each in told} == {("POST", register)}
    assert not any(
        number in f"{each.url}{each.all_headers()}{each.post_data or ''}"
        for each in seen
        for number in (MEREL, PARTNER)
        if each.url != register
    )
    kept = read_kept(fronted)
    assert not any(word in kept for word in (MEREL, PARTNER, *NAMES))
    screen.page.click("#again")
    markup = screen.page.content()
    assert not any(word in markup for word in (MEREL, PARTNER, *NAMES))


def test_a_doubt_is_shown_and_chosen_by_nobody_and_an_outage_stops_nothing(
    screen: Screen, fronted: Town
) -> None:
    page = screen.page
    note(screen)
    page.get_by_text("Ik weet het nummer niet").click()
    page.fill("#whose-surname", "Käster")
    page.fill("#whose-born", "9-10-1958")
    page.press("#whose-born", "Enter")
    screen.see("De BRP kent 2 inwoners met deze naam en geboortedatum")
    assert page.input_value("#person-1") == ""
    screen.assert_open_to_all()
    page.get_by_role("listitem").filter(has_text="Veldweg 90").get_by_role(
        "button"
    ).click()
    assert page.input_value("#person-1") == NAMESAKES[1]
    assert page.evaluate("document.activeElement.id") == "person-1"
    screen.see("Johannes Hendrikus Jacobus Käster, geboren op 9 oktober 1958")
    screen.fill_in([DEAD])
    screen.see("Deze inwoner is overleden.")
    page.click("#look-up")
    screen.see("Kijk eerst of dit de goede inwoner is.")
    assert page.locator("#result").is_hidden()
    assert page.get_by_role("checkbox", name="Ja, deze inwoner").evaluate(
        "box => box === document.activeElement"
    )
    page.fill("#person-1", HIDDEN)
    screen.see("De gegevens van deze inwoner zijn geheim.")
    screen.see("Ex-partner Anita Jansen")
    assert "Kerkplein" not in page.content()
    answer = {"type": "RaadpleegMetBurgerservicenummer", "personen": [ANOTHER]}
    page.route(f"**{REGISTER_PATH}/personen", lambda route: route.fulfill(json=answer))
    page.fill("#person-1", PARTNER)
    screen.see("De BRP gaf iemand anders dan u vroeg.")
    assert "Staart" not in page.content()
    page.unroute(f"**{REGISTER_PATH}/personen")
    press_before_the_name_is_read(page)
    fronted.processes.stop("brp")
    page.fill("#person-1", MEREL)
    screen.see("De BRP antwoordt nu niet. U kunt wel verder.")
    page.check("#informed-1-discussed")
    page.click("#look-up")
    page.wait_for_selector("#result:not([hidden])")
    screen.see("Naam niet gezien in de BRP")
