"""Completeness: which days were held against holders and desks, and what was found.

The work itself is done off line, on the officer's own machine; this page takes in the
report that came of it, shows what was found, and closes it with a reason.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from desk.callers import Caller, LoggedInOfficer, SendingOfficer
from desk.desk import desk_of
from desk.errors import IndexFoundFault, IndexHasNone, IndexRefused
from desk.headers import allow_form
from desk.index import fill_in
from desk.pages import render
from signal_index.wire import completeness as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body

router: Final = APIRouter()
PAGE: Final = "/officer/completeness"
TAKEN: Final = PAGE + "/taken"
SEE_OTHER: Final = 303
PAGE_ROWS: Final = "25"
MOST_DAYS: Final = 31
MOST_BYTES: Final = 2 * 1024 * 1024
LATE_AFTER: Final = timedelta(days=3)
"""A day can be judged on the next; two days later somebody should have."""

State = Annotated[str, Form()]


@router.get(PAGE)
async def show_completeness(
    request: Request,
    caller: LoggedInOfficer,
    state: str = "open",
    cursor: UUID | None = None,
) -> Response:
    """Give the days that were judged and what is open; the index records the look."""
    said = await desk_of(request).kept_forms.take_said(request, PAGE)
    told = said.get("told", "")
    return await _show(request, caller, state=state, cursor=cursor, told=told)


@router.post(PAGE)
async def take_report(
    request: Request, caller: SendingOfficer, report: UploadFile | None = None
) -> Response:
    """Take in the report of a day, as `signal-index reconcile` wrote it."""
    found = await _read(report)
    if found is None:
        return await _show(request, caller, fault="no-report")
    desk, path = desk_of(request), "/v1/completeness/reports"
    token = caller.access_token
    try:
        taken = await desk.index.fetch(wire.ReportTaken, path, token, found)
    except IndexFoundFault:
        return await _show(request, caller, fault="no-report")
    said = taken.model_dump(mode="json")
    return await desk.kept_forms.lead_to(request, TAKEN, said)


@router.get(TAKEN + "/{taken}")
async def show_taken(request: Request, caller: LoggedInOfficer, taken: str) -> Response:
    """Give the page, with what the report that was taken in brought."""
    kept = await desk_of(request).kept_forms.get(request, TAKEN, taken)
    return await _show(request, caller, told="taken", taken=kept)


@router.post(PAGE + "/{finding}")
async def close_finding(
    request: Request,
    caller: SendingOfficer,
    finding: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Close a finding with a reason; who is too late is told so."""
    desk = desk_of(request)
    try:
        body = fill_in(wire.FindingClosing, reason=reason)
    except IndexFoundFault:
        return await _show(request, caller, fault="no-reason")
    path, forms = f"/v1/completeness/findings/{finding}/closing", desk.kept_forms
    try:
        await desk.index.act(path, caller.access_token, body)
    except (IndexRefused, IndexHasNone):
        return await forms.say_once(request, PAGE, told="not-closed")
    return await forms.say_once(request, PAGE, told="closed")


async def _read(report: UploadFile | None) -> wire.ReconciliationReport | None:
    """Read what a file holds where it is a report at all."""
    if report is None:
        return None
    data = await report.read(MOST_BYTES + 1)
    try:
        if len(data) <= MOST_BYTES:
            return parse_body(wire.ReconciliationReport, data)
    except InvalidField:
        pass
    return None


async def _show(
    request: Request,
    caller: Caller,
    *,
    state: str = "open",
    cursor: UUID | None = None,
    **values: object,
) -> Response:
    desk = desk_of(request)
    wanted = "all" if state == "all" else "open"
    query = {"state": wanted, "limit": PAGE_ROWS}
    if cursor is not None:
        query["cursor"] = str(cursor)
    found = await desk.index.fetch(
        wire.Completeness, "/v1/completeness", caller.access_token, query=query
    )
    given: dict[str, object] = {"told": "", "fault": "", "taken": None}
    page = render(
        request,
        "officer/completeness.html",
        title=desk.texts.get("completeness.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=found,
        items=sorted([*found.alarms, *found.items], key=_by_weight),
        state=wanted,
        reasons=wire.CLOSING_REASONS,
        days=list_days(found.days, desk.clock()),
        is_late=is_late(found.days, desk.clock()),
        status=400 if "fault" in values else 200,
        **(given | values),
    )
    allow_form(page)
    return page


def _by_weight(finding: wire.CompletenessFinding) -> tuple[bool, bool, int]:
    """Sort open alarms to the top; of equals, the latest day first."""
    is_closed = finding.closedAt is not None
    return is_closed, finding.weight is not wire.Weight.ALARM, -finding.day.toordinal()


def list_days(
    days: Sequence[wire.ReconciledDay], now: datetime
) -> list[tuple[date, wire.ReconciledDay | None]]:
    """List the judged days and, between them and yesterday, those not judged (None)."""
    if not days:
        return []
    judged = {one.day: one for one in days}
    newest = max(_yesterday(now), *judged)
    count = min((newest - min(judged)).days + 1, MOST_DAYS)
    shown = [newest - timedelta(days=ago) for ago in range(count)]
    return [(day, judged.get(day)) for day in shown]


def is_late(days: Sequence[wire.ReconciledDay], now: datetime) -> bool:
    """Tell whether the newest day that was judged is longer ago than it should be."""
    return not days or now.astimezone(UTC).date() - days[0].day > LATE_AFTER


def _yesterday(now: datetime) -> date:
    return now.astimezone(UTC).date() - timedelta(days=1)
