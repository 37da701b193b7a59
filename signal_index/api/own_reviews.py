"""What a user is asked about their own lookups, and the explanation they give.

- A user sees the question and their own lookup, never who else is being reviewed nor
  by which rule theirs was picked.
- The explanation goes into the ledger, sealed, as an entry of this user: nobody can
  change afterwards what was explained.
"""

from __future__ import annotations

from collections.abc import Sequence

from policy.vocabulary import parse_municipality
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import ActivePerson
from signal_index.api.context import TheIndex
from signal_index.api.reviews import hashes_of, record_step
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import ReviewClosed, UnknownReview
from signal_index.ledger import Group, Kind, Opened
from signal_index.store.opened_entries import open_entries
from signal_index.store.review_records import (
    StoredReview,
    find_act_ids,
    find_own_reviews,
    get_own_review,
)
from signal_index.store.reviews import note_explanation
from signal_index.wire import reviews as wire
from signal_index.wire.values import Id

routes = Routes("bevragen")


@routes.get("/own-reviews", "Wat u gevraagd is over uw eigen bevragingen")
async def list_own_reviews(index: TheIndex, caller: ActivePerson) -> wire.OwnReviewList:
    """List what the caller was asked about their own lookups, newest first.

    Recorded where there is something to read.
    """
    hashes = hashes_of(index, caller.caller)
    async with looking(index.engine) as conn:
        found, left_off = await find_own_reviews(conn, hashes)
    if not found:
        return wire.OwnReviewList(items=[])
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        items = await _open(act, found)
        await act.record({"act": "questions-read", "shown": len(items)})
    return wire.OwnReviewList(items=items, leftOff=left_off)


@routes.post(
    "/own-reviews/{review_id}/explanation",
    "Uitleg geven over een eigen bevraging",
    status=204,
    raises=(UnknownReview, ReviewClosed),
)
async def explain_own_lookup(
    review_id: Id, body: wire.ReviewExplanation, index: TheIndex, caller: ActivePerson
) -> None:
    """Explain one's own lookup, once for each time it was asked."""
    hashes = hashes_of(index, caller.caller)
    async with acting(index, caller.caller, Kind.REVIEW) as act:
        found = await get_own_review(act.conn, review_id, hashes)
        await note_explanation(act.conn, found)
        codes = [body.explanation]
        await record_step(act, found, "explained", codes=codes, text=body.text)


async def _open(act: Acting, found: Sequence[StoredReview]) -> list[wire.OwnReview]:
    steps = await find_act_ids(act.conn, [one.id for one in found])
    wanted = [one.entry_id for one in found]
    wanted += [step for one in found for step in steps.get(one.id, ())]
    opened = await open_entries(act.conn, wanted, act.index.keys.disclosures)
    return [
        await _show(
            act,
            one,
            opened[one.entry_id],
            [opened[step] for step in steps.get(one.id, ()) if step in opened],
        )
        for one in found
        if one.entry_id in opened
    ]


async def _show(
    act: Acting, one: StoredReview, lookup: Opened, steps: Sequence[Opened]
) -> wire.OwnReview:
    labels = await act.index.labels_in(parse_municipality(one.municipality))
    asked, explained = _last(steps, "asked"), _last(steps, "explained")
    codes = [] if explained is None else explained.texts(Group.WHAT, "codes")
    return wire.OwnReview.model_validate(
        {
            "id": one.id,
            "entryId": one.entry_id,
            "at": lookup.recorded_at,
            "purposeLabel": labels.purpose(lookup.text(Group.WHY, "purpose") or ""),
            "caseReference": lookup.text(Group.WHY, "caseReference"),
            "state": one.state,
            "answerBy": one.answer_by,
            "questions": [] if asked is None else asked.texts(Group.WHAT, "codes"),
            "text": None if asked is None else asked.text(Group.WHAT, "text"),
            "explanation": next(iter(codes), None),
            "explanationText": explained and explained.text(Group.WHAT, "text"),
        }
    )


def _last(steps: Sequence[Opened], act: str) -> Opened | None:
    found = [one for one in steps if one.text(Group.WHAT, "act") == act]
    return found[-1] if found else None
