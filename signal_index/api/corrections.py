"""Corrections and objections (GDPR arts. 16, 18, 21), as the officer enters them.

- About one signal that stands in the citizen's report: its source and reference. What
  the citizen tells besides goes to the source outside the index: no free text here.
- The source has a month from the day of receipt (`/own-corrections`).
- With restriction, the signal shows in no lookup until the officer has told the citizen
  and releases it (art. 18(3)), whatever the source answered.
- Each act is a ledger entry of kind `correction`; the signal's person is not in it.
"""

from __future__ import annotations

import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from policy.key import calendar_day
from signal_index.api.callers import Officer, PrivacyOfficer
from signal_index.api.citizen_codes import parse_code, verify_whole_municipality
from signal_index.api.context import Index, get_index
from signal_index.api.correction_forms import make_words, render_officer_correction
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
from signal_index.citizens.terms import draw_reference, due_on, is_plausible_receipt
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_day, parse_uuid
from signal_index.notice.fields import parse_object, parse_oin
from signal_index.proof import JsonObject
from signal_index.store.corrections import (
    NewCorrection,
    enter_correction,
    list_corrections,
    release_signal,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import Page

_KEYS: Final = ("source", "signalReference", "reason", "receivedOn", "restrict")

routes = Routes()


@routes.post("/corrections")
async def enter(request: Request, caller: PrivacyOfficer) -> Response:
    """Enter what a citizen says is wrong with a signal, or why it must stop."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    new = _parse(index, await read_json(request), caller)
    what: JsonObject = {
        "act": "correction-entered",
        "correction": str(new.id),
        "source": new.source,
        "reason": new.reason,
        "restricted": new.restrict,
        "dueOn": new.due_on.isoformat(),
    }
    async with committing(index.engine) as conn:
        category = await enter_correction(conn, new)
        described = {**what, "category": category}
        entry = record_act(
            Kind.CORRECTION, caller.caller, described, index.keys, new.entered_at
        )
        await insert_entries(conn, [entry])
    made = {"id": str(new.id), "reference": new.reference}
    return give_json({**made, "dueOn": new.due_on.isoformat()}, 201)


@routes.get("/corrections")
async def list_all(request: Request, caller: Officer) -> Response:
    """List the municipality's corrections and objections, the newest first."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    query = read_query(request, ("cursor", "limit"))
    limit = read_limit(query)
    page = Page(limit + 1, read_cursor(query))
    async with looking(index.engine) as conn:
        found = await list_corrections(conn, caller.scope.municipality, page)
    now = index.clock()
    standing = await index.standing.get(now)
    words, today = (
        make_words(index, standing, caller.scope.municipality),
        calendar_day(now),
    )
    shown = found[:limit]
    return give_json(
        {
            "items": [render_officer_correction(one, words, today) for one in shown],
            "next": str(shown[-1].id) if len(found) > limit else None,
        }
    )


@routes.post("/corrections/{correction_id}/release")
async def release(
    request: Request, caller: PrivacyOfficer, correction_id: str
) -> Response:
    """Let lookups show the signal again: answered, and the citizen was told."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    wanted = parse_uuid(correction_id, "correctionId")
    item = parse_object(await read_json(request), ("citizenTold",))
    if item["citizenTold"] is not True:
        raise InvalidField("citizenTold", "wrong-form")
    now = index.clock()
    what: JsonObject = {"act": "restriction-released", "correction": str(wanted)}
    async with committing(index.engine) as conn:
        await release_signal(conn, wanted, caller.scope.municipality, now)
        entry = record_act(Kind.CORRECTION, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return Response(status_code=204)


def _parse(index: Index, body: object, caller: PrivacyOfficer) -> NewCorrection:
    item = parse_object(body, _KEYS)
    catalogue = index.catalogue_in(caller.scope.municipality)
    now = index.clock()
    received = parse_day(item["receivedOn"], "receivedOn")
    if not is_plausible_receipt(received, calendar_day(now)):
        raise InvalidField("receivedOn", "day-out-of-range")
    if not isinstance(item["restrict"], bool):
        raise InvalidField("restrict", "wrong-form")
    return NewCorrection(
        id=new_uuid7(now),
        municipality=caller.scope.municipality,
        organisation=caller.caller.organisation,
        reference=draw_reference(secrets.randbelow),
        source=parse_oin(item["source"], "source"),
        signal_reference=parse_uuid(item["signalReference"], "signalReference"),
        reason=parse_code(item["reason"], "reason", catalogue.correction_reasons),
        received_on=received,
        due_on=due_on(received),
        entered_at=now,
        restrict=item["restrict"],
    )
