"""`<signal-flags>` on a page of another system, against the town's real processes.

The element's shadow tree is closed to scripts of the page. Tests look inside all the
same: a script that runs before any of the page's makes new shadow trees open.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request, expect

from deploy.regiesysteem.party import regiesysteem_party
from deploy.town.ports import Ports
from tests.browser.screen import Screen, Town
from tests.browser.test_subresource_integrity import assert_guarded

OPEN_SHADOWS = """{
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: "open" });
  };
}"""
NOTE_EVENTS = """{
  window.heard = [];
  for (const what of ["ready", "answered", "refused", "estimates"])
    addEventListener(`signal-flags-${what}`, (event) =>
      window.heard.push([event.type, event.detail]));
  window.typed = [];
  for (const type of ["keydown", "beforeinput", "input", "paste"])
    addEventListener(type, (event) => window.typed.push(event.data ?? event.key));
}"""
KEY_CONFIG = "signal-flags.key-config:/signals"
EVERYTHING_KEPT = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  history: [location.href, history.length, history.state], title: document.title,
  referrer: document.referrer, name: window.name,
  databases: await indexedDB.databases(), caches: await caches.keys(),
  markup: document.documentElement.outerHTML,
  inside: document.querySelector("signal-flags").shadowRoot.innerHTML,
  inputs: [...document.querySelector("signal-flags").shadowRoot
    .querySelectorAll("input")].map((input) => input.value),
  heard: window.heard, typed: window.typed,
})"""


@pytest.fixture(scope="module")
def example(town: Town, ports: Ports) -> Iterator[str]:
    """Serve the example of a regiesysteem beside the town; give its address."""
    port = ports.hold()
    town.processes.start_together([regiesysteem_party(town.places, port)])
    yield f"http://localhost:{port}/"
    town.processes.stop("regiesysteem")


def open_page(chromium: Browser, town: Town, address: str, *, width: int) -> Screen:
    screen = Screen.open(chromium, town, width=width)
    screen.context.add_init_script(OPEN_SHADOWS)
    screen.context.add_init_script(NOTE_EVENTS)
    screen.page.goto(address)
    screen.page.wait_for_selector("signal-flags #for-purpose:not([hidden])")
    return screen


@pytest.fixture
def embedded(town: Town, chromium: Browser, example: str) -> Iterator[Screen]:
    screen = open_page(chromium, town, example, width=1280)
    yield screen
    screen.close()


@pytest.fixture
def any_embedded(
    town: Town, chromium: Browser, example: str, width: int
) -> Iterator[Screen]:
    screen = open_page(chromium, town, example, width=width)
    yield screen
    screen.close()


def ask(screen: Screen, *numbers: str) -> None:
    for place, number in enumerate(numbers, start=1):
        if place > 1:
            screen.page.click("#add-person")
        screen.page.fill(f"#person-{place}", number)
    for question in screen.page.locator("[data-informed]:visible").all():
        question.locator("input").first.check()
    screen.page.click("#look-up")
    screen.page.wait_for_selector("signal-flags #result:not([hidden])")


def test_it_shows_the_same_cards_as_the_desk(
    embedded: Screen, screen: Screen, town: Town
) -> None:
    number = town.people.find_with("bijstand", "schuldhulpverlening")
    ask(embedded, number)
    screen.log_in()
    screen.ask([number])
    shown = [
        each.page.locator(".desk-flag").all_inner_texts() for each in (embedded, screen)
    ]
    assert len(shown[0]) == 2
    assert shown[0] == shown[1]
    second = embedded.page.locator(".desk-flag").nth(1)
    second.get_by_role("button", name="Al bekend").click()
    expect(second).to_contain_text("Vastgelegd: al bekend.")


def test_it_wears_the_house_style_of_the_page(embedded: Screen) -> None:
    button = embedded.page.locator("#look-up")
    expect(button).to_have_css("background-color", "rgb(35, 72, 122)")


def test_a_household_has_one_answer_per_person(embedded: Screen, town: Town) -> None:
    members = town.people.find_household()
    ask(embedded, *members)
    expect(embedded.page.locator(".desk-part")).to_have_count(len(members))


def test_no_request_no_storage_and_no_event_holds_the_number(
    embedded: Screen, town: Town
) -> None:
    seen: list[str] = []

    def note(request: Request) -> None:
        headers = json.dumps(request.all_headers())
        seen.append(f"{request.url} {headers} {request.post_data or ''}")

    embedded.page.on("request", note)
    numbers = [town.people.find_with("bijstand"), town.people.unknown[0]]
    ask(embedded, *numbers)
    kept = embedded.page.evaluate(EVERYTHING_KEPT)
    stored = json.loads(kept)
    assert any("/signals/lookups" in each for each in seen)
    for number in numbers:
        assert number not in kept
        assert not any(number in each for each in seen)
    assert stored["session"] == {}
    assert list(stored["local"]) == [KEY_CONFIG]


