"""The officers' review queue: list, open, ask, judge, look again.

- The list tells which rules picked a lookup and until when there is time, never who
  looked up or why: that is opened one review at a time, and each opening is recorded.
- What is asked and found goes into the ledger, sealed, in the transaction that moves
  the review; the queue itself keeps no text.
- A privacy officer asks and judges. The second look at what is not in order is another
  officer's: a privacy officer's or the data protection officer's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.vocabulary import Caller
from signal_index.api.callers import Officer, PrivacyOfficer
from signal_index.api.context import Index, get_index
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.recording import record_act
from signal_index.api.review_shapes import (
    Shape,
    shape_act,
    shape_lookup,
    shape_neighbour,
    shape_review,
)
from signal_index.api.review_words import parse_remark, parse_word, parse_words
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.ledger import Kind, user_find_key
from signal_index.notice import InvalidField, parse_uuid
from signal_index.notice.fields import parse_object
from signal_index.proof import FindingCode, JsonObject, QuestionCode
from signal_index.store.ledger import insert_entries
from signal_index.store.opened_entries import open_entries
from signal_index.store.outcomes import find_outcomes
from signal_index.store.review_opening import find_around
from signal_index.store.review_records import (
    Queue,
    Review,
    ReviewState,
    Verdict,
    count_reviews,
    find_act_ids,
    find_reviews,
    get_review,
)
from signal_index.store.reviews import (
    Move,
    ask_user,
    insert_act,
    judge,
    look_again,
    pick_by_hand,
)
from signal_index.store.scope import OfficerScope
from signal_index.store.standing import Standing

WAITING: Final = frozenset(ReviewState) - {ReviewState.CLOSED}
routes = Routes()


@routes.get("/reviews")
async def list_reviews(request: Request, caller: Officer) -> Response:
    """List what waits, what is due first first; with `state`, that state alone."""
    index = get_index(request)
    query = read_query(request, ("state", "cursor", "limit"))
    limit = read_limit(query)
    states = WAITING
    if "state" in query:
        states = frozenset({parse_word(ReviewState, query["state"], "state")})
    queue = Queue(states, limit + 1, read_cursor(query))
    now = index.clock()
    async with committing(index.engine) as conn:
        found = await find_reviews(conn, caller.scope, queue)
        counts, late = await count_reviews(conn, caller.scope, now=now)
        shown = found[:limit]
        await _record(
            conn, index, caller.caller, {"act": "listed", "shown": len(shown)}
        )
    standing = await index.standing.get(now)
    return give_json(
        {
            "items": [shape_review(one, standing, now) for one in shown],
            "next": str(shown[-1].id) if len(found) > limit else None,
            "counts": [
                {"state": state.value, "count": counts.get(state, 0)}
                for state in ReviewState
            ],
            "late": late,
        }
    )


@routes.post("/reviews")
async def add_review(request: Request, caller: PrivacyOfficer) -> Response:
    """Put a lookup in the queue by hand; one that is there stays as it is."""
    index = get_index(request)
    said = parse_object(await read_json(request), ("entryId",))
    entry = parse_uuid(said["entryId"], "entryId")
    now = index.clock()
    async with committing(index.engine) as conn:
        found = await pick_by_hand(conn, entry, caller.scope, now=now)
        what = _what("picked", found)
        act = await _record(conn, index, caller.caller, what)
        await insert_act(conn, found, act)
    standing = await index.standing.get(now)
    return give_json(shape_review(found, standing, now), 201)


@routes.get("/reviews/{review_id}")
async def open_review(request: Request, caller: Officer, review_id: str) -> Response:
    """Open a lookup for judging: who, why, what was shown, and what was said since.

    About whom stays closed. Opening is recorded.
    """
    index, wanted = get_index(request), parse_uuid(review_id, "reviewId")
    now = index.clock()
    standing = await index.standing.get(now)
    async with committing(index.engine) as conn:
        found = await get_review(conn, wanted, caller.scope)
        opened = await _open(conn, index, found, caller.scope, standing)
        await _record(conn, index, caller.caller, _what("opened", found))
    return give_json({"review": shape_review(found, standing, now), **opened})


@routes.post("/reviews/{review_id}/question")
async def ask_question(
    request: Request, caller: PrivacyOfficer, review_id: str
) -> Response:
    """Ask the user for an explanation, by codes and perhaps a short text."""
    index, wanted = get_index(request), parse_uuid(review_id, "reviewId")
    said = parse_object(await read_json(request), ("questions",), ("text",))
    codes = parse_words(QuestionCode, said["questions"], "questions")
    text = parse_remark(said.get("text"), "text")
    async with committing(index.engine) as conn:
        found = await get_review(conn, wanted, caller.scope)
        await ask_user(conn, found, _move(index, caller.caller))
        what = {**_what("asked", found), "codes": list(codes), "text": text}
        act = await _record(conn, index, caller.caller, what)
        await insert_act(conn, found, act)
    return Response(status_code=204)


@routes.post("/reviews/{review_id}/judgement")
async def give_judgement(
    request: Request, caller: PrivacyOfficer, review_id: str
) -> Response:
    """Judge a lookup; what is not in order then waits for another officer."""
    index, wanted = get_index(request), parse_uuid(review_id, "reviewId")
    said = parse_object(await read_json(request), ("verdict",), ("finding", "text"))
    verdict = parse_word(Verdict, said["verdict"], "verdict")
    finding = _parse_finding(verdict, said.get("finding"))
    text = parse_remark(said.get("text"), "text")
    if finding is FindingCode.OTHER and text is None:
        raise InvalidField("text", "missing")
    async with committing(index.engine) as conn:
        found = await get_review(conn, wanted, caller.scope)
        await judge(conn, found, verdict, _move(index, caller.caller))
        what = {
            **_what("judged", found),
            "codes": [] if finding is None else [finding.value],
            "verdict": verdict.value,
            "text": text,
        }
        act = await _record(conn, index, caller.caller, what)
        await insert_act(conn, found, act)
    return Response(status_code=204)


@routes.post("/reviews/{review_id}/second-look")
async def give_second_look(
    request: Request, caller: Officer, review_id: str
) -> Response:
    """Agree with another officer's judgement, or say why not."""
    index, wanted = get_index(request), parse_uuid(review_id, "reviewId")
    said = parse_object(await read_json(request), ("agrees",), ("text",))
    agrees, text = said["agrees"], parse_remark(said.get("text"), "text")
    if not isinstance(agrees, bool):
        raise InvalidField("agrees", "wrong-form")
    if not agrees and text is None:
        raise InvalidField("text", "missing")
    async with committing(index.engine) as conn:
        found = await get_review(conn, wanted, caller.scope)
        await look_again(conn, found, _move(index, caller.caller), agrees=agrees)
        verdict = None if found.verdict is None else found.verdict.value
        what = {
            **_what("second-look", found),
            "agrees": agrees,
            "verdict": verdict,
            "text": text,
        }
        act = await _record(conn, index, caller.caller, what)
        await insert_act(conn, found, act)
    return Response(status_code=204)


