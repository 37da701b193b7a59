"""Completeness at the screen: a report is taken in, a finding closed, a tab told of."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Request

from deploy.town.completeness import reconcile_today
from deploy.town.parties import TEAM
from keys import clock
from signal_index.proof import encode_json
from signal_index.wire.completeness import (
    REPORT_FORMAT,
    HolderGap,
    JudgedDay,
    Misfit,
    ReconciledFinding,
    ReconciliationReport,
)
from tests.browser.screen import Screen, Town

PAGE = "/officer/completeness"
STORED = """Object.entries(localStorage).filter(([name]) =>
    name.startsWith('signal-desk.unfinished.'))"""
LATER = 17 * 60_000


def a_gap(holder: str) -> ReconciledFinding:
    gap = HolderGap(
        holder=holder,
        since=datetime.combine(yesterday(), time(8), UTC),
        until=datetime.combine(yesterday(), time(11), UTC),
        because="disk-lost",
    )
    return ReconciledFinding.of(Misfit.HOLDER_RESTORED, count=568, gap=gap)


def a_report(folder: Path, day: date, *findings: ReconciledFinding) -> Path:
    judged = JudgedDay(entries=412, requests=420, receipts=410, stillOpen=0)
    origin = "index.voorbeeldstad.example"
    report = ReconciliationReport(
        format=REPORT_FORMAT,
        day=day,
        origin=origin,
        holders=["holder-1"],
        organisations=[TEAM],
        judged=judged,
        findings=list(findings),
    )
    file = folder / f"report-{day}.json"
    file.write_bytes(encode_json(report.model_dump(mode="json")))
    return file


def yesterday(ago: int = 1) -> date:
    return datetime.now(UTC).date() - timedelta(days=ago)  # noqa: TID251 - the town's


def take(screen: Screen, file: Path) -> None:
    screen.page.set_input_files("#report", file)
    screen.page.get_by_role("button", name="Lever in").click()
    screen.see("Aantal nieuwe bevindingen")


def test_a_report_is_taken_in_and_a_finding_closed_with_the_keyboard(
    any_screen: Screen, width: int, tmp_path: Path
) -> None:
    screen, page = any_screen, any_screen.page
    user = f"medewerker-{width}"
    about = ReconciledFinding.of(
        Misfit.ABANDONED_USER,
        organisation=TEAM,
        user=user,
        count=5,
        total=12,
        reported=4,
    )
    screen.log_in("anke")
    screen.go(PAGE)
    take(screen, a_report(tmp_path, yesterday(), about, a_gap(f"holder-{width}")))
    screen.assert_open_to_all()
    gap = page.locator("tr", has_text=f"holder-{width}, van").inner_text()
    assert "Deze dag zijn 568 bewijzen kwijt" in gap
    row = page.locator("tr", has_text=user)
    assert "5 van de 12 aanvragen" in row.inner_text()
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Het was een storing")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    screen.see("De bevinding is afgesloten")
    assert page.locator("tr", has_text=user).count() == 0
    screen.go(f"{PAGE}?state=all")
    assert "Het was een storing" in page.locator("tr", has_text=user).inner_text()
    screen.assert_open_to_all()


def test_an_alarm_stands_above_what_is_less(screen: Screen, tmp_path: Path) -> None:
    less = ReconciledFinding.of(
        Misfit.ABANDONED_ORGANISATION, organisation=TEAM, count=9, total=300
    )
    alarm = ReconciledFinding.of(
        Misfit.TICKET_NOT_STATED, organisation=TEAM, user="anoniem"
    )
    screen.log_in("bram")
    screen.go(PAGE)
    take(screen, a_report(tmp_path, yesterday(2), less, alarm))
    assert (
        "Alarm" in screen.page.locator(".desk-completeness tbody tr").first.inner_text()
    )


def test_another_file_is_told_to_be_no_report(screen: Screen, tmp_path: Path) -> None:
    other = tmp_path / "holiday.json"
    other.write_text(json.dumps({"format": "photo"}))
    screen.log_in("dora")
    screen.go(PAGE)
    screen.page.set_input_files("#report", other)
    screen.page.get_by_role("button", name="Lever in").click()
    screen.see("geen verslag van signal-index reconcile")
    screen.assert_open_to_all()


def test_a_tab_that_was_closed_in_mid_lookup_is_told_of_later(
    screen: Screen, town: Town
) -> None:
    page, number = screen.page, town.people.find_with("bijstand")
    told: list[str] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/relay/v1/abandoned-requests"):
            told.append(str(request.post_data))

    page.on("request", listen)
    screen.log_in()
    page.route("**/relay/v1/lookups", lambda route: route.abort())
    screen.ask([number])
    page.unroute("**/relay/v1/lookups")
    [(name, kept)] = page.evaluate(STORED)
    assert number not in name + kept
    assert told == []
    screen.complaints.clear()  # the connection that we cut
    one = json.loads(kept)
    older = json.dumps({**one, "at": one["at"] - LATER})
    page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [name, older])
    with page.expect_response("**/relay/v1/abandoned-requests") as answered:
        screen.go("/lookup")
    assert answered.value.status == 204
    assert [set(json.loads(one)) for one in told] == [{"reqs"}]
    page.wait_for_function(f"{STORED}.length === 0")


@pytest.mark.usefixtures("screen")
def test_the_towns_own_day_has_no_alarms(town: Town) -> None:
    """After everything that the other tests did to it."""
    day = clock.now().date()
    judged = reconcile_today(town.places)
    assert not {"receipt-without-entry", "ticket-differs"} & set(judged.found), day
