"""What a user is asked about their own lookups, and the explanation they give.

- A user sees the question and their own lookup, never who else is being reviewed nor
  by which rule theirs was picked.
- The explanation goes into the ledger, sealed, as an entry of this user: nobody can
  change afterwards what was explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.vocabulary import Caller, parse_municipality
from signal_index.api.callers import ActivePerson
from signal_index.api.context import Index, get_index
from signal_index.api.reading import give_json, read_json, read_query
from signal_index.api.recording import record_act
from signal_index.api.review_shapes import Shape, group_of, shape_why
from signal_index.api.review_words import parse_remark, parse_word
from signal_index.api.reviews import hashes_of
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.ledger import Group, Kind, Opened
from signal_index.notice import InvalidField, parse_uuid
from signal_index.notice.fields import encode_instant, parse_object
from signal_index.proof import ExplanationCode, JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.opened_entries import open_entries
from signal_index.store.review_records import (
    Review,
    find_act_ids,
    find_own_reviews,
    get_own_review,
)
from signal_index.store.reviews import insert_act, note_explanation

routes = Routes()


@routes.get("/own-reviews")
async def list_own_reviews(request: Request, caller: ActivePerson) -> Response:
    """List what the caller was asked about their own lookups, newest first.

    Recorded where there is something to read.
    """
    index, who = get_index(request), caller.caller
    read_query(request)
    async with committing(index.engine) as conn:
        found = await find_own_reviews(conn, hashes_of(index, who))
        items = await _shape(conn, index, found)
        if items:
            what: JsonObject = {"act": "questions-read", "shown": len(items)}
            await _record(conn, index, who, what)
    return give_json({"items": items})


@routes.post("/own-reviews/{review_id}/explanation")
async def explain(request: Request, caller: ActivePerson, review_id: str) -> Response:
    """Explain one's own lookup, once for each time it was asked."""
    index, who = get_index(request), caller.caller
    wanted = parse_uuid(review_id, "reviewId")
    said = parse_object(await read_json(request), ("explanation",), ("text",))
    code = parse_word(ExplanationCode, said["explanation"], "explanation")
    text = parse_remark(said.get("text"), "text")
    if code is ExplanationCode.OTHER and text is None:
        raise InvalidField("text", "missing")
    async with committing(index.engine) as conn:
        found = await get_own_review(conn, wanted, hashes_of(index, who))
        await note_explanation(conn, found)
        what: JsonObject = {
            "act": "explained",
            "review": str(found.id),
            "entry": str(found.entry_id),
            "codes": [code.value],
            "text": text,
        }
        await insert_act(conn, found, await _record(conn, index, who, what))
    return Response(status_code=204)


async def _shape(
    conn: AsyncConnection, index: Index, found: Sequence[Review]
) -> Sequence[Shape]:
    acts = await find_act_ids(conn, [one.id for one in found])
    wanted = [one.entry_id for one in found]
    wanted += [act for one in found for act in acts.get(one.id, ())]
    opened = await open_entries(conn, wanted, index.keys.disclosures)
    return [
        _item(
            one,
            opened[one.entry_id],
            [opened[act] for act in acts.get(one.id, ()) if act in opened],
            index,
        )
        for one in found
        if one.entry_id in opened
    ]


def _item(one: Review, lookup: Opened, acts: Sequence[Opened], index: Index) -> Shape:
    why = group_of(lookup, Group.WHY)
    catalogue = index.catalogue_in(parse_municipality(one.municipality))
    question, explanation = _last(acts, "asked"), _last(acts, "explained")
    return {
        "id": str(one.id),
        "entryId": str(one.entry_id),
        "at": encode_instant(lookup.recorded_at),
        "purposeLabel": shape_why(why, catalogue)["purposeLabel"],
        "caseReference": why.get("caseReference"),
        "state": one.state.value,
        "answerBy": None if one.answer_by is None else encode_instant(one.answer_by),
        "questions": question.get("codes") or [],
        "text": question.get("text"),
        "explanation": _first_code(explanation),
        "explanationText": explanation.get("text"),
    }


def _last(acts: Sequence[Opened], act: str) -> JsonObject:
    said = [group_of(one, Group.WHAT) for one in acts]
    return next((what for what in reversed(said) if what.get("act") == act), {})


def _first_code(what: JsonObject) -> str | None:
    codes = what.get("codes")
    return str(codes[0]) if isinstance(codes, list) and codes else None


async def _record(
    conn: AsyncConnection, index: Index, caller: Caller, what: JsonObject
) -> UUID:
    entry = record_act(Kind.REVIEW, caller, what, index.keys, index.clock())
    await insert_entries(conn, [entry])
    return entry.id
