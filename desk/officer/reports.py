"""Reports: by month without persons, and with persons where that is mandated.

- Making one is recorded by the index, so each is asked for by a form.
- A report is made anew each time; the desk keeps none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedInOfficer, SendingOfficer
from desk.csv_files import MEDIA_TYPE
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import fill_in, read_answer
from desk.moments import HERE, format_month
from desk.officer.report_files import (
    ON_PAPER,
    PDF_ROWS,
    attach,
    collect_rows,
    general_csv,
    general_name,
    name_about,
    row_cells,
    specific_csv,
    title_of,
)
from desk.officer.report_view import make_report, show_cell
from desk.officer.told import read_told, tell_fault
from desk.pages import render
from desk.pdf import make_pdf
from desk.templating import TEMPLATES
from signal_index.wire import reports as wire
from signal_index.wire.searching import SearchOptions

router: Final = APIRouter()
PAGE: Final = "/officer/reports"
GENERAL: Final = PAGE + "/general"
MONTHS: Final = 24
SEE_OTHER: Final = 303
PDF: Final = "application/pdf"
TEMPLATES.filters["about"] = name_about
TEMPLATES.filters["cell"] = show_cell


@dataclass(frozen=True, slots=True)
class Asking:
    """The form for a report with persons; empty is not filled in."""

    first: str = ""
    last: str = ""
    reason: str = ""
    organisation: str = ""
    team: str = ""
    user: str = ""
    purpose: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, object]) -> Asking:
        """Keep what was sent; what is no field of the form is left out."""
        names = cls.__slots__
        return cls(**{name: str(sent.get(name, "")).strip() for name in names})

    def question(self) -> wire.SpecificReportQuestion:
        """Make the question for the index, or raise `IndexFoundFault`."""
        return fill_in(
            wire.SpecificReportQuestion,
            **{"from": self.first},
            until=self.last,
            reason=self.reason,
            organisation=self.organisation or None,
            team=self.team or None,
            user=self.user or None,
            purpose=self.purpose or None,
        )


@router.get(PAGE)
async def show_reports(request: Request, caller: LoggedInOfficer) -> HTMLResponse:
    """Show the months that can be reported, and the reports with persons."""
    return await _show(request, caller)


@router.post(GENERAL)
async def make_general(request: Request, caller: SendingOfficer) -> Response:
    """Make the report of a month as PDF or CSV, or lead to the page with it."""
    sent = await request.form()
    month, form = str(sent.get("month", "")), str(sent.get("form", "page"))
    if form == "page":
        forms = desk_of(request).kept_forms
        return await forms.lead_to(request, GENERAL, {"month": month})
    return await _give_general(request, caller, month, form)


@router.get(GENERAL + "/{asked}")
async def show_general(
    request: Request, caller: LoggedInOfficer, asked: str
) -> Response:
    """Make the report of the month that was asked, on a page."""
    kept = await desk_of(request).kept_forms.get(request, GENERAL, asked)
    return await _give_general(request, caller, kept["month"], "page")


async def _give_general(
    request: Request, caller: Caller, month: str, form: str
) -> Response:
    desk = desk_of(request)
    try:
        asked = fill_in(wire.GeneralReportQuestion, month=month, form=form)
    except IndexFoundFault as fault:
        said = tell_fault(fault, desk.texts)
        return await _show(request, caller, told_general=said, month=month)
    token = caller.access_token
    passed = await desk.index.pass_on("/v1/general-reports", token, asked)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, told_general=told, month=month)
    report = make_report(read_answer(wire.GeneralReport, passed), desk.texts)
    if form == "csv":
        body = general_csv(report, desk.texts)
        return attach(body, MEDIA_TYPE, general_name(report.month, "csv"))
    title = title_of(report.month, desk.texts)
    if form == "pdf":
        body = await make_pdf(
            "general_report.html",
            title=title,
            organisation=desk.settings.organisation_name,
            report=report,
            made_by=caller.person.name or caller.person.sub,
            made_at=desk.clock().isoformat(),
        )
        return attach(body, PDF, general_name(report.month, "pdf"))
    page = render(
        request,
        "officer/general_report.html",
        title=title,
        person=caller.person,
        csrf=caller.csrf,
        report=report,
    )
    allow_form(page)
    return page


@router.post(PAGE + "/specific")
async def ask_specific(request: Request, caller: SendingOfficer) -> Response:
    """Ask for a report with persons; a second person decides."""
    asking = Asking.of(dict(await request.form()))
    desk = desk_of(request)
    try:
        question = asking.question()
    except IndexFoundFault as fault:
        said = tell_fault(fault, desk.texts)
        return await _show(request, caller, told_specific=said, asking=asking)
    token = caller.access_token
    passed = await desk.index.pass_on("/v1/specific-reports", token, question)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, told_specific=told, asking=asking)
    return RedirectResponse(f"{PAGE}#asked", SEE_OTHER)


@router.post(PAGE + "/specific/{report}")
async def make_specific(
    request: Request, caller: SendingOfficer, report: UUID
) -> Response:
    """Give an approved report with persons, as PDF or as CSV."""
    desk = desk_of(request)
    form = str((await request.form()).get("form", "csv"))
    path, token = f"/v1/specific-reports/{report}/pages", caller.access_token
    try:
        asked = fill_in(wire.SpecificReportPageQuestion, form=form)
    except IndexFoundFault as fault:
        said = tell_fault(fault, desk.texts)
        return await _show(request, caller, told_specific=said)

    async def fetch(after: UUID | None) -> wire.SpecificReportPage:
        following = asked.model_copy(update={"after": after})
        return await desk.index.fetch(wire.SpecificReportPage, path, token, following)

    passed = await desk.index.pass_on(path, token, asked)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, told_specific=told)
    first = read_answer(wire.SpecificReportPage, passed)
    if form != "pdf":
        return specific_csv(first, fetch, desk.texts)
    rows = await collect_rows(first, fetch)
    if rows is None:
        return await _show(request, caller, is_too_long=True)
    body = await make_pdf(
        "specific_report.html",
        title=desk.texts.get("reports.specific.title"),
        organisation=desk.settings.organisation_name,
        request=first.request,
        names=await desk.known_names.list_all(),
        about=name_about(first.request, desk.texts),
        columns=ON_PAPER,
        rows=[row_cells(row, desk.texts, ON_PAPER) for row in rows],
        made_at=desk.clock().isoformat(),
    )
    return attach(body, PDF, f"rapport-met-personen-{str(report)[-12:]}.pdf")


async def _show(request: Request, caller: Caller, **shown: object) -> HTMLResponse:
    """Show the page; what was sent and did not go is shown with what was wrong."""
    desk = desk_of(request)
    token = caller.access_token
    options = await desk.index.fetch(SearchOptions, "/v1/search-options", token)
    found = await desk.index.fetch(wire.SpecificReports, "/v1/specific-reports", token)
    months = _months(desk.clock().astimezone(HERE).date())
    usual: dict[str, object] = {
        "told_general": None,
        "told_specific": None,
        "is_too_long": False,
        "asking": Asking(),
        "month": months[0][0],
    }
    page = render(
        request,
        "officer/reports.html",
        title=desk.texts.get("reports.title"),
        person=caller.person,
        csrf=caller.csrf,
        months=months,
        found=found,
        options=options,
        choices=_choices(options),
        pdf_rows=PDF_ROWS,
        status=400 if shown else 200,
        **(usual | shown),
    )
    allow_form(page)
    return page


def _choices(options: SearchOptions) -> dict[str, list[tuple[str, str]]]:
    return {
        "why": [(one.code, one.label) for one in options.why],
        "organisations": [(one.oin, one.name) for one in options.organisations],
        "purposes": [(one.code, one.label) for one in options.purposes],
    }


def _months(today: date) -> list[tuple[str, str]]:
    """Give the whole months before today, the newest first, with their names."""
    months, day = [], today.replace(day=1)
    for _ in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        month = day.isoformat()[:7]
        months.append((month, format_month(month)))
    return months
