"""What a citizen says of their own view, from the municipality's page for citizens.

- Of a signal: that it is wrong, or that they do not want it (GDPR arts. 16, 21). It is
  a correction as an officer enters one, received today, and its source answers.
- Of a lookup: that it is to be checked. It goes to the officers' queue, for a month,
  and the verdict stands in the citizen's next view.
- Only of a line of a view that the index gave within the hour (`citizens.marks`): the
  page's token alone says nothing of anybody.
- A signal is never hidden from here: whoever sits at somebody's computer could hide who
  protects them. That an officer does, who knows who asks (GDPR art. 18).

Proven by tests/contract/test_own_disputes.py and
tests/attack/test_nobody_disputes_for_another.py.
"""

from __future__ import annotations

from policy.key import calendar_day
from signal_index.api.acting import acting
from signal_index.api.callers import CitizenPortal
from signal_index.api.context import TheIndex
from signal_index.api.corrections import enter
from signal_index.api.reading import verify_code
from signal_index.api.reviews import record_step
from signal_index.api.routing import Routes
from signal_index.citizens.marks import SeenView, verify_mark
from signal_index.citizens.terms import due_on
from signal_index.errors import (
    CorrectionOpen,
    ReviewClosed,
    UnknownEntry,
    UnknownSignal,
    ViewOver,
)
from signal_index.ledger import Kind
from signal_index.store.reviews import ask_for_review
from signal_index.wire import citizen_reports as wire
from signal_index.wire.corrections import NewCorrection
from signal_index.wire.values import Id

routes = Routes("eigen pagina van inwoners")


@routes.post(
    "/own-views/{view_id}/corrections",
    "Wat een inwoner zelf zegt van een signaal over zichzelf",
    status=201,
    raises=(ViewOver, UnknownSignal, CorrectionOpen),
)
async def dispute_signal(
    view_id: Id, body: wire.OwnDispute, index: TheIndex, caller: CitizenPortal
) -> wire.ReportedCorrection:
    """Enter what a citizen says is wrong with a signal in their view, or must stop."""
    place = caller.caller.municipality
    labels = await index.labels_in(place)
    reasons = labels.catalogue.correction_reasons
    verify_code(body.reason, "reason", reasons)
    now = index.clock()
    seen = SeenView(view_id, place, body.madeAt)
    about, use = body.signalReference, str(body.source)
    verify_mark(index.keys, seen, about, body.mark, now=now, use=use)
    said = NewCorrection(
        source=body.source,
        signalReference=body.signalReference,
        reason=body.reason,
        receivedOn=calendar_day(now),
        restrict=False,
    )
    who, rows = caller.caller, index.keys.row_keys
    async with acting(index, who, Kind.CORRECTION, now=now, rows=rows) as act:
        entered, category = await enter(act, said, place)
    return wire.ReportedCorrection(
        reference=entered.reference,
        category=category,
        categoryLabel=labels.category(category),
        organisation=labels.organisation(said.source),
        kind=reasons[body.reason].kind,
        reasonText=reasons[body.reason].citizen_text,
        receivedOn=said.receivedOn,
        dueOn=entered.dueOn,
        isRestricted=False,
        answerText=None,
        answeredOn=None,
    )


@routes.post(
    "/own-views/{view_id}/questions",
    "Een inwoner vraagt om een bevraging na te kijken",
    status=201,
    raises=(ViewOver, UnknownEntry, ReviewClosed),
)
async def ask_for_check(
    view_id: Id, body: wire.OwnQuestion, index: TheIndex, caller: CitizenPortal
) -> wire.ReportedReview:
    """Put a lookup of a citizen's view in the officers' queue, for its citizen.

    Asked twice it stays as it was; one that was judged before stays judged.
    """
    place, now = caller.caller.municipality, index.clock()
    seen = SeenView(view_id, place, body.madeAt)
    verify_mark(index.keys, seen, body.entryId, body.mark, now=now)
    async with acting(index, caller.caller, Kind.REVIEW, now=now) as act:
        found, asked_on = await ask_for_review(
            act.conn, body.entryId, place, calendar_day(now), now=now
        )
        await record_step(act, found, "picked", byCitizen=True)
    return wire.ReportedReview(
        verdict=None, judgedOn=None, askedOn=asked_on, dueOn=due_on(asked_on)
    )
