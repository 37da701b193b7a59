"""Corrections and objections (GDPR arts. 16, 18, 21): entered, answered, released.

- About one signal that stands in the citizen's report: its source and reference. What
  the citizen tells besides goes to the source outside the index: no free text here.
- The source has a month from the day of receipt. It sees what concerns the signals that
  it published or submitted, by its own references, and answers with a code of the list,
  which it may change until that was told; a change or withdrawal of the signal comes
  over the usual road.
- With restriction, the signal shows in no lookup until the officer has told the citizen
  and releases it (art. 18(3)), whatever the source answered.
- Each act is a ledger entry of kind `correction`; the signal's person is not in it.
"""

from __future__ import annotations

import secrets
from typing import Annotated
from uuid import uuid4

from fastapi import Query

from policy.key import calendar_day
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import (
    MunicipalOfficer,
    MunicipalPrivacyOfficer,
    NoticeReader,
)
from signal_index.api.context import TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page, verify_code
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.terms import draw_reference, due_on, is_plausible_receipt
from signal_index.days import day_of
from signal_index.errors import (
    AnswerChanged,
    AnsweredTooOften,
    CorrectionOpen,
    CorrectionTold,
    NothingToRelease,
    UnknownCorrection,
    UnknownSignal,
)
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.returning import Body, NoticeKind, Shown, Told
from signal_index.store import corrections as store
from signal_index.store.ledger_reading import Page
from signal_index.store.notices import put_in_box
from signal_index.wire import corrections as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id

routes = Routes("rechten van inwoners")

State = Annotated[wire.CorrectionsAsked, Query(description="Open of alle")]


@routes.post(
    "/corrections",
    "Een correctie of bezwaar van een inwoner vastleggen",
    status=201,
    raises=(UnknownSignal, CorrectionOpen),
)
async def enter_correction(
    body: wire.NewCorrection, index: TheIndex, caller: MunicipalPrivacyOfficer
) -> wire.EnteredCorrection:
    """Enter what a citizen says is wrong with a signal, or why it must stop."""
    place = caller.scope.municipality
    reasons = index.catalogue_in(place).correction_reasons
    verify_code(body.reason, "reason", reasons)
    if not is_plausible_receipt(body.receivedOn, calendar_day(index.clock())):
        raise InvalidField("receivedOn", "day-out-of-range")
    rows = index.keys.row_keys
    async with acting(index, caller.caller, Kind.CORRECTION, rows=rows) as act:
        entered, _ = await enter(act, body, place)
    return entered


async def enter(
    act: Acting, said: wire.NewCorrection, place: str
) -> tuple[wire.EnteredCorrection, str]:
    """Enter, tell the source and record; gives what was entered, and the category.

    Raises `UnknownSignal` or `CorrectionOpen`.
    """
    entered = wire.EnteredCorrection(
        id=uuid4(),
        reference=draw_reference(secrets.randbelow),
        dueOn=due_on(said.receivedOn),
    )
    category = await store.enter_correction(
        act.conn,
        said,
        entered,
        municipality=place,
        organisation=act.caller.organisation,
        today=day_of(act.now),
    )
    kind = act.index.catalogue_in(place).correction_reasons[said.reason].kind
    told = _tell(said, entered, kind)
    await put_in_box(act.conn, place, told, act.index.keys, now=act.now)
    what: JsonObject = {
        "act": "correction-entered",
        "correction": str(entered.id),
        "reference": entered.reference,
        "source": said.source,
        "signalReference": str(said.signalReference),
        "reason": said.reason,
        "restricted": said.restrict,
        "receivedOn": said.receivedOn.isoformat(),
        "dueOn": entered.dueOn.isoformat(),
        "category": category,
    }
    await act.record(what)
    return entered, category


@routes.get("/corrections", "Correcties en bezwaren van de gemeente")
async def list_corrections(
    index: TheIndex,
    caller: MunicipalOfficer,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.CorrectionPage:
    """List the municipality's corrections and objections, the newest first."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    today = calendar_day(index.clock())
    page = Page(limit + 1, cursor)
    async with looking(index.engine) as conn:
        found = await store.list_corrections(conn, place, page, labels, today)
    shown, following = cut_page(found, limit)
    return wire.CorrectionPage(items=shown, next=following)


@routes.post(
    "/corrections/{correction_id}/release",
    "Een beperking opheffen, nadat de inwoner het weet",
    status=204,
    raises=(UnknownCorrection, NothingToRelease, AnswerChanged),
)
async def release_signal(
    correction_id: Id,
    body: wire.Release,
    index: TheIndex,
    caller: MunicipalPrivacyOfficer,
) -> None:
    """Let lookups show the signal again: answered, and the citizen was told."""
    what: JsonObject = {
        "act": "restriction-released",
        "correction": str(correction_id),
    }
    place = caller.scope.municipality
    async with acting(index, caller.caller, Kind.CORRECTION) as act:
        today = day_of(act.now)
        await store.release_signal(act.conn, correction_id, place, body.answer, today)
        await act.record(what)


@routes.get("/own-corrections", "Correcties en bezwaren over uw eigen signalen")
async def list_own_corrections(
    index: TheIndex,
    caller: NoticeReader,
    state: State = "open",
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.OwnCorrectionPage:
    """List what waits for this source (`state=all`: answered ones too)."""
    page = Page(limit + 1, cursor)
    async with looking(index.engine) as conn:
        found = await store.list_source_corrections(
            conn,
            caller.organisation,
            page,
            index.catalogue_in,
            calendar_day(index.clock()),
            is_open=state == "open",
        )
    shown, following = cut_page(found, limit)
    catalogue = index.catalogue
    answers = Labels(catalogue, {}).choices(catalogue.correction_answers)
    return wire.OwnCorrectionPage(items=shown, next=following, answers=answers)


@routes.post(
    "/own-corrections/{correction_id}/answer",
    "Een correctie of bezwaar beantwoorden",
    status=204,
    raises=(UnknownCorrection, CorrectionTold, AnswerChanged, AnsweredTooOften),
)
async def answer_correction(
    correction_id: Id,
    body: wire.CorrectionAnswer,
    index: TheIndex,
    caller: NoticeReader,
) -> None:
    """Say what the source did with it; it may change until the citizen is told."""
    verify_code(body.answer, "answer", index.catalogue.correction_answers)
    what: JsonObject = {
        "act": "correction-answered",
        "correction": str(correction_id),
        "answer": body.answer,
    }
    async with acting(index, caller.caller, Kind.CORRECTION) as act:
        source, today = caller.organisation, day_of(act.now)
        await store.answer_correction(act.conn, correction_id, source, body, today)
        await act.record(what)


def _tell(body: wire.NewCorrection, entered: wire.EnteredCorrection, kind: str) -> Told:
    """Give what the source hears: what is wrong, by its own reference, until when."""
    more = {
        "reference": entered.reference,
        "reason": body.reason,
        "dueOn": entered.dueOn.isoformat(),
    }
    about = (Shown(body.signalReference),)
    return Told(body.source, Body(NoticeKind(kind), about, more=more))
