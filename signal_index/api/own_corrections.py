"""Corrections and objections as the source meets them: what waits, and its answer.

- A source sees what concerns the signals that it published or submitted, by its own
  references; nothing of the citizen, who it knows itself.
- It answers once, with a code of the list; a change or withdrawal of the signal comes
  over the usual road. The answer shows in the citizen's next report.
- Each answer is a ledger entry of kind `correction`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from policy.key import calendar_day
from signal_index.api.callers import Source
from signal_index.api.citizen_codes import parse_code
from signal_index.api.context import get_index
from signal_index.api.correction_forms import render_source_correction
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
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_uuid
from signal_index.notice.fields import parse_object
from signal_index.proof import JsonObject
from signal_index.store.corrections import answer_correction, list_source_corrections
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import Page

routes = Routes()


@routes.get("/own-corrections")
async def list_own(request: Request, caller: Source) -> Response:
    """List what waits for this source (`state=all`: answered ones too)."""
    index = get_index(request)
    query = read_query(request, ("state", "cursor", "limit"))
    state = query.get("state", "open")
    if state not in {"open", "all"}:
        raise InvalidField("state", "unknown-code")
    limit = read_limit(query)
    page = Page(limit + 1, read_cursor(query))
    async with looking(index.engine) as conn:
        found = await list_source_corrections(
            conn, caller.organisation, page, is_open=state == "open"
        )
    today = calendar_day(index.clock())
    shown = found[:limit]
    items = [
        render_source_correction(one, index.catalogue_in(one.municipality), today)
        for one in shown
    ]
    return give_json(
        {"items": items, "next": str(shown[-1].id) if len(found) > limit else None}
    )


@routes.post("/own-corrections/{correction_id}/answer")
async def answer(request: Request, caller: Source, correction_id: str) -> Response:
    """Say once what the source did with it."""
    index = get_index(request)
    wanted = parse_uuid(correction_id, "correctionId")
    item = parse_object(await read_json(request), ("answer",))
    said = parse_code(item["answer"], "answer", index.catalogue.correction_answers)
    now = index.clock()
    what: JsonObject = {
        "act": "correction-answered",
        "correction": str(wanted),
        "answer": said,
    }
    async with committing(index.engine) as conn:
        await answer_correction(conn, wanted, caller.organisation, said, now)
        entry = record_act(Kind.CORRECTION, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return Response(status_code=204)
