"""Each script and style of each page has the right integrity value."""

from base64 import b64encode
from hashlib import sha384
from urllib.parse import urljoin

from tests.browser.screen import Screen

PAGES = (
    *("/", "/nowhere", "/logged-out", "/session-ended"),
    *("/lookup", "/break-glass", "/own-lookups", "/logout"),
)
LOADED = """[...document.querySelectorAll("script:not([type='application/json'])"),
  ...document.querySelectorAll("link[rel~=stylesheet]")].map((each) =>
  [each.getAttribute("src") ?? each.getAttribute("href"), each.integrity])"""
WITH_STYLE = "document.querySelectorAll('style, [style]').length"


def assert_guarded(screen: Screen) -> None:
    loaded = screen.page.evaluate(LOADED)
    assert loaded
    for path, integrity in loaded:
        assert path, "an inline script"
        data = screen.context.request.get(urljoin(screen.page.url, path)).body()
        assert integrity == f"sha384-{b64encode(sha384(data).digest()).decode()}"
    assert screen.page.evaluate(WITH_STYLE) == 0


def test_pages_of_the_desk(screen: Screen) -> None:
    screen.log_in()
    for path in PAGES:
        screen.go(path)
        assert_guarded(screen)
