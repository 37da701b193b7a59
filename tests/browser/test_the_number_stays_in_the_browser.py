"""Watch all traffic and every kind of storage: the number is in none of it."""

import json

from playwright.sync_api import Request

from tests.browser.screen import Screen, Town

MOST_BYTES = 150_000
EVERYTHING_KEPT = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  history: [location.href, history.length, history.state], title: document.title,
  referrer: document.referrer, name: window.name,
  databases: await indexedDB.databases(), caches: await caches.keys(),
  inputs: [...document.querySelectorAll("input")].map((input) => input.value),
  markup: document.documentElement.outerHTML,
})"""


def test_no_request_and_no_storage_holds_number_or_name(
    screen: Screen, town: Town
) -> None:
    seen: list[str] = []

    def note(request: Request) -> None:
        headers = json.dumps(request.all_headers())
        seen.append(f"{request.url} {headers} {request.post_data or ''}")

    screen.page.on("request", note)
    screen.log_in()
    numbers = [town.people.find_with("bijstand"), town.people.unknown[0]]
    screen.fill_in(numbers)
    screen.page.fill("#person-2-name", "tante Sjaan")
    screen.page.click("#look-up")
    screen.page.get_by_role("heading", name="tante Sjaan").wait_for()
    kept = screen.page.evaluate(EVERYTHING_KEPT)
    assert any("/relay/v1/lookups" in each for each in seen)
    for number in numbers:
        assert number not in kept
        assert not any(number in each for each in seen)
    assert not any("Sjaan" in each for each in seen)
    on_the_screen = {"markup": "", "inputs": []}  # the sheet's field too, no more
    assert "Sjaan" not in json.dumps(json.loads(kept) | on_the_screen)


def test_nothing_is_asked_of_anyone_else(screen: Screen, town: Town) -> None:
    screen.log_in()
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.go("/lookup")
    screen.ask([town.people.unknown[0]])
    assert asked
    assert all(url.startswith(town.url) for url in asked)


def test_the_page_is_light(screen: Screen) -> None:
    screen.log_in()
    sizes: list[int] = []
    screen.page.on(
        "requestfinished",
        lambda request: sizes.append(request.sizes()["responseBodySize"]),
    )
    screen.page.goto(f"{screen.town.url}/lookup", wait_until="networkidle")
    assert 0 < sum(sizes) < MOST_BYTES