@pytest.mark.parametrize(
    ("change", "reason"),
    [("serial", "ConfigRolledBack"), ("threshold", "ConfigForked")],
)
def test_it_holds_the_key_to_what_it_knew_before_it_was_loaded_anew(
    embedded: Screen, town: Town, change: str, reason: str
) -> None:
    """What it keeps is made to say something else, as if that had been true before."""
    page = embedded.page
    ask(embedded, town.people.unknown[0])
    page.evaluate(
        """([name, change]) => {
          const known = JSON.parse(localStorage.getItem(name));
          localStorage.setItem(name, JSON.stringify({ ...known, [change]: 3 }));
        }""",
        [KEY_CONFIG, change],
    )
    page.reload()
    page.wait_for_selector("signal-flags #for-purpose:not([hidden])")
    page.fill("#person-1", town.people.unknown[0])
    page.locator("[data-informed] input").first.check()
    page.click("#look-up")
    expect(page.get_by_text("De sleutels zijn niet te vertrouwen")).to_be_visible()
    expect(page.get_by_text(reason)).to_be_visible()


def test_the_page_around_it_hears_that_it_happened_and_not_what_was_typed(
    embedded: Screen, town: Town
) -> None:
    embedded.page.locator("[data-informed] input").first.check()
    embedded.page.locator("#person-1").press_sequentially(town.people.unknown[0])
    embedded.page.keyboard.press("Enter")
    embedded.page.wait_for_selector("signal-flags #result:not([hidden])")
    assert embedded.page.evaluate("window.typed") == []
    assert embedded.page.evaluate("window.heard") == [
        ["signal-flags-ready", None],
        ["signal-flags-answered", None],
    ]
    expect(embedded.page.locator("#noted")).to_have_text("Opgezocht.")


def test_a_hit_and_a_miss_sound_the_same_outside(embedded: Screen, town: Town) -> None:
    for number in (town.people.find_with("bijstand"), town.people.unknown[0]):
        ask(embedded, number)
        embedded.page.click("#again")
    assert embedded.page.evaluate("window.heard.slice(1)") == (
        [["signal-flags-answered", None]] * 2
    )


def test_an_estimate_leaves_by_its_own_press_and_names_nobody(
    embedded: Screen, town: Town
) -> None:
    ask(embedded, town.people.find_with("bijstand"))
    embedded.page.get_by_text("Samen inschatten").click()
    group = embedded.page.get_by_role("group", name=re.compile("^Financiën"))
    group.get_by_role("radio", name="2").check(force=True)
    assert embedded.page.evaluate("window.heard.length") == 2
    embedded.page.get_by_role("button", name="Zet in het dossier").click()
    handed = [{"domain": "financien", "label": "Financiën", "estimate": 2}]
    assert embedded.page.evaluate("window.heard.slice(2)") == [
        ["signal-flags-estimates", {"person": 1, "estimates": handed}]
    ]
    expect(embedded.page.locator("#estimates")).to_contain_text("Financiën")


def test_the_field_has_no_name_and_no_form_and_is_emptied(
    embedded: Screen, town: Town
) -> None:
    field = embedded.page.locator("#person-1")
    assert field.get_attribute("name") is None
    assert field.evaluate("(input) => input.form") is None
    ask(embedded, town.people.unknown[0])
    embedded.page.click("#again")
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_it_goes_when_the_case_changes_or_the_element_leaves(
    embedded: Screen, town: Town
) -> None:
    ask(embedded, town.people.find_with("bijstand"))
    element = embedded.page.locator("signal-flags")
    element.evaluate("(it) => it.setAttribute('case-reference', 'Z-2026-009999')")
    expect(embedded.page.locator(".desk-flag")).to_have_count(0)
    ask(embedded, town.people.find_with("bijstand"))
    left = element.evaluate("(it) => { it.remove(); return it.shadowRoot.innerHTML; }")
    assert left == ""


def test_an_answer_goes_when_nobody_touched_it_for_a_quarter_of_an_hour(
    town: Town, chromium: Browser, example: str
) -> None:
    screen = Screen.open(chromium, town)
    screen.context.add_init_script(OPEN_SHADOWS)
    screen.page.clock.install()
    screen.page.goto(example)
    screen.page.wait_for_selector("signal-flags #for-purpose:not([hidden])")
    ask(screen, town.people.find_with("bijstand"))
    screen.page.clock.fast_forward("14:30")
    expect(screen.page.locator(".desk-flag")).to_have_count(1)
    screen.page.clock.fast_forward("01:00")
    screen.see("Deze pagina is verlopen. Zoek opnieuw.")
    expect(screen.page.locator(".desk-flag")).to_have_count(0)
    screen.close()


