"""A report for a citizen who asked for access (GDPR art. 15): read, recorded, proven.

1. The officer's tickets hold, the request for access is open, and the policy permits
   the report; a refusal is recorded with every ground before it leaves.
2. One transaction spends the tickets, reads what the citizen may see, notes at the
   request that a report was made, and records it (kind `report`).
3. Then each entry in the report gets its proof file, with exactly the groups that the
   citizen may see opened; an entry whose tree is not signed yet gets none.

What is under embargo is left out before anything is counted, recorded or proven.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from policy.errors import ReportDenied
from policy.key import calendar_day
from policy.reports import (
    ReportPermit,
    ReportQuestion,
    permit_report,
)
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import PrivacyOfficer
from signal_index.api.context import Index, get_index
from signal_index.api.correction_forms import make_words, render_reported_correction
from signal_index.api.person_asked import (
    PERSON_KEYS,
    PersonAct,
    PersonAsked,
    arrive,
    find_keys_by_year,
    parse_person_body,
    record_about_person,
    spending,
)
from signal_index.api.problems import render_problem
from signal_index.api.reading import give_json, read_json
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.embargo import (
    derive_embargo_row,
    withhold_entries,
    withhold_signals,
)
from signal_index.citizens.report import (
    render_check,
    render_lookup,
    render_signal,
)
from signal_index.citizens.reported import (
    ReportedEntry,
    ReportedSignal,
    derive_own_search,
)
from signal_index.errors import ProofNotReady
from signal_index.ledger import Kind, Outcome
from signal_index.notice import parse_uuid
from signal_index.notice.fields import encode_instant, parse_object
from signal_index.proof import JsonObject
from signal_index.store.access_requests import (
    change_access_request,
    get_open_request,
    lock_open_request,
)
from signal_index.store.citizen_reports import (
    MOST_ENTRIES,
    find_own_signals,
    find_person_entries,
)
from signal_index.store.corrections import Correction, find_person_corrections
from signal_index.store.embargoes import find_held_categories
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.store.standing import Standing
from signal_index.wire.access_requests import AccessRequest

routes = Routes()


@dataclass(frozen=True, slots=True, repr=False)
class _Material:
    """What one report is made of, without what an embargo keeps out."""

    request: AccessRequest
    entry: UUID
    signals: Sequence[ReportedSignal]
    entries: Sequence[ReportedEntry]
    corrections: Sequence[Correction]
    has_more: bool


@routes.post("/access-requests/{request_id}/report")
async def make_report(
    request: Request, caller: PrivacyOfficer, request_id: str
) -> Response:
    """Give what a citizen may see of themselves, with a proof of each lookup."""
    index = get_index(request)
    wanted = parse_uuid(request_id, "requestId")
    body = parse_person_body(parse_object(await read_json(request), PERSON_KEYS))
    asked = await arrive(index, body, caller.caller)
    municipality = caller.scope.municipality
    labels, today = await index.labels_in(municipality), calendar_day(asked.at)
    async with looking(index.engine) as conn:
        found = await get_open_request(conn, wanted, municipality, labels, today)
    standing = await index.standing.get(asked.at)
    question = ReportQuestion(
        caller.caller, municipality, asked.pseudonym, found.identityCheck
    )
    try:
        permit = permit_report(
            index.policy.get(standing, municipality), question, now=asked.at
        )
    except ReportDenied as refusal:
        return await asyncio.shield(_refuse(index, asked, wanted, refusal))
    material = await asyncio.shield(_gather(index, asked, wanted, permit))
    proofs = await _prove(index, material.entries)
    return give_json(_render(index, asked, standing, material, proofs))


async def _gather(
    index: Index, asked: PersonAsked, wanted: UUID, permit: ReportPermit
) -> _Material:
    search = derive_own_search(permit, asked.point, index.keys.row_key)
    held_row = derive_embargo_row(index.keys.row_key, asked.point)
    persons = find_keys_by_year(index.keys, asked.point)
    place = permit.municipality
    labels = await index.labels_in(place)
    catalogue = labels.catalogue
    async with spending(index, asked, Kind.CITIZEN_REPORT) as act:
        conn = act.conn
        request = await lock_open_request(
            conn, wanted, place, labels, calendar_day(asked.at)
        )
        held = await find_held_categories(conn, held_row.row_key, place, asked.at)
        found = await find_own_signals(conn, search)
        keys = index.keys.disclosures
        looked = await find_person_entries(conn, persons, place, keys)
        disputed = await find_person_corrections(conn, search.rows, place)
        shown = withhold_entries(looked[:MOST_ENTRIES], held, catalogue)
        material = _Material(
            request=request,
            entry=await _record(act, asked, wanted, permit),
            signals=withhold_signals(found, held),
            entries=shown,
            corrections=[one for one in disputed if one.category not in held],
            has_more=len(looked) > MOST_ENTRIES,
        )
        await change_access_request(conn, wanted, reported_at=asked.at)
    return material


async def _record(
    act: Acting, asked: PersonAsked, wanted: UUID, permit: ReportPermit
) -> UUID:
    done = _act(wanted, Outcome.ANSWERED, policy=permit.policy_digest)
    return (await record_about_person(act, asked, done)).id


async def _refuse(
    index: Index, asked: PersonAsked, wanted: UUID, refusal: ReportDenied
) -> Response:
    grounds = tuple(ground.id for ground in refusal.grounds)
    done = _act(wanted, Outcome.REFUSED, grounds)
    async with acting(index, asked.caller, Kind.CITIZEN_REPORT) as act:
        await record_about_person(act, asked, done)
    members = {
        "grounds": [
            {"id": ground.id, "text": ground.text, "remedy": ground.remedy}
            for ground in refusal.grounds
        ]
    }
    answer = render_problem(refusal, base=index.names.problem_base, members=members)
    return Response(answer.body, answer.status, dict(answer.headers))


def _act(
    wanted: UUID,
    outcome: Outcome,
    grounds: tuple[str, ...] = (),
    policy: str | None = None,
) -> PersonAct:
    what: JsonObject = {"act": "citizen-report", "accessRequest": str(wanted)}
    return PersonAct(what, outcome, grounds, policy)


async def _prove(
    index: Index, entries: Sequence[ReportedEntry]
) -> Mapping[UUID, str | None]:
    """Give each entry's proof file, opened as far as the citizen may see it."""
    proofs: dict[UUID, str | None] = {}
    async with looking(index.engine) as conn:
        for one in entries:
            try:
                proofs[one.entry] = await prove_entry_for(
                    conn, one.entry, one.groups, index.keys
                )
            except ProofNotReady:
                proofs[one.entry] = None
    return proofs


def _render(
    index: Index,
    asked: PersonAsked,
    standing: Standing,
    material: _Material,
    proofs: Mapping[UUID, str | None],
) -> Mapping[str, object]:
    words = make_words(index, standing, asked.caller.municipality)
    lookups = [one for one in material.entries if one.is_lookup]
    checks = [one for one in material.entries if not one.is_lookup]
    waiting = frozenset(
        (one.source, one.signal_reference)
        for one in material.corrections
        if one.answer is None
    )
    return {
        "reportId": str(material.entry),
        "reference": material.request.reference,
        "receivedOn": material.request.receivedOn.isoformat(),
        "madeAt": encode_instant(asked.at),
        "organisation": words.organisation(asked.caller.organisation),
        "firstYear": min(index.keys.disclosures, default=asked.at.year),
        "ledgerOrigin": index.names.ledger_origin,
        "lookups": [render_lookup(one, words, proofs[one.entry]) for one in lookups],
        "checks": [render_check(one, words, proofs[one.entry]) for one in checks],
        "hasMore": material.has_more,
        "signals": [render_signal(one, words, waiting) for one in material.signals],
        "corrections": [
            render_reported_correction(one, words) for one in material.corrections
        ],
    }
