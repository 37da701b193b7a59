"""Completeness: which days were held against holders and desks, and what was found.

The work itself is done off line, on the officer's own machine; this page takes in the
report that came of it, shows what was found, and closes it with a reason.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from desk.callers import Caller, LoggedInOfficer, SendingOfficer
from desk.desk import desk_of
from desk.errors import IndexFoundFault, IndexHasNone, IndexRefused
from desk.headers import allow_form
from desk.index import parse_page_data, verify_done
from desk.pages import render

router: Final = APIRouter()
PAGE: Final = "/officer/completeness"
SEE_OTHER: Final = 303
PAGE_ROWS: Final = "25"
MOST_DAYS: Final = 31
MOST_BYTES: Final = 2 * 1024 * 1024
LATE_AFTER: Final = timedelta(days=3)
"""A day can be judged on the next; two days later somebody should have."""

REASONS: Final = ("explained", "technical-fault", "test", "passed-on", "incident")
NOTICES: Final = frozenset({"closed", "not-closed"})
State = Annotated[str, Form()]


@router.get(PAGE)
async def show_completeness(
    request: Request,
    caller: LoggedInOfficer,
    state: str = "open",
    cursor: UUID | None = None,
    notice: str = "",
) -> Response:
    """Give the days that were judged and what is open; the index records the look."""
    told = notice if notice in NOTICES else ""
    return await _show(request, caller, state=state, cursor=cursor, told=told)


@router.post(PAGE)
async def take_report(
    request: Request, caller: SendingOfficer, report: UploadFile | None = None
) -> Response:
    """Take in the report of a day, as `signal-index reconcile` wrote it."""
    found = await _read(report)
    if found is None:
        return await _show(request, caller, fault="no-report")
    index = desk_of(request).index
    path = "/v1/completeness/reports"
    passed = await index.ask("POST", path, caller.access_token, found)
    try:
        taken = parse_page_data(passed)
    except IndexFoundFault:
        return await _show(request, caller, fault="no-report")
    return await _show(request, caller, told="taken", taken=taken)


@router.post(PAGE + "/{finding}")
async def close_finding(
    request: Request,
    caller: SendingOfficer,
    finding: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Close a finding with a reason; who is too late or it is about, is told so."""
    if reason not in REASONS:
        return await _show(request, caller, fault="no-reason")
    path = f"/v1/completeness/findings/{finding}/closing"
    body = {"reason": reason}
    passed = await desk_of(request).index.ask("POST", path, caller.access_token, body)
    try:
        verify_done(passed)
    except (IndexRefused, IndexHasNone):
        return RedirectResponse(f"{PAGE}?notice=not-closed", SEE_OTHER)
    return RedirectResponse(f"{PAGE}?notice=closed", SEE_OTHER)


async def _read(report: UploadFile | None) -> dict[str, Any] | None:
    """Give what a file holds where it can be a report at all."""
    if report is None:
        return None
    data = await report.read(MOST_BYTES + 1)
    try:
        found = json.loads(data) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


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
    passed = await desk.index.ask(
        "GET", "/v1/completeness", caller.access_token, query=query
    )
    found = parse_page_data(passed)
    given: dict[str, object] = {"told": "", "fault": "", "taken": None}
    page = render(
        request,
        "officer/completeness.html",
        title=desk.texts.get("completeness.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=found,
        items=sorted([*found["alarms"], *found["items"]], key=_by_weight),
        state=wanted,
        reasons=REASONS,
        days=list_days(found["days"], desk.clock()),
        is_late=is_late(found["days"], desk.clock()),
        **(given | values),
    )
    allow_form(page)
    return page


def _by_weight(finding: dict[str, Any]) -> tuple[bool, bool, int]:
    """Sort open alarms to the top; of equals, the latest day first."""
    day = date.fromisoformat(finding["day"])
    is_closed = finding["closedAt"] is not None
    return is_closed, finding["weight"] != "alarm", -day.toordinal()


def list_days(days: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Give the judged days and, between them and yesterday, those not judged."""
    if not days:
        return []
    judged = {one["day"]: one for one in days}
    last = now.astimezone(UTC).date() - timedelta(days=1)
    oldest, newest = date.fromisoformat(min(judged)), date.fromisoformat(max(judged))
    count = min((max(last, newest) - oldest).days + 1, MOST_DAYS)
    names = [
        (max(last, newest) - timedelta(days=ago)).isoformat() for ago in range(count)
    ]
    return [judged.get(name, {"day": name, "entries": None}) for name in names]


def is_late(days: list[dict[str, Any]], now: datetime) -> bool:
    """Tell whether the newest day that was judged is longer ago than it should be."""
    if not days:
        return True
    newest = date.fromisoformat(days[0]["day"])
    return now.astimezone(UTC).date() - newest > LATE_AFTER