def test_an_answer_does_not_come_along_when_the_page_is_printed(
    embedded: Screen, town: Town
) -> None:
    ask(embedded, town.people.find_with("bijstand"))
    embedded.page.emulate_media(media="print")
    expect(embedded.page.locator(".desk-flag").first).to_be_hidden()
    expect(embedded.page.locator(".desk-not-on-paper").first).to_be_visible()


def test_what_discussing_asks_is_asked_before_anything_is_sent(
    embedded: Screen, town: Town
) -> None:
    embedded.page.fill("#person-1", town.people.unknown[0])
    embedded.page.click("#look-up")
    embedded.see("Kies of het is besproken, en met wie.")
    expect(embedded.page.locator("#result")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("relay", "https://elsewhere.example/relay", "niet goed ingesteld"),
        ("relay", "//elsewhere.example/relay", "niet goed ingesteld"),
        ("legal-basis", "awr-1", "niet goed ingesteld"),
        ("purpose", "veilig-thuis-onderzoek", "staat voor u niet open"),
    ],
)
def test_a_wrong_attribute_sends_no_question(
    embedded: Screen, name: str, value: str, told: str
) -> None:
    asked: list[str] = []
    embedded.page.on("request", lambda request: asked.append(request.url))
    embedded.page.locator("signal-flags").evaluate(
        "(it, [name, value]) => it.setAttribute(name, value)", [name, value]
    )
    embedded.see(told)
    assert not [url for url in asked if "elsewhere" in url or "/lookups" in url]
    assert embedded.page.evaluate("window.heard.at(-1)[0]") == "signal-flags-refused"


def test_every_script_and_style_of_the_page_has_its_integrity(
    embedded: Screen,
) -> None:
    assert_guarded(embedded)


def test_the_relay_answers_its_own_page_only(embedded: Screen, example: str) -> None:
    bare = embedded.context.request.get(f"{example}signals/catalogue")
    assert bare.status == 403
    foreign = {"X-Signal-Flags": "1", "Sec-Fetch-Site": "cross-site"}
    answer = embedded.context.request.get(
        f"{example}signals/catalogue", headers=foreign
    )
    assert answer.status == 403


def test_it_is_open_to_all(any_embedded: Screen, town: Town) -> None:
    any_embedded.assert_open_to_all()
    any_embedded.page.click("#look-up")
    any_embedded.assert_open_to_all()
    ask(any_embedded, town.people.find_with("bijstand", "schuldhulpverlening"))
    any_embedded.page.click("signal-flags summary")
    any_embedded.assert_open_to_all()
    any_embedded.page.click("#again")
    ask(any_embedded, town.people.unknown[0])
    any_embedded.assert_open_to_all()


def test_a_whole_lookup_by_keyboard(embedded: Screen, town: Town) -> None:
    keys = embedded.page.keyboard
    keys.press("Tab")
    keys.type(town.people.find_with("bijstand"))
    keys.press("Tab")
    keys.press("Space")
    expect(embedded.page.locator("[data-informed] input").first).to_be_checked()
    keys.press("Enter")
    expect(embedded.page.locator("#result-title")).to_be_focused()
    keys.press("Tab")
    expect(embedded.page.locator("#again")).to_be_focused()
    keys.press("Tab")
    expect(embedded.page.locator(".desk-gaps summary")).to_be_focused()
    keys.press("Tab")
    expect(embedded.page.locator("[data-call]").first).to_be_focused()
    expect(embedded.page.locator("[data-call]").first).to_have_attribute(
        "href", re.compile(r"^tel:\+31\d{9}$")
    )


def test_a_number_that_the_page_hands_over_stands_in_no_markup(
    embedded: Screen,
) -> None:
    page, number = embedded.page, embedded.town.people.unknown[0]
    given = """(number) => {
      const element = document.querySelector("signal-flags");
      element.people = [{ number, name: "moeder" }];
      return [element.people, element.outerHTML, element.shadowRoot.innerHTML];
    }"""
    read, *markup = page.evaluate(given, number)
    assert read is None
    assert not any(number in each for each in markup)
    assert page.input_value("signal-flags #person-1") == number
    page.locator("signal-flags [data-informed]:visible input").first.check()
    page.click("signal-flags #look-up")
    page.wait_for_selector("signal-flags #result:not([hidden])")
    assert number not in page.evaluate(EVERYTHING_KEPT)
