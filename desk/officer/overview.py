"""The overview: what was looked up in a period, in numbers and charts.

For the screen only: it holds exact numbers, small ones too. On paper it says where the
reports are, which protect them.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedInOfficer
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import fill_in
from desk.moments import HERE
from desk.officer.overview_view import View, make_view
from desk.pages import render
from signal_index.wire.overview import Overview, OverviewQuestion

router: Final = APIRouter()
PAGE: Final = "/officer/overview"
PERIODS: Final = (7, 30, 90, 365)
USUAL: Final = 30


@dataclass(frozen=True, slots=True)
class OverviewForm:
    """A period and filters, as they stand in the address; empty is not filled in.

    None of them is about a person: who looked is chosen on the page itself.
    """

    first: str = ""
    last: str = ""
    organisation: str = ""
    team: str = ""
    purpose: str = ""

    def completed(self, today: date) -> "OverviewForm":
        """Fill in the last thirty days where no period was asked."""
        first = self.first or (today - timedelta(days=USUAL - 1)).isoformat()
        return replace(self, first=first, last=self.last or today.isoformat())

    def question(self) -> OverviewQuestion:
        """Make the question for the index, or raise `IndexFoundFault`."""
        return fill_in(
            OverviewQuestion,
            **{"from": self.first},
            until=self.last,
            organisation=self.organisation or None,
            team=self.team or None,
            purpose=self.purpose or None,
        )


Asked = Annotated[OverviewForm, Depends()]


@router.get(PAGE)
async def show_overview(
    request: Request, caller: LoggedInOfficer, asked: Asked
) -> HTMLResponse:
    """Show the counts of a period; the index records that they were looked at."""
    desk = desk_of(request)
    today = desk.clock().astimezone(HERE).date()
    form, faults = asked.completed(today), frozenset[str]()
    found: Overview | None = None
    view: View | None = None
    try:
        found = await desk.index.fetch(
            Overview, "/v1/overviews", caller.access_token, form.question()
        )
        view = make_view(found, desk.texts)
    except IndexFoundFault as fault:
        faults = fault.fields
    page = render(
        request,
        "officer/overview.html",
        title=desk.texts.get("overview.title"),
        person=caller.person,
        csrf=caller.csrf,
        form=form,
        faults=faults,
        found=found,
        view=view,
        periods=_periods(today, form),
        status=400 if faults else 200,
    )
    allow_form(page)
    return page


def _periods(today: date, form: OverviewForm) -> list[dict[str, object]]:
    """Name the usual periods up to today, each with its address."""
    periods: list[dict[str, object]] = []
    for days in PERIODS:
        first = (today - timedelta(days=days - 1)).isoformat()
        last = today.isoformat()
        is_shown = (form.first, form.last) == (first, last)
        periods.append(
            {"days": days, "first": first, "last": last, "is_shown": is_shown}
        )
    return periods
