"""Requests for access (inzageverzoeken): their term and how they end; not who asked.

- A request is answered within a month of its receipt; it may take two more for a reason
  of the list, told within that month (GDPR art. 12(3)).
- Each change is a ledger entry (kind `report`), committed with it.
- Privacy officers of the municipality register and close; a data protection officer
  sees the list too.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from policy.key import calendar_day
from signal_index.api.acting import acting
from signal_index.api.callers import MunicipalOfficer, MunicipalPrivacyOfficer
from signal_index.api.context import TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page, verify_code
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.terms import (
    draw_reference,
    due_on,
    extended_due_on,
    is_plausible_receipt,
)
from signal_index.errors import (
    AccessRequestClosed,
    NothingReported,
    UnknownAccessRequest,
)
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store import access_requests as store
from signal_index.store.ledger_reading import Page
from signal_index.wire import access_requests as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id

routes = Routes("rechten van inwoners")

State = Annotated[wire.RequestState, Query(description="Open of afgesloten")]
_CLOSED: Final = (UnknownAccessRequest, AccessRequestClosed)


@routes.post(
    "/access-requests",
    "Vastleggen dat een inwoner om inzage vroeg (niet wie)",
    status=201,
)
async def register_access_request(
    body: wire.NewAccessRequest, index: TheIndex, caller: MunicipalPrivacyOfficer
) -> wire.AccessRequest:
    """Register that a citizen asked for access; who, is not registered."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    today = calendar_day(index.clock())
    if not is_plausible_receipt(body.receivedOn, today):
        raise InvalidField("receivedOn", "day-out-of-range")
    verify_code(body.identityCheck, "identityCheck", labels.catalogue.identity_checks)
    async with acting(index, caller.caller, Kind.ACCESS_REQUEST) as act:
        id_ = new_uuid7(act.now)
        made = await store.insert_access_request(
            act.conn,
            {
                "id": id_,
                "municipality": place,
                "organisation": caller.caller.organisation,
                "reference": draw_reference(secrets.randbelow),
                "identity_check": body.identityCheck,
                "received_on": body.receivedOn,
                "due_on": due_on(body.receivedOn),
            },
            labels,
            today,
        )
        said = {
            "reference": made.reference,
            "identityCheck": made.identityCheck,
            "receivedOn": made.receivedOn.isoformat(),
            "dueOn": made.dueOn.isoformat(),
        }
        await act.record(_said("registered", id_, **said))
    return made


@routes.get(
    "/access-requests", "Verzoeken om inzage: open (meest dringend eerst) of afgesloten"
)
async def list_access_requests(
    index: TheIndex,
    caller: MunicipalOfficer,
    state: State = "open",
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.AccessRequestPage:
    """List open requests, the most urgent first, or closed ones (`state=closed`)."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    today = calendar_day(index.clock())
    page = Page(limit + 1, cursor)
    async with looking(index.engine) as conn:
        found = await store.list_access_requests(
            conn, place, page, labels, today, is_open=state == "open"
        )
    shown, following = cut_page(found, limit)
    return wire.AccessRequestPage(items=shown, next=following)


@routes.get(
    "/access-requests/{request_id}",
    "Eén verzoek om inzage",
    raises=(UnknownAccessRequest,),
)
async def show_access_request(
    request_id: Id, index: TheIndex, caller: MunicipalOfficer
) -> wire.AccessRequest:
    """Show one request."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    today = calendar_day(index.clock())
    async with looking(index.engine) as conn:
        return await store.get_access_request(conn, request_id, place, labels, today)


@routes.post(
    "/access-requests/{request_id}/extension",
    "De termijn eenmaal met twee maanden verlengen",
    status=204,
    raises=_CLOSED,
)
async def extend_access_request(
    request_id: Id,
    body: wire.Extension,
    index: TheIndex,
    caller: MunicipalPrivacyOfficer,
) -> None:
    """Let a request take two months more, once, within its first month."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    verify_code(body.reason, "reason", labels.catalogue.extension_reasons)
    async with acting(index, caller.caller, Kind.ACCESS_REQUEST) as act:
        today = calendar_day(act.now)
        found = await store.lock_open_request(
            act.conn, request_id, place, labels, today
        )
        if not found.mayExtend:
            raise AccessRequestClosed
        due = extended_due_on(found.receivedOn)
        await store.change_access_request(
            act.conn, request_id, due_on=due, extension=body.reason
        )
        said = {"reason": body.reason, "dueOn": due.isoformat()}
        await act.record(_said("extended", request_id, **said))


@routes.post(
    "/access-requests/{request_id}/closing",
    "Een verzoek om inzage afsluiten",
    status=204,
    raises=_CLOSED,
)
async def close_access_request(
    request_id: Id,
    body: wire.Closing,
    index: TheIndex,
    caller: MunicipalPrivacyOfficer,
) -> None:
    """Close a request: answered, withdrawn, not identified or refused."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    verify_code(body.closing, "closing", labels.catalogue.request_closings)
    async with acting(index, caller.caller, Kind.ACCESS_REQUEST) as act:
        today = calendar_day(act.now)
        await store.lock_open_request(act.conn, request_id, place, labels, today)
        await store.change_access_request(
            act.conn,
            request_id,
            closing=body.closing,
            closed_at=act.now,
            person_key=None,
            person_seal=None,
        )
        await act.record(_said("closed", request_id, closing=body.closing))


@routes.post(
    "/access-requests/{request_id}/other-number",
    "Het nummer van het inzageverslag was verkeerd, en er is niets gegeven",
    status=204,
    raises=(*_CLOSED, NothingReported),
)
async def put_number_right(
    request_id: Id,
    body: wire.OtherNumber,  # noqa: ARG001 - that nothing was given is all it says
    index: TheIndex,
    caller: MunicipalPrivacyOfficer,
) -> None:
    """Let a request be answered about another number: the first was mistyped.

    That a report was made about the first stays recorded, and stands in its report.
    """
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    async with acting(index, caller.caller, Kind.ACCESS_REQUEST) as act:
        today = calendar_day(act.now)
        found = await store.lock_open_request(
            act.conn, request_id, place, labels, today
        )
        if found.reportedAt is None:
            raise NothingReported
        await store.change_access_request(
            act.conn,
            request_id,
            reported_at=None,
            person_key=None,
            person_seal=None,
        )
        await act.record(_said("other-number", request_id))


def _said(act: str, of: UUID, **more: str) -> JsonObject:
    return {"act": f"access-request-{act}", "accessRequest": str(of), **more}
