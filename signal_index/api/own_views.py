"""A citizen sees their own, at the municipality's page for citizens (GDPR art. 15).

1. The page's tickets hold (act `own-view`, of its own budget at the holders) and the
   policy permits it; a refusal is recorded with every ground before it leaves.
2. One transaction spends the tickets, reads what the citizen may see and records that
   they looked (kind `own-view`): the page hears nothing that the ledger does not have,
   and a citizen sees each view of theirs, also one that was not theirs.
3. The answer is made as long as whole steps of bytes: its length counts nothing.
4. Proofs are asked for apart, by the marks of that view, within the hour: a page is
   read often and its proofs are kept seldom.

That the citizen logged in is the page's word (`login`); the index cannot see it.
Proven by tests/contract/test_own_views.py and
tests/attack/test_who_asks_for_somebodys_own_view.py.
"""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

from keys.request import Act
from policy.errors import ReportDenied
from policy.reports import OwnViewQuestion, ReportPermit, permit_own_view
from signal_index.api.acting import acting
from signal_index.api.callers import CitizenPortal
from signal_index.api.citizen_reading import Reading, find_proof, read_and_record
from signal_index.api.context import Index, TheIndex
from signal_index.api.person_asked import (
    PERSON_FACTS,
    PersonAct,
    PersonAsked,
    arrive,
    record_about_person,
    spending,
)
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.marks import SeenView, find_use, mark_lines, seal_whose
from signal_index.citizens.messages import name_messages
from signal_index.errors import ViewOver
from signal_index.ledger import Kind, Outcome
from signal_index.proof import JsonObject
from signal_index.wire import citizen_reports as wire
from signal_index.wire.citizen_options import DisputeChoice
from signal_index.wire.values import Id

routes = Routes("eigen pagina van inwoners")

Padded = TypeVar("Padded", wire.OwnView, wire.OwnProofs, wire.MessagesDue)

VIEW_STEP: Final = 256 * 1024
"""Some three hundred lookups: as long as nothing at all."""


@routes.post(
    "/own-views",
    "Wat een inwoner die inlogde over zichzelf mag zien",
    raises=(*PERSON_FACTS, ReportDenied),
)
async def view_own(
    body: wire.OwnViewAsked, index: TheIndex, caller: CitizenPortal
) -> wire.OwnView:
    """Tell a citizen who logged in what they may see of themselves."""
    asked = await arrive(index, body, caller.caller, Act.OWN_VIEW)
    place = caller.caller.municipality
    policy = index.policy.get(await index.standing.get(asked.at), place)
    question = OwnViewQuestion(caller.caller, place, asked.pseudonym)
    try:
        permit = permit_own_view(policy, question, now=asked.at)
    except ReportDenied as refusal:
        grounds = tuple(ground.id for ground in refusal.grounds)
        await asyncio.shield(_record_refusal(index, asked, body.login, grounds))
        raise
    return pad_answer(await asyncio.shield(_read(index, asked, permit, body.login)))


@routes.post(
    "/own-views/{view_id}/proofs",
    "Bewijzen van regels die een inwoner op de eigen pagina las",
    raises=(ViewOver,),
)
async def prove_own(
    view_id: Id, body: wire.OwnProofsAsked, index: TheIndex, caller: CitizenPortal
) -> wire.OwnProofs:
    """Prove lines of a view that was given within the hour; that recorded the look.

    One line that did not stand in it, and none is proven.
    """
    now, place = index.clock(), caller.caller.municipality
    seen = SeenView(view_id, place, body.madeAt)
    uses = [
        find_use(index.keys, seen, one.about, one.mark, now=now) for one in body.lines
    ]
    async with looking(index.engine) as conn:
        proofs = [
            wire.OwnProof(
                entryId=one.about, proof=await find_proof(index, conn, one.about, use)
            )
            for one, use in zip(body.lines, uses, strict=True)
        ]
    return pad_answer(wire.OwnProofs(proofs=proofs, padding=""))


async def _read(
    index: Index, asked: PersonAsked, permit: ReportPermit, login: str
) -> wire.OwnView:
    """Read and record a view; its lines are marked, and not proven."""
    labels = await index.labels_in(permit.municipality)
    done = PersonAct(_say(login), Outcome.ANSWERED, policy=permit.policy_digest)
    rows = index.keys.row_keys
    async with spending(index, asked, Kind.OWN_VIEW, rows) as act:
        reading = Reading(index, asked, rows, permit, labels)
        told = await read_and_record(act, reading, done)
    view = wire.OwnView(
        reasons=[
            DisputeChoice(code=one.id, label=one.citizen_text, kind=one.kind)
            for one in labels.catalogue.correction_reasons.values()
        ],
        marks=[],
        whose=bytes(60),
        messageNames=[*name_messages(rows, asked.point, permit.municipality)],
        padding="",
        **told,
    )
    seen = SeenView(view.reportId, permit.municipality, view.madeAt)
    marks = mark_lines(index.keys, seen, view)
    whose = seal_whose(index.keys, seen, asked.point)
    return view.model_copy(update={"marks": marks, "whose": whose})


async def _record_refusal(
    index: Index, asked: PersonAsked, login: str, grounds: tuple[str, ...]
) -> None:
    done = PersonAct(_say(login), Outcome.REFUSED, grounds)
    async with acting(index, asked.caller, Kind.OWN_VIEW) as act:
        await record_about_person(act, asked, done)


def _say(login: str) -> JsonObject:
    return {"act": "own-view", "login": login}


def pad_answer(answer: Padded) -> Padded:
    """Make an answer as long as whole steps of bytes: its length counts nothing."""
    length = len(answer.model_dump_json().encode())
    return answer.model_copy(update={"padding": " " * (-length % VIEW_STEP)})
