"""Deliveries: in trial or live, how agents do, what was delivered and rejected."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.agency.held import find_waiting
from desk.callers import LoggedInSourceAdministrator
from desk.desk import desk_of
from desk.headers import allow_form
from desk.pages import render
from signal_index.wire.agents import Agents
from signal_index.wire.deliveries import ClosedDeliveries, ClosedDelivery
from signal_index.wire.own_registration import OwnRegistration

router: Final = APIRouter()
SEE_OTHER: Final = 303
SHOWN: Final = "20"


@router.get("/agency")
async def go_to_start(
    _request: Request, _caller: LoggedInSourceAdministrator
) -> Response:
    """Lead an administrator to the first page of their menu."""
    return RedirectResponse("/agency/deliveries", SEE_OTHER)


@router.get("/agency/deliveries")
async def show_deliveries(
    request: Request, caller: LoggedInSourceAdministrator
) -> HTMLResponse:
    """Show how the sources stand, what the agents say, and the newest deliveries."""
    desk = desk_of(request)
    fetch, token = desk.index.fetch, caller.access_token
    known = await fetch(OwnRegistration, "/v1/own-registration", token)
    agents = await fetch(Agents, "/v1/agents", token)
    deliveries = await fetch(
        ClosedDeliveries, "/v1/deliveries", token, query={"limit": SHOWN}
    )
    page = render(
        request,
        "agency/deliveries.html",
        title=desk.texts.get("deliveries.title"),
        person=caller.person,
        csrf=caller.csrf,
        sources=[one for one in known.sources if one.active and one.coverage],
        agents=agents.items,
        deliveries=deliveries.items,
        rejects=list(_find_rejects(deliveries.items)),
        waiting=list(find_waiting(agents.items)),
    )
    allow_form(page)
    return page


def _find_rejects(
    deliveries: Iterable[ClosedDelivery],
) -> Iterable[tuple[datetime, str, int]]:
    """Give (moment, reason, count) of what was rejected, newest delivery first."""
    for one in deliveries:
        for reject in one.rejects:
            yield one.closedAt, reject.reason, reject.count
