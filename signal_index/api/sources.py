"""Closed deliveries: a source says that it has told us everything up to a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from signal_index.api.acting import acting
from signal_index.api.callers import OwnSource, Source
from signal_index.api.context import TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Limit, OfSource
from signal_index.api.routing import Routes
from signal_index.api.submissions import find_listed, get_source
from signal_index.api.transactions import looking
from signal_index.errors import DeliveryIdUsed, UnknownSource
from signal_index.ledger import Kind
from signal_index.notice.text import digest_compact
from signal_index.store.agencies import list_deliveries
from signal_index.store.deliveries import close_delivery, is_delivery_known
from signal_index.store.standing import Standing
from signal_index.wire import deliveries as wire
from signal_index.wire.errors import InvalidField

_CLOCK_SKEW: Final = timedelta(seconds=60)

routes = Routes("aanleveren")


@routes.post(
    "/deliveries",
    "Een levering afsluiten, ook een lege",
    status=201,
    also=200,
    raises=(UnknownSource, DeliveryIdUsed),
)
async def close_own_delivery(
    body: wire.Delivery, index: TheIndex, caller: Source, response: Response
) -> wire.DeliveryResult:
    """Close a delivery, also an empty one: the source was heard.

    Told once more it answers 200; with other content under the same id, 409.
    """
    now = index.clock()
    if body.ends > now + _CLOCK_SKEW:
        raise InvalidField("until", "in-the-future")
    standing = await index.standing.get(now)
    get_source(body.source, caller.organisation, standing)
    places = _covered(body, standing)
    submitter = caller.organisation
    async with acting(index, caller.caller, Kind.DELIVERY) as act:
        if await is_delivery_known(act.conn, body, submitted_by=submitter):
            act.leave()
            response.status_code = 200
        else:
            await close_delivery(
                act.conn, body, places, submitted_by=submitter, now=act.now
            )
            await act.record(
                {
                    "delivery": str(body.delivery),
                    "source": body.source,
                    "digest": digest_compact(body.model_dump(mode="json")),
                }
            )
    index.standing.forget()
    return wire.DeliveryResult(delivery=body.delivery)


@routes.get("/deliveries", "De eigen laatste leveringen", raises=(UnknownSource,))
async def list_own_deliveries(
    index: TheIndex,
    caller: OwnSource,
    limit: Limit = PAGE_DEFAULT,
    source: OfSource = None,
) -> wire.ClosedDeliveries:
    """List the caller's own newest deliveries: what was read, and what became of it."""
    listed = await find_listed(source, caller.organisation, index)
    async with looking(index.engine) as conn:
        found, unreadable = await list_deliveries(conn, listed, limit=limit)
    return wire.ClosedDeliveries(items=found, unreadable=unreadable)


def _covered(said: wire.Delivery, standing: Standing) -> Sequence[tuple[str, str]]:
    """Give where this source publishes what it delivered; all of it must be known."""
    places = [
        (municipality, category)
        for municipality, category in sorted(standing.find_places(said.source))
        if municipality in said.municipalities and category in said.categories
    ]
    if not {at for at, _ in places}.issuperset(said.municipalities):
        raise UnknownSource(_find_uncovered(said, standing))
    if not {category for _, category in places}.issuperset(said.categories):
        raise UnknownSource("categories")
    return places


def _find_uncovered(said: wire.Delivery, standing: Standing) -> str:
    """Tell which is to be mended where nothing of a municipality is covered."""
    there = {at for at, _ in standing.find_places(said.source)}
    known = there.issuperset(said.municipalities)
    return "categories" if known else "municipalities"
