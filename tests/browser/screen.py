"""What a person does at the screen, in few words, and what a test asks of it.

Console errors and failed page scripts are kept and must be empty at the end.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Self

# It ships no types.
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from deploy.town.attacks.sql import change_number
from deploy.town.parties import DESKS, PASSWORD, TEAM_DESK, DeskOf, find_account
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.processes import Processes

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.*, EXCLUDE localhost",
]
WIDTHS = [1280, 390]
CASE = "Z-2026-001234"
IMPOSTOR = "+31201234567"
"""A number that no source signed."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.5.3, which axe still calls experimental: a button is called what stands on it.
BESIDE = {"label-content-name-mismatch": {"enabled": True}}
FIND_FAULTS = "options => axe.run(options).then(found => found.violations)"
OLDER = "UPDATE sessions SET opened_at = opened_at - ?, seen_at = seen_at - ?"
EXPECTED_STATUS = (
    "status of 400",
    "status of 401",
    "status of 403",
    "status of 404",
    "status of 409",
    "status of 502",
    "net::ERR_INTERNET_DISCONNECTED",
)


@dataclass
class Town:
    """The running town."""

    places: Places
    people: People
    processes: Processes

    @property
    def url(self) -> str:
        return self.places.desk_url


def write_number(town: Town, number: str, other: str) -> int:
    """Write another number in the index's database, from a loop of its own."""
    url = town.places.database_url
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, change_number(url, number, other)).result()


@dataclass
class Screen:
    """One browser window."""

    town: Town
    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, chromium: Browser, town: Town, *, width: int = 1280) -> Self:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="nl-NL",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        screen = cls(town, context, context.new_page(), town.url)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        screen.page.on(
            "console",
            lambda line: (
                screen.complaints.append(line.text) if line.type == "error" else None
            ),
        )
        return screen

    def close(self) -> None:
        self.context.close()
        heard = [
            each
            for each in self.complaints
            if not any(status in each for status in EXPECTED_STATUS)
        ]
        assert heard == []

    def log_in(
        self,
        username: str = "fatima",
        to: str | None = None,
        *,
        at: DeskOf | None = None,
    ) -> None:
        """Log in at the desk of this account's organisation (or `at`), and stay there.

        Officers (anke, bram, dora, mila) and agencies' administrators (kees) land on
        the first page of their menu.
        """
        organisation = find_account(username).organisation
        own = next(each for each in DESKS if each.organisation == organisation)
        desk = at or own
        self.base = self.town.places.desk_url_of(desk)
        to = to or ("/lookup" if desk is TEAM_DESK else "/start")
        self.page.goto(f"{self.base}/login?to={to}")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(f"{self.base}/**")

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def let_pass(self, minutes: int) -> None:
        """Let time pass in which nobody uses the session: for page and desk."""
        self.age(minutes, unused=minutes)
        self.page.clock.fast_forward(minutes * 60_000 + 5_000)

    def age(self, minutes: int, *, unused: int = 0) -> None:
        """Have the team's desk think that its sessions are older, or unused longer."""
        database = self.town.places.desk_folder(TEAM_DESK) / "desk.db"
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(OLDER, (minutes * 60, unused * 60))

    def fill_in(
        self, numbers: Sequence[str], *, purpose: str = "wmo-onderzoek"
    ) -> None:
        self.page.check(f"#purpose-{purpose}")
        self.page.fill("#case-reference", CASE)
        for place, number in enumerate(numbers, start=1):
            if place > 1:
                self.page.click("#add-person")
            self.page.fill(f"#person-{place}", number)
        for question in self.page.locator("[data-informed]:visible").all():
            question.locator("input").first.check()

    def ask(self, numbers: Sequence[str], *, purpose: str = "wmo-onderzoek") -> None:
        self.fill_in(numbers, purpose=purpose)
        self.page.click("#look-up")
        self.page.wait_for_selector("#result:not([hidden])")

    def ask_again(self, numbers: Sequence[str]) -> None:
        """Ask with what stayed in the form."""
        for place, number in enumerate(numbers, start=1):
            self.page.fill(f"#person-{place}", number)
        for question in self.page.locator("[data-informed]:visible").all():
            question.locator("input").first.check()
        self.page.click("#look-up")
        self.page.wait_for_selector("#result:not([hidden])")

    def see(self, text: str) -> Locator:
        """Give what shows a text; it must be in view."""
        found = self.page.get_by_text(text).locator("visible=true").first
        found.wait_for(state="visible")
        return found

    def assert_open_to_all(self) -> None:
        """No barrier that axe finds and no scrolling sideways, on laptop and phone."""
        assert_open_to_all(self.page)


def find_barriers(page: Page) -> list[str]:
    """Give what axe finds against WCAG 2.2 AA on what is shown now.

    Asked for faults only: to describe all that is right takes longer than to look.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = {"type": "tag", "values": WCAG}
    options = {"runOnly": only, "resultTypes": ["violations"], "rules": BESIDE}
    found = page.evaluate(FIND_FAULTS, options)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        for node in each["nodes"]
    ]


def assert_open_to_all(page: Page) -> None:
    """No barrier that axe finds and no scrolling sideways, on laptop and phone."""
    size = page.viewport_size
    assert size is not None
    for width in sorted(WIDTHS, key=lambda each: each == size["width"]):
        page.set_viewport_size({"width": width, "height": size["height"]})
        found = find_barriers(page)
        assert found == [], found
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
