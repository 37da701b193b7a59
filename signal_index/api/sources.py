"""Closed deliveries: a source says that it has told us everything up to a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import OwnSource, Source
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_json, read_limit, read_query
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import committing, looking
from signal_index.errors import UnknownSource
from signal_index.ledger import Kind
from signal_index.notice import (
    Delivery,
    InvalidField,
    encode_delivery,
    parse_delivery,
)
from signal_index.notice.fields import encode_instant
from signal_index.notice.text import digest_compact
from signal_index.store.agencies import ClosedDelivery, list_deliveries
from signal_index.store.deliveries import close_delivery, is_delivery_known
from signal_index.store.ledger import insert_entries
from signal_index.store.standing import Standing

_CLOCK_SKEW: Final = timedelta(seconds=60)

routes = Routes()


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
        "digest": digest_compact(wire),
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


@routes.get("/deliveries")
async def list_own_deliveries(request: Request, caller: OwnSource) -> Response:
    """List the caller's own newest deliveries: what was read, and what became of it."""
    limit = read_limit(read_query(request, ("limit",)))
    async with looking(get_index(request).engine) as conn:
        found = await list_deliveries(conn, caller.organisation, limit=limit)
    return give_json({"items": [_describe(one) for one in found]})


def _describe(one: ClosedDelivery) -> dict[str, object]:
    return {
        "delivery": str(one.delivery),
        "kind": one.kind,
        "from": encode_instant(one.starts),
        "until": encode_instant(one.ends),
        "closedAt": encode_instant(one.closed_at),
        "categories": list(one.categories),
        "municipalities": list(one.municipalities),
        **one.told,
    }


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
