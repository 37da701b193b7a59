"""Hiding the screen is always in reach, and in the way of nothing.

What it stands on is an edge of the screen, from side to side: what is below it is out
of sight, like what is below the window. Whatever somebody goes to comes above it.
"""

import pytest

from tests.browser.screen import Screen

SIZES = ((320, 568), (390, 844), (768, 1024), (1280, 720))
PEOPLE = ("fatima", "joris", "anke", "dora", "kees", "ingrid")

FIND_UNDER = """() => {
  const hide = document.querySelector("[data-hide-screen]").getBoundingClientRect();
  const edge = getComputedStyle(document.body, "::after");
  const height = edge.content === "none" ? hide.height : parseFloat(edge.height);
  const width = edge.content === "none" ? hide.width : parseFloat(edge.width);
  const top = innerHeight - height;
  const found = [];
  if (width < document.documentElement.clientWidth) found.push("no edge: " + width);
  if (hide.top < top || hide.bottom > innerHeight) found.push("hiding is off its edge");
  const acting = "a[href], button, input, select, textarea, summary";
  const all = document.querySelectorAll(`main :is(${acting}), footer :is(${acting})`);
  const isShown = { visibilityProperty: true };
  const shown = [...all].filter((one) => one.checkVisibility(isShown));
  const isBelow = (box) => box.bottom > top && box.top < innerHeight;
  const isUnder = (one) => [...one.getClientRects()].some(isBelow);
  const name = (one) => one.outerHTML.slice(0, 90);
  scrollTo(0, document.documentElement.scrollHeight);
  for (const one of shown) if (isUnder(one)) found.push("at the end: " + name(one));
  for (const one of shown) {
    document.activeElement.blur(); // what has focus is not gone to
    scrollTo(0, 0);
    one.focus();
    if (document.activeElement !== one) continue;
    if (isUnder(one)) found.push("with focus: " + name(one));
  }
  scrollTo(0, 0);
  return { count: shown.length, found };
}"""


@pytest.mark.parametrize("who", PEOPLE)
def test_no_button_or_link_lies_under_it_on_any_page(screen: Screen, who: str) -> None:
    screen.log_in(who)
    page = screen.page
    paths = page.eval_on_selector_all(
        ".desk-nav__list a", "all => all.map((one) => one.getAttribute('href'))"
    )
    assert len(paths) > 1
    for path in paths:
        screen.go(path)
        page.locator("[data-hide-screen]").wait_for(state="visible")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            told = page.evaluate(FIND_UNDER)
            assert told["found"] == [], (path, width)
