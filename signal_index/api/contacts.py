"""Contact holders: whom a generalist calls, tended by the agency itself.

One that nobody confirmed for 180 days is shown as stale; thirty days before, its agency
is reminded. Handing over a caseload moves every signal of one contact to another in one
act, without a new notice: what was signed stays as evidence of what was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.answers import CONTACT_STALE_AFTER
from signal_index.api.callers import OwnSource
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_json, read_query
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.ledger import Kind
from signal_index.notice import (
    InvalidField,
    encode_contact_holder,
    parse_contact_holder,
    parse_uuid,
)
from signal_index.notice.fields import parse_object
from signal_index.notice.text import digest_compact
from signal_index.proof import JsonObject
from signal_index.store.agencies import (
    confirm_contact,
    count_signals_of_contacts,
    hand_over,
)
from signal_index.store.contacts import list_contact_holders, store_contact_holder
from signal_index.store.ledger import insert_entries

REMIND_BEFORE: Final = timedelta(days=30)

routes = Routes()


@routes.put("/contact-holders/{contact_holder}")
async def store_contact(
    request: Request, caller: OwnSource, contact_holder: str
) -> Response:
    """Store whom a generalist calls, and how; the same id again replaces it."""
    index = get_index(request)
    holder_id = parse_uuid(contact_holder, "contactHolder")
    holder = parse_contact_holder(await read_json(request))
    now = index.clock()
    if holder.last_verified > now.date():
        raise InvalidField("lastVerified", "in-the-future")
    owner = (str(caller.organisation), str(caller.caller.municipality))
    wire = encode_contact_holder(holder)
    what = {
        "act": "contact-holder",
        "id": str(holder_id),
        "digest": digest_compact(wire),
    }
    async with committing(index.engine) as conn:
        is_new = await store_contact_holder(conn, owner, holder_id, holder, now=now)
        entry = record_act(Kind.ADMINISTRATION, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return give_json({"id": str(holder_id), **wire}, 201 if is_new else 200)


@routes.get("/contact-holders")
async def list_contacts(request: Request, caller: OwnSource) -> Response:
    """List the caller's own contact holders: how many signals, stale from when."""
    index = get_index(request)
    read_query(request)
    async with looking(index.engine) as conn:
        found = await list_contact_holders(conn, caller.organisation)
        signals = await count_signals_of_contacts(conn, caller.organisation)
    today = index.clock().date()
    items = [
        {"id": str(at), **wire, **_standing(wire, today), "signals": signals.get(at, 0)}
        for at, wire in found
    ]
    return give_json({"items": items})


@routes.post("/contact-holders/{contact_holder}/confirmation")
async def confirm(request: Request, caller: OwnSource, contact_holder: str) -> Response:
    """Say that a contact holder still holds, as of today."""
    index = get_index(request)
    contact = parse_uuid(contact_holder, "contactHolder")
    parse_object(await read_json(request), ())
    now = index.clock()
    what: JsonObject = {"act": "contact-holder-confirmed", "id": str(contact)}
    async with committing(index.engine) as conn:
        await confirm_contact(conn, caller.organisation, contact, now.date(), now)
        entry = record_act(Kind.ADMINISTRATION, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return Response(status_code=204)


@routes.post("/contact-holders/{contact_holder}/hand-over")
async def hand_over_caseload(
    request: Request, caller: OwnSource, contact_holder: str
) -> Response:
    """Give every signal of one contact holder to another, in one act."""
    index = get_index(request)
    given = parse_uuid(contact_holder, "contactHolder")
    item = parse_object(await read_json(request), ("to",))
    taken = parse_uuid(item["to"], "to")
    if given == taken:
        raise InvalidField("to", "same-contact-holder")
    async with committing(index.engine) as conn:
        moved = await hand_over(conn, caller.organisation, given, taken)
        what: JsonObject = {
            "act": "hand-over",
            "from": str(given),
            "to": str(taken),
            "signals": moved,
        }
        at = index.clock()
        entry = record_act(Kind.ADMINISTRATION, caller.caller, what, index.keys, at)
        await insert_entries(conn, [entry])
    return give_json({"signals": moved})


def _standing(wire: Mapping[str, object], today: date) -> dict[str, object]:
    """Give from when a contact is shown as stale, and whether to remind of it now."""
    stale_on = date.fromisoformat(str(wire["lastVerified"])) + CONTACT_STALE_AFTER
    return {
        "staleFrom": (stale_on + timedelta(days=1)).isoformat(),
        "stale": today > stale_on,
        "remind": today > stale_on - REMIND_BEFORE,
    }
