"""The officer's overview with its charts, and reports from asking to a file."""

import asyncio
import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from keys.events import EventLog
from signal_index import clock
from signal_index.days import day_of
from signal_index.key_files import load_year_keys
from signal_index.settings import load_settings
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.upkeep.counting import Counting
from tests.browser.screen import Screen, Town
from tests.pdf_reading import find_tags

PAINTED = """() => {
  const canvas = document.querySelector("figure[data-time] canvas");
  const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < all.data.length; at += 4)
    if (all.data[at + 3] === 255) seen.add(all.data.slice(at, at + 3).join(","));
  return [...seen];
}"""


def count_now(town: Town) -> None:
    """Count as the upkeep does every minute, so that a test need not wait for it."""
    settings = load_settings(town.places.index / "index.toml")

    async def count() -> None:
        engine = open_engine(settings.database_url, DatabaseRole.UPKEEP)
        keys = load_year_keys(settings.keys)
        log = EventLog(io.StringIO(), clock.now)
        await Counting(engine, keys, clock.now, lambda: 2021, log).run()
        await engine.dispose()

    with ThreadPoolExecutor(1) as pool:  # the browser's driver has this thread's loop
        pool.submit(asyncio.run, count()).result()


@pytest.fixture
def officer(any_screen: Screen, town: Town, chromium: Browser) -> Screen:
    """Anke, after somebody of the team looked two people up."""
    asker = Screen.open(chromium, town)
    asker.log_in()
    asker.ask([town.people.find_with("bijstand"), town.people.unknown[0]])
    asker.close()
    count_now(town)
    any_screen.log_in("anke", to="/officer/overview")
    return any_screen


@pytest.fixture
def second(town: Town, chromium: Browser) -> Iterator[Screen]:
    """Dora, at her own desk."""
    opened = Screen.open(chromium, town)
    opened.log_in("dora", to="/officer/approvals")
    yield opened
    opened.close()


def test_the_overview_shows_charts_with_a_table_beside_each(officer: Screen) -> None:
    page = officer.page
    officer.see("keer opgezocht")
    charts = page.locator("figure[data-chart]")
    expect(charts.locator("canvas")).to_have_count(charts.count())
    for place in range(charts.count()):
        table = charts.nth(place).get_attribute("data-chart")
        expect(page.locator(f"#{table} tbody tr").first).to_be_attached()
    officer.assert_open_to_all()


def test_a_chart_is_painted_in_our_colours(officer: Screen) -> None:
    painted = officer.page.evaluate(PAINTED)
    assert "13,85,101" in painted or "242,179,61" in painted


def test_a_filter_is_chosen_by_keyboard(officer: Screen) -> None:
    page = officer.page
    page.locator("form.desk-filters button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/officer/overview?**")
    officer.see("keer opgezocht")
    page.get_by_role("link", name="7 dagen").press("Enter")
    expect(page.get_by_role("link", name="7 dagen")).to_have_attribute(
        "aria-current", "true"
    )


def test_who_looks_most_leads_to_the_entries(officer: Screen) -> None:
    officer.page.locator("#users-table button").first.click()
    officer.page.wait_for_url("**/officer/search/*")
    officer.see("employee-")
    assert "employee" not in officer.page.url


def test_the_overview_does_not_go_on_paper(officer: Screen) -> None:
    officer.page.emulate_media(media="print")
    expect(officer.page.locator(".desk-overview")).to_be_hidden()
    officer.see("Maak een maandrapport als u cijfers wilt delen.")


def test_a_month_that_is_not_counted_is_said_on_the_page(officer: Screen) -> None:
    officer.go("/officer/reports")
    officer.page.get_by_role("button", name="Bekijk").click()
    officer.see("Dit rapport kan nog niet worden gemaakt.")
    officer.assert_open_to_all()


def test_a_report_with_persons_takes_a_second_person(
    officer: Screen, second: Screen, tmp_path: Path
) -> None:
    officer.go("/officer/reports")
    page = officer.page
    page.get_by_text("Vraag een rapport met personen aan").first.click()
    today = day_of(clock.now()).isoformat()
    page.select_option("#reason", "complaint")
    page.fill("#first", today)
    page.fill("#last", today)
    page.fill("#user", "employee-fatima")
    officer.assert_open_to_all()
    page.get_by_role("button", name="Vraag goedkeuring").click()
    officer.see("Wacht op goedkeuring")
    officer.assert_open_to_all()

    second.go("/officer/approvals")
    second.page.get_by_role("link", name="Een rapport met personen maken").first.click()
    second.see("medewerker employee-fatima")
    second.assert_open_to_all()
    second.page.get_by_role("button", name="Keur goed").click()
    second.see("goedgekeurd")

    officer.go("/officer/reports")
    report = page.locator("#asked li").first
    rows = read_csv(download(report, "Download CSV", tmp_path))
    assert {row[1] for row in rows[1:]} == {"employee-fatima"}
    pdf = download(report, "Download PDF", tmp_path).read_bytes()
    assert {"H1", "Table", "TH", "TD"} <= set(find_tags(pdf))
    officer.assert_open_to_all()


def download(report: Locator, name: str, folder: Path) -> Path:
    """Press a button that gives a file, and give where it was put."""
    with report.page.expect_download() as coming:
        report.get_by_role("button", name=name).click()
    saved = folder / coming.value.suggested_filename
    coming.value.save_as(saved)
    return saved


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))
