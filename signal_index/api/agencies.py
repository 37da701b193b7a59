"""An agency's own view: its signals by state, what ended, and how its agents do."""

from __future__ import annotations

from starlette.responses import Response

from signal_index.api.acting import acting
from signal_index.api.callers import OwnSource, Source, SourceAdministrator
from signal_index.api.context import TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import committing, looking
from signal_index.days import day_of
from signal_index.errors import (
    ProofNotReady,
    UnknownEntry,
    UnknownHeldDelivery,
    UnknownSource,
)
from signal_index.ledger import Kind
from signal_index.proof import Group
from signal_index.store import agencies as store
from signal_index.store import agents as agent_store
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.wire import agents, signals
from signal_index.wire.persons import Account
from signal_index.wire.values import Id, SlugText

TEXT = "text/plain"

routes = Routes("aanleveren")


@routes.get("/signal-counts", "De eigen signalen, geteld")
async def count_signals(index: TheIndex, caller: OwnSource) -> signals.SignalCounts:
    """Count the caller's own signals by category, municipality and state."""
    async with looking(index.engine) as conn:
        found, unreadable = await store.count_own_signals(
            conn, caller.organisation, index.name_category
        )
    return signals.SignalCounts(items=found, unreadable=unreadable)


@routes.get(
    "/signal-endings", "De eigen signalen die in de laatste 90 dagen zijn beëindigd"
)
async def list_signal_endings(
    index: TheIndex,
    caller: OwnSource,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> signals.SignalEndings:
    """List the caller's own signals that ended in the last 90 days, and why."""
    async with looking(index.engine) as conn:
        found, unreadable, following = await store.list_endings(
            conn,
            caller.organisation,
            index.name_category,
            index.keys,
            (cursor, limit),
            today=day_of(index.clock()),
        )
    return signals.SignalEndings(items=found, unreadable=unreadable, next=following)


@routes.get(
    "/publication-proofs/{entry_id}",
    "Bewijs dat wat u aanleverde in het inzagelogboek staat",
    media_type=TEXT,
    raises=(UnknownEntry, ProofNotReady),
)
async def prove_publication(
    entry_id: Id, index: TheIndex, caller: OwnSource
) -> Response:
    """Prove that what the caller sent is in the ledger; opened is its digest."""
    async with looking(index.engine) as conn:
        await store.verify_own_publication(conn, caller.organisation, entry_id)
        proof = await prove_entry_for(conn, entry_id, (Group.WHAT,), index.keys)
    return Response(proof, media_type=f"{TEXT}; charset=utf-8")


@routes.put(
    "/agents/{agent}",
    "Melden hoe het met een aanleverprogramma gaat",
    raises=(UnknownSource,),
)
async def tell_status(
    agent: SlugText, body: agents.AgentStatus, index: TheIndex, caller: Source
) -> agents.ToldAnswers:
    """Keep how an agent of the caller is doing; gives what was answered for it.

    What it holds is of a source that the caller may send for.
    """
    standing = await index.standing.get(index.clock())
    for one in body.feeds:
        if one.held:
            get_source(one.held.source, caller.organisation, standing)
    owner = (str(caller.organisation), str(caller.caller.municipality))
    async with committing(index.engine) as conn:
        told = await agent_store.store_agent_status(
            conn, owner, agent, body, now=index.clock()
        )
    return agents.ToldAnswers(answers=told)


@routes.get("/agents", "Hoe het met de eigen aanleverprogramma's gaat")
async def list_own_agents(index: TheIndex, caller: OwnSource) -> agents.Agents:
    """List how the caller's own agents are doing."""
    async with looking(index.engine) as conn:
        found, unreadable = await agent_store.list_agents(conn, caller.organisation)
    return agents.Agents(items=found, unreadable=unreadable)


@routes.post(
    "/agents/{agent}/held-deliveries/{delivery}/answer",
    "Antwoorden over een levering die wacht",
    status=204,
    raises=(UnknownHeldDelivery,),
)
async def answer_held_delivery(
    agent: SlugText,
    delivery: Id,
    body: agents.HeldAnswer,
    index: TheIndex,
    caller: SourceAdministrator,
) -> None:
    """Let a delivery that waits go, or drop it; its agent carries that out."""
    organisation, own = caller.organisation, caller.caller
    who = Account(organisation=own.organisation, user=own.subject)
    async with acting(index, own, Kind.DELIVERY) as act:
        held = await agent_store.answer_held(
            act.conn, organisation, (agent, delivery), body, (who, index.clock())
        )
        if held is None:
            act.leave()
            return
        await act.record(
            {
                "act": f"held-{body.answer}",
                "delivery": str(delivery),
                "source": held.source,
                "digest": body.digest,
            }
        )
