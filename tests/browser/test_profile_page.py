"""`profile init --page` in Chromium: WCAG 2.2 AA, keyboard, paper, no other host."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sources.profile import load_profile
from tests.browser.screen import assert_open_to_all
from tests.profile_pages import profile_page, write_export
from tests.sources_builders import a_number

ANSWERS = {
    "column-1": "bsn",
    "category": "wmo-maatwerk",
    "function-7-0": "Wmo-consulent",
    "phone-7-0": "0182 555 100",
    "function-7-1": "Wmo-consulent",
    "phone-7-1": "0182 555 101",
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "profiel.toml"


@pytest.fixture
def page(chromium: Browser, tmp_path: Path, out: Path, width: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with profile_page(write_export(tmp_path / "export.csv"), out) as visit:
        page.goto(visit.opening)
        visit.path = urlsplit(page.url).path
        yield page
        places = {urlsplit(each).netloc for each in asked if each.startswith("http")}
        assert places == {visit.place}
        context.close()


def fill_in(page: Page) -> None:
    page.locator("#verified").check()
    for name, value in ANSWERS.items():
        field = page.locator(f"#{name}")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_label("Eerst de dag, dan de maand").check()
    page.locator("#status-5-2-2").check()
    page.get_by_label("Inwoner heeft een brief gekregen").check()


def test_every_state_of_the_page_is_open_to_all(page: Page) -> None:
    assert_open_to_all(page)
    page.click("button[value=preview]")
    expect(page.locator(".errors")).to_be_focused()
    assert page.title().startswith("Fout: ")
    assert_open_to_all(page)
    fill_in(page)
    page.click("button[value=preview]")
    expect(page.locator("#preview")).to_be_focused()
    assert_open_to_all(page)
    page.click("button[value=write]")
    expect(page.locator("h1")).to_have_text("Het profiel is geschreven")
    assert_open_to_all(page)


def go_to(page: Page, field: str) -> None:
    """Press Tab until a field has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    raise AssertionError(field)


@pytest.mark.parametrize("width", [1280])
def test_a_profile_is_made_by_keyboard_alone(page: Page, out: Path) -> None:
    keys = page.keyboard
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    keys.press("Enter")
    go_to(page, "column-1")
    keys.type("BSN")
    go_to(page, "order")
    keys.press("Space")
    go_to(page, "status-5-2")
    keys.press("ArrowLeft")  # round, to the last answer
    go_to(page, "category")
    keys.type("Wmo-m")
    go_to(page, "informed")
    keys.press("ArrowDown")
    for field in ("function-7-0", "phone-7-0", "function-7-1", "phone-7-1"):
        go_to(page, field)
        keys.type(ANSWERS[field])
    go_to(page, "verified")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#preview")).to_be_focused()
    expect(page.locator("ul.flags > li")).to_have_count(5)
    keys.press("Tab")
    keys.press("Enter")  # to the buttons
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Het profiel is geschreven")
    profile = load_profile(out)
    assert profile.informed == "informed-by-letter"
    assert profile.codes.status
    assert profile.codes.status.ignores == {"Opgeschort"}


def test_paper_shows_what_was_chosen_and_nobody(page: Page) -> None:
    fill_in(page)
    page.click("button[value=preview]")
    page.emulate_media(media="print")
    assert a_number(0) not in page.inner_text("main")
    assert "De Wit" not in page.inner_text("main")
    expect(
        page.get_by_text("Een naam. De index kent niemand bij naam.")
    ).to_be_visible()
