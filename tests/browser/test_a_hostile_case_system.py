"""`<signal-flags>` on a page that means it harm: what it reads, clicks or replaces.

No town: the page, and what its server says, are the attacker's. Script of the page's
own origin that wants a number can get it (docs/case-system.md); what a browser keeps
apart, and what happens by accident, is held here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk_index import CATALOGUE

ROOT = Path(__file__).parents[2]
ELEMENT = ROOT / "desk/browser/package/dist/signal-flags.js"
CASE, EVIL = "https://case.example/", "https://evil.example/"
NUMBER = "123456782"
OPENED = """{
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: "open" });
  };
}"""
Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opened]:
    """Open the page with a style, a script and markup of the attacker's."""
    context = chromium.new_context()
    asked: list[str] = []

    def open_page(address: str = CASE, style: str = "", before: str = "") -> Page:
        element = f'<signal-flags relay="/signals" purpose="{PURPOSE}" '
        element += 'case-reference="Z-2026-001234"></signal-flags>'
        page_of_case = f"""<!doctype html><html lang="nl"><title>Zaak</title>
          <style>{style}</style>
          <script type="module" src="/signal-flags.js"></script>
          <body>{before}{element}</body></html>"""
        frame = f'<!doctype html><iframe src="{CASE}" width="800"></iframe>'

        def answer(route: Route) -> None:
            url = route.request.url
            asked.append(url)
            if url.endswith("/signal-flags.js"):
                script = ELEMENT.read_text()
                route.fulfill(body=script, content_type="text/javascript")
            elif url.endswith("/catalogue"):
                route.fulfill(json=CATALOGUE)
            elif url in {CASE, f"{CASE}around", EVIL}:
                body = page_of_case if url == CASE else frame
                route.fulfill(body=body, content_type="text/html")
            else:
                route.fulfill(status=404)

        page = context.new_page()
        page.add_init_script(OPENED)
        page.route("**/*", answer)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return page

    open_page.asked = asked  # type: ignore[attr-defined]
    yield open_page
    context.close()


PURPOSE = CATALOGUE["purposes"][0]["id"]


@pytest.mark.parametrize(("address", "works"), [(EVIL, False), (f"{CASE}around", True)])
def test_in_a_frame_of_another_origin_it_asks_nothing(
    opened: Opened, address: str, *, works: bool
) -> None:
    """Who frames it lays a page of their own over it, and the user presses there."""
    frame = opened(address).frames[1]
    field = frame.locator("signal-flags #person-1")
    expect(field).to_be_visible(visible=works)
    if not works:
        expect(frame.get_by_text("niet goed ingesteld")).to_be_visible()
    asked = opened.asked  # type: ignore[attr-defined]
    assert any(url.endswith("/catalogue") for url in asked) is works


def test_neither_styles_nor_messages_nor_ids_of_the_page_reach_into_it(
    opened: Opened,
) -> None:
    faces = "".join(
        f"@font-face{{font-family:Spy;src:url(/spy-{one});unicode-range:U+003{one}}}"
        for one in range(10)
    )
    style = faces + (
        "*{font-family:Spy!important;background:url(/page-x)}"
        "input[value]{background:url(/spy-y)}#look-up{display:none!important}"
    )
    fake = '<input id="person-1"><button id="look-up"></button>'
    fake += '<template id="signal-flags"></template>'
    page = opened(style=style, before=fake)
    field = page.locator("signal-flags #person-1")
    field.fill(NUMBER)
    page.evaluate(
        """() => { for (const data of ["people", { type: "people", relay: "//x" }])
        postMessage(data, "*"); }"""
    )
    expect(page.locator("signal-flags #look-up")).to_be_visible()
    expect(field).to_have_value(NUMBER)
    asked = opened.asked  # type: ignore[attr-defined]
    assert [url for url in asked if "spy-" in url] == []


def test_what_was_put_in_the_prototype_of_all_objects_shows_nowhere(
    opened: Opened,
) -> None:
    polluted = "".join(
        f"Object.prototype.{name}='POLLUTED';"
        for name in ("name", "label", "text", "relay", "legalBasis", "title", "phone")
    )
    page = opened(before=f"<script>{polluted}</script>")
    inside = "document.querySelector('signal-flags').shadowRoot.textContent"
    assert "POLLUTED" not in page.evaluate(inside)
    asked = opened.asked  # type: ignore[attr-defined]
    assert [url for url in asked if not url.startswith(CASE)] == []
