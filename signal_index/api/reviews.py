"""The officers' review queue: list, open, ask, judge, look again.

- The list tells which rules picked a lookup and until when there is time, never who
  looked up or why: that is opened one review at a time, and each opening is recorded.
- What is asked and found goes into the ledger, sealed, in the transaction that moves
  the review; the queue itself keeps no text.
- What the municipality picked, its own officers judge; a team's may open it and ask.
- A privacy officer asks and judges. The second look at what is not in order is another
  officer's: a privacy officer's or the data protection officer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Query

from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import Officer, PrivacyOfficer
from signal_index.api.context import Index, TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page
from signal_index.api.routing import Routes
from signal_index.api.told_reviews import (
    tell_act,
    tell_lookup,
    tell_neighbour,
    tell_review,
)
from signal_index.errors import (
    PolicyUnusable,
    ReviewClosed,
    SamePerson,
    UnknownEntry,
    UnknownReview,
)
from signal_index.labels import Labels
from signal_index.ledger import Kind, user_find_key
from signal_index.proof import Json, JsonObject
from signal_index.store import reviews as store
from signal_index.store.opened_entries import open_entries
from signal_index.store.outcomes import find_outcomes
from signal_index.store.review_opening import find_around
from signal_index.store.review_records import (
    Queue,
    StoredReview,
    count_reviews,
    find_act_ids,
    find_reviews,
    get_review,
)
from signal_index.store.scope import OfficerScope
from signal_index.wire import reviews as wire
from signal_index.wire.values import Id

routes = Routes("beoordelen")

State = Annotated[
    wire.ReviewState | None, Query(description="Alleen deze; anders alles wat wacht")
]
_WAITING: Final = frozenset(wire.STATES) - {"closed"}
_MOVED: Final = (UnknownReview, ReviewClosed)


@routes.get("/reviews", "Wat wacht op een beoordeling", raises=(UnknownReview,))
async def list_reviews(
    index: TheIndex,
    caller: Officer,
    state: State = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.ReviewList:
    """List what waits, what is due first first; with `state`, that state alone."""
    labels = await index.labels_in(caller.scope.municipality)
    queue = Queue(_WAITING if state is None else {state}, limit + 1, cursor)
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await find_reviews(act.conn, caller.scope, queue)
        counts, late = await count_reviews(act.conn, caller.scope, now=act.now)
        shown, following = cut_page(found, limit)
        await act.record({"act": "listed", "shown": len(shown)})
    return wire.ReviewList(
        items=[tell_review(one, labels, act.now) for one in shown],
        next=following,
        counts=[
            wire.ReviewCount(state=one, count=counts.get(one, 0)) for one in wire.STATES
        ],
        late=late,
    )


@routes.post(
    "/reviews",
    "Een bevraging zelf op de lijst zetten",
    status=201,
    raises=(UnknownEntry,),
)
async def add_review(
    body: wire.ReviewAddition, index: TheIndex, caller: PrivacyOfficer
) -> wire.Review:
    """Put a lookup in the queue by hand; one that is there stays as it is."""
    labels = await index.labels_in(caller.scope.municipality)
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await store.pick_by_hand(
            act.conn, body.entryId, caller.scope, now=act.now
        )
        await record_step(act, found, "picked")
    return tell_review(found, labels, act.now)


@routes.get(
    "/reviews/{review_id}",
    "Een bevraging openen om te beoordelen",
    raises=(UnknownReview, PolicyUnusable),
)
async def open_review(
    review_id: Id, index: TheIndex, caller: Officer
) -> wire.OpenedReview:
    """Open a lookup for judging: who, why, what was shown, and what was said since.

    About whom stays closed. Opening is recorded.
    """
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await get_review(act.conn, review_id, caller.scope)
        opened = await _open(act, found, caller.scope)
        await act.record(_what("opened", found))
    return opened


@routes.post(
    "/reviews/{review_id}/question",
    "Uitleg vragen aan wie opzocht",
    status=204,
    raises=_MOVED,
)
async def ask_review_question(
    review_id: Id, body: wire.ReviewQuestion, index: TheIndex, caller: PrivacyOfficer
) -> None:
    """Ask the user for an explanation, by codes and perhaps a short text."""
    codes = [code for code in wire.QUESTIONS if code in body.questions]
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await get_review(act.conn, review_id, caller.scope)
        await store.ask_user(act.conn, found, _move(act))
        await record_step(act, found, "asked", codes=codes, text=body.text)


@routes.post(
    "/reviews/{review_id}/judgement",
    "Een oordeel geven",
    status=204,
    raises=(*_MOVED, SamePerson),
)
async def judge_review(
    review_id: Id, body: wire.ReviewJudgement, index: TheIndex, caller: PrivacyOfficer
) -> None:
    """Judge a lookup; what is not in order then waits for another officer."""
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await get_review(act.conn, review_id, caller.scope)
        store.verify_judge(found, caller.scope)
        await store.judge(act.conn, found, body.verdict, _move(act))
        await record_step(
            act,
            found,
            "judged",
            codes=[] if body.finding is None else [body.finding],
            verdict=body.verdict,
            text=body.text,
        )


@routes.post(
    "/reviews/{review_id}/second-look",
    "Als tweede paar ogen een oordeel bevestigen of niet",
    status=204,
    raises=(*_MOVED, SamePerson),
)
async def look_again(
    review_id: Id, body: wire.ReviewSecondLook, index: TheIndex, caller: Officer
) -> None:
    """Agree with another officer's judgement, or say why not."""
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await get_review(act.conn, review_id, caller.scope)
        store.verify_judge(found, caller.scope)
        await store.look_again(act.conn, found, _move(act), agrees=body.agrees)
        await record_step(
            act,
            found,
            "second-look",
            agrees=body.agrees,
            verdict=found.verdict,
            text=body.text,
        )


