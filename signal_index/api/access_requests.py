"""Requests for access (inzageverzoeken): their term and how they end; no person.

- A request is answered within a month of its receipt; it may take two more for a reason
  of the list, told within that month (GDPR art. 12(3)).
- Each change is a ledger entry (kind `report`), committed with it.
- Privacy officers of the municipality register and close; a data protection officer
  sees the list too.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from policy.catalogue import Catalogue
from policy.key import calendar_day
from policy.vocabulary import Caller
from signal_index.api.callers import Officer, PrivacyOfficer
from signal_index.api.context import Index, get_index
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.citizens.terms import (
    draw_reference,
    due_on,
    extended_due_on,
    is_plausible_receipt,
)
from signal_index.errors import AccessRequestClosed, CallerNotAllowed
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Entry, Kind
from signal_index.notice import InvalidField, parse_day, parse_slug, parse_uuid
from signal_index.notice.fields import encode_instant, parse_object
from signal_index.proof import JsonObject
from signal_index.store.access_requests import (
    AccessRequest,
    change_access_request,
    get_access_request,
    insert_access_request,
    list_access_requests,
    lock_open_request,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import Page
from signal_index.store.scope import OfficerScope

routes = Routes()


@routes.post("/access-requests")
async def register_request(request: Request, caller: PrivacyOfficer) -> Response:
    """Register that a citizen asked for access; who, is not registered."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    item = parse_object(await read_json(request), ("receivedOn", "identityCheck"))
    now = index.clock()
    received = parse_day(item["receivedOn"], "receivedOn")
    if not is_plausible_receipt(received, calendar_day(now)):
        raise InvalidField("receivedOn", "day-out-of-range")
    made = AccessRequest(
        id=new_uuid7(now),
        municipality=caller.scope.municipality,
        organisation=caller.caller.organisation,
        reference=draw_reference(secrets.randbelow),
        identity_check=parse_code(
            item["identityCheck"], "identityCheck", catalogue.identity_checks
        ),
        received_on=received,
        due_on=due_on(received),
    )
    async with committing(index.engine) as conn:
        await insert_access_request(conn, made)
        entry = _record(index, caller.caller, "access-request-registered", made)
        await insert_entries(conn, [entry])
    return give_json(_render(made, catalogue, calendar_day(now)), 201)


@routes.get("/access-requests")
async def list_requests(request: Request, caller: Officer) -> Response:
    """List open requests, the most urgent first, or closed ones (`state=closed`)."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    query = read_query(request, ("state", "cursor", "limit"))
    state = query.get("state", "open")
    if state not in {"open", "closed"}:
        raise InvalidField("state", "unknown-code")
    limit = read_limit(query)
    page = Page(limit + 1, read_cursor(query))
    async with looking(index.engine) as conn:
        found = await list_access_requests(
            conn, caller.scope.municipality, page, is_open=state == "open"
        )
    today = calendar_day(index.clock())
    shown = found[:limit]
    return give_json(
        {
            "items": [_render(one, catalogue, today) for one in shown],
            "next": str(shown[-1].id) if len(found) > limit else None,
        }
    )


@routes.get("/access-requests/{request_id}")
async def show_request(request: Request, caller: Officer, request_id: str) -> Response:
    """Give one request."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    wanted = parse_uuid(request_id, "requestId")
    async with looking(index.engine) as conn:
        found = await get_access_request(conn, wanted, caller.scope.municipality)
    return give_json(_render(found, catalogue, calendar_day(index.clock())))


@routes.post("/access-requests/{request_id}/extension")
async def extend_request(
    request: Request, caller: PrivacyOfficer, request_id: str
) -> Response:
    """Give a request two months more, once, within its first month."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    wanted = parse_uuid(request_id, "requestId")
    item = parse_object(await read_json(request), ("reason",))
    reason = parse_code(item["reason"], "reason", catalogue.extension_reasons)
    now = index.clock()
    async with committing(index.engine) as conn:
        found = await lock_open_request(conn, wanted, caller.scope.municipality)
        if found.extension is not None or calendar_day(now) > found.due_on:
            raise AccessRequestClosed
        due = extended_due_on(found.received_on)
        await change_access_request(conn, wanted, due_on=due, extension=reason)
        entry = _record(
            index, caller.caller, "access-request-extended", found, reason=reason
        )
        await insert_entries(conn, [entry])
    return Response(status_code=204)


@routes.post("/access-requests/{request_id}/closing")
async def close_request(
    request: Request, caller: PrivacyOfficer, request_id: str
) -> Response:
    """Close a request: answered, withdrawn, not identified or refused."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    wanted = parse_uuid(request_id, "requestId")
    item = parse_object(await read_json(request), ("closing",))
    closing = parse_code(item["closing"], "closing", catalogue.request_closings)
    now = index.clock()
    async with committing(index.engine) as conn:
        found = await lock_open_request(conn, wanted, caller.scope.municipality)
        await change_access_request(conn, wanted, closing=closing, closed_at=now)
        entry = _record(
            index, caller.caller, "access-request-closed", found, closing=closing
        )
        await insert_entries(conn, [entry])
    return Response(status_code=204)


def verify_whole_municipality(scope: OfficerScope) -> None:
    """Raise `CallerNotAllowed` for an officer of only one organisation of it.

    Citizens' rights are answered by the municipality, which is controller of the index.
    """
    if scope.organisation is not None:
        raise CallerNotAllowed


def parse_code(value: object, field: str, codes: Mapping[str, object]) -> str:
    """Read a code of one of the catalogue's closed lists, or raise `InvalidField`."""
    code = parse_slug(value, field)
    if code not in codes:
        raise InvalidField(field, "unknown-code")
    return code


def _record(
    index: Index, caller: Caller, act: str, of: AccessRequest, **said: str
) -> Entry:
    what: JsonObject = {"act": act, "accessRequest": str(of.id), **said}
    return record_act(Kind.ACCESS_REQUEST, caller, what, index.keys, index.clock())


def _render(
    one: AccessRequest, catalogue: Catalogue, today: date
) -> Mapping[str, object]:
    closing, extension = one.closing, one.extension
    return {
        "id": str(one.id),
        "reference": one.reference,
        "identityCheck": one.identity_check,
        "identityLabel": catalogue.identity_checks.get(
            one.identity_check, one.identity_check
        ),
        "receivedOn": one.received_on.isoformat(),
        "dueOn": one.due_on.isoformat(),
        "daysLeft": (one.due_on - today).days,
        "extension": extension,
        "extensionLabel": catalogue.extension_reasons.get(extension or "", extension),
        "mayExtend": closing is None and extension is None and today <= one.due_on,
        "reportedAt": _instant(one.reported_at),
        "closing": closing,
        "closingLabel": catalogue.request_closings.get(closing or "", closing),
        "closedAt": _instant(one.closed_at),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else encode_instant(at)
