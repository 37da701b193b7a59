"""Contact holders and closed deliveries: what a source says beside its signals."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Source
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_json, read_query
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import committing, looking
from signal_index.errors import UnknownSource
from signal_index.ledger import Kind
from signal_index.notice import (
    Delivery,
    InvalidField,
    encode_contact_holder,
    encode_delivery,
    parse_contact_holder,
    parse_delivery,
    parse_uuid,
)
from signal_index.notice.fields import encode_b64u
from signal_index.notice.text import encode_compact
from signal_index.store.contacts import list_contact_holders, store_contact_holder
from signal_index.store.deliveries import close_delivery, is_delivery_known
from signal_index.store.ledger import insert_entries
from signal_index.store.standing import Standing

_CLOCK_SKEW: Final = timedelta(seconds=60)

routes = Routes()


@routes.put("/contact-holders/{contact_holder}")
async def store_contact(
    request: Request, caller: Source, contact_holder: str
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
        "digest": _digest(wire),
    }
    async with committing(index.engine) as conn:
        is_new = await store_contact_holder(conn, owner, holder_id, holder, now=now)
        entry = record_act(Kind.ADMINISTRATION, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return give_json({"id": str(holder_id), **wire}, 201 if is_new else 200)


@routes.get("/contact-holders")
async def list_contacts(request: Request, caller: Source) -> Response:
    """List the caller's own contact holders."""
    read_query(request)
    async with looking(get_index(request).engine) as conn:
        found = await list_contact_holders(conn, caller.organisation)
    return give_json({"items": [{"id": str(at), **wire} for at, wire in found]})


@routes.post("/deliveries")
async def close(request: Request, caller: Source) -> Response:
    """Close a delivery, also an empty one: the source was heard."""
    index = get_index(request)
    said = parse_delivery(await read_json(request))
    now = index.clock()
    if said.ends > now + _CLOCK_SKEW:
        raise InvalidField("until", "in-the-future")
    standing = await index.standing.get(now)
    get_source(said.source, caller.organisation, standing)
    places = _covered(said, standing)
    wire = encode_delivery(said)
    what = {
        "delivery": str(said.delivery),
        "source": said.source,
        "digest": _digest(wire),
    }
    async with committing(index.engine) as conn:
        if await is_delivery_known(conn, said):
            return give_json({"delivery": str(said.delivery)})
        submitter = caller.organisation
        await close_delivery(conn, said, places, submitted_by=submitter, now=now)
        entry = record_act(Kind.DELIVERY, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    index.standing.forget()
    return give_json({"delivery": str(said.delivery)}, 201)


def _covered(said: Delivery, standing: Standing) -> Sequence[tuple[str, str]]:
    """Give where this source publishes what it delivered; all of it must be known."""
    places = [
        (municipality, category)
        for municipality in said.municipalities
        for category in said.categories
        if any(
            one.source == said.source
            for one in standing.coverage.get((municipality, category), ())
        )
    ]
    known = {place for pair in places for place in pair}
    if not known.issuperset({*said.municipalities, *said.categories}):
        raise UnknownSource
    return places


def _digest(wire: dict[str, object]) -> str:
    return encode_b64u(hashlib.sha256(encode_compact(wire)).digest())