async def record_step(act: Acting, of: StoredReview, step: str, **more: Json) -> None:
    """Record a step of a review, and keep with the review which entry that is."""
    entry = await act.record({**_what(step, of), **more})
    await store.insert_act(act.conn, of, entry.id)


def hashes_of(index: Index, caller: Caller) -> Sequence[bytes]:
    """Derive the keyed hashes of a person, one for each year that can be opened."""
    return [
        user_find_key(key, caller.organisation, caller.subject)
        for key in index.keys.disclosures.values()
    ]


async def _open(
    act: Acting, found: StoredReview, scope: OfficerScope
) -> wire.OpenedReview:
    index, conn = act.index, act.conn
    standing = await index.standing.get(act.now)
    policy = index.policy.get(standing, scope.municipality)
    labels = Labels(policy.catalogue, standing.organisations)
    near, left_off = await find_around(conn, found.entry_id, scope)
    steps = (await find_act_ids(conn, [found.id])).get(found.id, [])
    wanted = [found.entry_id, *(one.entry for one in near), *steps]
    opened = await open_entries(conn, wanted, index.keys.disclosures)
    lookup = opened.get(found.entry_id)
    looked = [] if lookup is None else [lookup]
    outcomes = await find_outcomes(conn, looked, index.keys.disclosures)
    said = outcomes.get(found.entry_id, {})
    return wire.OpenedReview(
        review=tell_review(found, labels, act.now),
        lookup=None if lookup is None else tell_lookup(lookup, said, labels, policy),
        around=[
            tell_neighbour(one, opened[one.entry], labels)
            for one in near
            if one.entry in opened
        ],
        acts=[tell_act(opened[one]) for one in steps if one in opened],
        mayJudge=store.is_judged_in(found, scope),
        aroundLeftOff=left_off,
    )


def _what(act: str, of: StoredReview) -> JsonObject:
    return {"act": act, "review": str(of.id), "entry": str(of.entry_id)}


def _move(act: Acting) -> store.Move:
    return store.Move(hashes_of(act.index, act.caller), act.now)
