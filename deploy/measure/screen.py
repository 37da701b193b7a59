"""Measure the screen: from the click to the painted answer, in a real Chromium.

A person is logged in at the real desk. Each lookup is a real click; in between lie
blinding, two holders, checking their proofs, the index, the receipt, and painting. The
time runs from the click's own time stamp to the end of the first frame with the answer,
both read from the page's clock.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

from deploy.measure.asking import Asked, Crowd
from deploy.measure.sizes import SCREEN_WARM_UP_PAIRS
from deploy.measure.town import MeasuredTown
from deploy.town.parties import ACCOUNTS, PASSWORD, TEAM_DESK
from deploy.town.run import desk_party

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
USER = ACCOUNTS[0]
CASE = "Z-2026-001234"
PATIENCE_MS = 30_000
WATCH = """() => {
  const result = document.querySelector("#result");
  let clicked = 0;
  document.querySelector("#look-up")
    .addEventListener("click", (event) => { clicked = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (result.hidden) return;
    // The next frame paints it; what is queued in that frame runs when it is painted.
    requestAnimationFrame(() => setTimeout(() => {
      document.documentElement.dataset.painted = String(performance.now() - clicked);
    }));
  }).observe(result, { attributes: true, attributeFilter: ["hidden"] });
}"""


class ScreenWrong(Exception):
    """The screen showed something else than was known beforehand."""


async def measure_screen(
    town: MeasuredTown, crowd: Crowd, *, pairs: int
) -> list[float]:
    """Give the milliseconds of each lookup; half of them are hits.

    Raises `ScreenWrong` when a hit shows no flag or a miss shows one.
    """
    town.processes.start_together([desk_party(town.places, TEAM_DESK)])
    try:
        async with _opened_page(town) as page:
            await _ask_all(page, crowd.take_pairs(SCREEN_WARM_UP_PAIRS))
            return await _ask_all(page, crowd.take_pairs(pairs))
    finally:
        town.processes.stop("desk")


@asynccontextmanager
async def _opened_page(town: MeasuredTown) -> AsyncIterator[Page]:
    """Log in and fill in everything that stays from one lookup to the next."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="nl-NL")
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{town.places.desk_url}/login?to=/lookup")
        await page.fill("input[name=username]", USER.username)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("button[type=submit]")
        await page.check("#purpose-wmo-onderzoek")
        await page.evaluate(WATCH)
        yield page
        await browser.close()


async def _ask_all(page: Page, asked: Sequence[Asked]) -> list[float]:
    return [await _ask(page, one) for one in asked]


async def _ask(page: Page, one: Asked) -> float:
    await page.fill("#case-reference", CASE)  # another citizen's case is another
    await page.fill("#person-1", one.bsn)
    await page.locator("[data-informed] input").first.check()
    await page.click("#look-up")
    await page.wait_for_selector("html[data-painted]", state="attached")
    took = await page.evaluate("Number(document.documentElement.dataset.painted)")
    flags = await page.locator(".desk-flag").count()
    answers = await page.locator(".desk-part").count()
    if answers != 1 or (flags > 0) != one.known:
        raise ScreenWrong(f"{answers} answers with {flags} flags")
    await page.evaluate("delete document.documentElement.dataset.painted")
    await page.click("#again")
    return float(took)
