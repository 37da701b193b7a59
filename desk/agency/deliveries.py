"""Deliveries: in trial or live, how agents do, what was delivered and rejected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.agency.held import find_unsent, find_waiting
from desk.callers import LoggedInSourceAdministrator
from desk.desk import desk_of
from desk.headers import allow_form
from desk.pages import render
from signal_index.wire.agents import Agents
from signal_index.wire.deliveries import (
    ClosedDeliveries,
    ClosedDelivery,
    DeliveryKind,
    PassedLines,
)
from signal_index.wire.own_registration import OwnRegistration

router: Final = APIRouter()
SEE_OTHER: Final = 303
SHOWN: Final = 20


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
        ClosedDeliveries, "/v1/deliveries", token, query={"limit": str(SHOWN)}
    )
    page = render(
        request,
        "agency/deliveries.html",
        title=desk.texts.get("deliveries.title"),
        person=caller.person,
        csrf=caller.csrf,
        sources=[one for one in known.sources if one.active and one.coverage],
        agents=agents.items,
        unreadable=len(agents.unreadable) + deliveries.unreadable,
        is_by_hand=desk.signalling is not None and not agents.items,
        deliveries=deliveries.items,
        shown=SHOWN,
        rejects=find_rejects(deliveries.items),
        passed=list(find_passed(deliveries.items)),
        waiting=list(find_waiting(agents.items)),
        unsent=find_unsent(agents.items, deliveries.items),
        own={(caller.person.organisation, caller.person.sub): caller.person.name},
    )
    allow_form(page)
    return page


@dataclass(frozen=True, slots=True)
class Standing:
    """What is rejected now, for one reason: how many, and since which delivery."""

    reason: str
    count: int
    since: datetime


def find_rejects(deliveries: Iterable[ClosedDelivery]) -> Sequence[Standing]:
    """Give what is rejected now, each reason once; `deliveries` are newest first.

    Of each registration (kinds and municipalities) that is what its deliveries back to
    the last full one say. It stands since the first of an unbroken row of
    deliveries that say so; changes that say nothing of it do not break that row.
    """
    found: dict[str, Standing] = {}
    for told in _by_registration(deliveries):
        for reason in {one.reason for each in _newest(told) for one in each.rejects}:
            one = _stand(reason, told)
            known = found.get(reason, Standing(reason, 0, one.since))
            since = min(known.since, one.since)
            found[reason] = Standing(reason, known.count + one.count, since)
    return sorted(found.values(), key=lambda one: (-one.count, one.reason))


def find_passed(
    deliveries: Iterable[ClosedDelivery],
) -> Iterable[tuple[datetime, PassedLines]]:
    """Give the lines that the newest delivery of each registration passed over."""
    for newest, *_older in _by_registration(deliveries):
        for one in newest.passed:
            yield newest.closedAt, one


def _by_registration(
    deliveries: Iterable[ClosedDelivery],
) -> Iterable[Sequence[ClosedDelivery]]:
    told: dict[object, list[ClosedDelivery]] = {}
    for one in deliveries:
        of = (*sorted(one.categories), *sorted(one.municipalities))
        told.setdefault(of, []).append(one)
    return told.values()


def _newest(told: Sequence[ClosedDelivery]) -> Iterable[ClosedDelivery]:
    """Give the deliveries back to the last full one, which says all that was open."""
    for one in told:
        yield one
        if one.kind is DeliveryKind.FULL:
            return


def _stand(reason: str, told: Sequence[ClosedDelivery]) -> Standing:
    count, since = 0, told[0].closedAt
    for one in told:
        here = sum(each.count for each in one.rejects if each.reason == reason)
        if here:
            count, since = count or here, one.closedAt
        elif count and one.kind is DeliveryKind.FULL:
            break
    return Standing(reason, count, since)
