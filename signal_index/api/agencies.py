"""An agency's own view: its signals by state, what ended, and how its agents do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import OwnSource, Source
from signal_index.api.context import get_index
from signal_index.api.labels import label_category
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.notice import parse_agent_status, parse_slug, parse_uuid
from signal_index.notice.fields import encode_instant
from signal_index.proof import Group
from signal_index.store.agencies import (
    count_own_signals,
    list_agents,
    list_endings,
    store_agent_status,
    verify_own_publication,
)
from signal_index.store.ledger_proofs import prove_entry_for

routes = Routes()


@routes.get("/signal-counts")
async def count_signals(request: Request, caller: OwnSource) -> Response:
    """Count the caller's own signals by category, municipality and state."""
    index = get_index(request)
    read_query(request)
    async with looking(index.engine) as conn:
        found = await count_own_signals(conn, caller.organisation)
    return give_json(
        {
            "items": [
                {
                    "category": one.category,
                    "categoryLabel": label_category(
                        index.catalogue_in(one.municipality), one.category
                    ),
                    "municipality": one.municipality,
                    "state": one.state,
                    "count": one.count,
                }
                for one in found
            ]
        }
    )


@routes.get("/signal-endings")
async def list_signal_endings(request: Request, caller: OwnSource) -> Response:
    """List the caller's own signals that ended in the last 90 days, and why."""
    index = get_index(request)
    query = read_query(request, ("cursor", "limit"))
    limit = read_limit(query)
    async with looking(index.engine) as conn:
        found = await list_endings(
            conn, caller.organisation, after=read_cursor(query), limit=limit + 1
        )
    page = found[:limit]
    return give_json(
        {
            "items": [
                {
                    "reference": str(one.reference),
                    "category": one.category,
                    "categoryLabel": label_category(
                        index.catalogue_in(one.municipality), one.category
                    ),
                    "municipality": one.municipality,
                    "reason": one.reason,
                    "endedAt": encode_instant(one.ended_at),
                }
                for one in page
            ],
            "next": str(page[-1].reference) if len(found) > limit else None,
        }
    )


@routes.get("/publication-proofs/{entry_id}")
async def prove_publication(
    request: Request, caller: OwnSource, entry_id: str
) -> Response:
    """Prove that what the caller sent is in the ledger; opened is its digest."""
    index = get_index(request)
    read_query(request)
    entry = parse_uuid(entry_id, "entryId")
    async with looking(index.engine) as conn:
        await verify_own_publication(conn, caller.organisation, entry)
        proof = await prove_entry_for(conn, entry, (Group.WHAT,), index.keys)
    return Response(proof, media_type="text/plain; charset=utf-8")


@routes.put("/agents/{agent}")
async def tell_status(request: Request, caller: Source, agent: str) -> Response:
    """Keep how an agent of the caller says it is doing; the newest only."""
    index = get_index(request)
    name = parse_slug(agent, "agent")
    status = parse_agent_status(await read_json(request))
    owner = (str(caller.organisation), str(caller.caller.municipality))
    async with committing(index.engine) as conn:
        await store_agent_status(conn, owner, name, status, now=index.clock())
    return Response(status_code=204)


@routes.get("/agents")
async def list_own_agents(request: Request, caller: OwnSource) -> Response:
    """List how the caller's own agents are doing."""
    read_query(request)
    async with looking(get_index(request).engine) as conn:
        found = await list_agents(conn, caller.organisation)
    return give_json(
        {
            "items": [
                {"agent": agent, "reportedAt": encode_instant(at), **status}
                for agent, status, at in found
            ]
        }
    )