def _parse_finding(verdict: Verdict, value: object) -> FindingCode | None:
    """Give what was found: needed unless all is in order, and only then."""
    if verdict is Verdict.IN_ORDER:
        if value is not None:
            raise InvalidField("finding", "not-allowed")
        return None
    if value is None:
        raise InvalidField("finding", "missing")
    return parse_word(FindingCode, value, "finding")


async def _open(
    conn: AsyncConnection,
    index: Index,
    found: Review,
    scope: OfficerScope,
    standing: Standing,
) -> Mapping[str, object]:
    near = await find_around(conn, found.entry_id, scope)
    acts = (await find_act_ids(conn, [found.id])).get(found.id, [])
    wanted = [found.entry_id, *(one.entry for one in near), *acts]
    opened = await open_entries(conn, wanted, index.keys.disclosures)
    said = await find_outcomes(conn, [found.entry_id])
    policy = index.policy.get(standing, scope.municipality)
    catalogue = policy.catalogue
    lookup: Shape | None = None
    if found.entry_id in opened:
        outcome = said.get(found.entry_id)
        lookup = shape_lookup(opened[found.entry_id], outcome, policy, standing)
    return {
        "lookup": lookup,
        "around": [
            shape_neighbour(one, opened[one.entry], catalogue, standing)
            for one in near
            if one.entry in opened
        ],
        "acts": [shape_act(opened[act]) for act in acts if act in opened],
    }


def _what(act: str, of: Review) -> JsonObject:
    return {"act": act, "review": str(of.id), "entry": str(of.entry_id)}


async def _record(
    conn: AsyncConnection, index: Index, caller: Caller, what: JsonObject
) -> UUID:
    entry = record_act(Kind.REVIEW, caller, what, index.keys, index.clock())
    await insert_entries(conn, [entry])
    return entry.id


def _move(index: Index, caller: Caller) -> Move:
    return Move(hashes_of(index, caller), index.clock())


def hashes_of(index: Index, caller: Caller) -> Sequence[bytes]:
    """Give the keyed hashes of a person, one for each year that can be opened."""
    return [
        user_find_key(key, caller.organisation, caller.subject)
        for key in index.keys.disclosures.values()
    ]
