"""Corrections and objections: what citizens say of our signals, and our answer.

The source has a month; it answers with a word of the list, which the citizen reads on
paper or on their own page. Until then it may be changed. A case stands under its own
number, as in Berichten. What must change in the own records changes there: an answer
here says what was done, and does nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from desk.agency.cases import ShownCase, name_all, tell_apart
from desk.agency.notices import fetch_told
from desk.callers import (
    Caller,
    LoggedInNoticeReader,
    SendingNoticeReader,
)
from desk.desk import Desk, desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.index import fill_in, verify_done
from desk.moments import day_here
from desk.navigation import CORRECTIONS
from desk.officer.told import read_told
from desk.pages import render
from desk.roles import SOURCE_ADMINISTRATORS
from signal_index.wire.choices import Choice
from signal_index.wire.corrections import (
    CorrectionAnswer,
    OwnCorrection,
    OwnCorrectionPage,
)
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
FAULTS: Final = {
    "correction-told": "told",
    "answer-changed": "changed",
    "answered-too-often": "often",
    "unknown-correction": "gone",
    "invalid-request": "none",
}
_AT_ONCE: Final = "100"


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """One as the page shows it: the own case, and how many days are left."""

    said: OwnCorrection
    case: ShownCase | None
    left: int


@router.get(CORRECTIONS)
async def show_corrections(
    request: Request, caller: LoggedInNoticeReader
) -> HTMLResponse:
    """Show what waits for an answer, what is due first first, and then the answered."""
    desk = desk_of(request)
    kept = await desk.kept_forms.take_said(request, CORRECTIONS)
    found, answers = await _fetch(desk, caller)
    page = render(
        request,
        "agency/corrections.html",
        title=desk.texts.get("disputes.title"),
        person=caller.person,
        csrf=caller.csrf,
        waiting=[one for one in found if one.said.answer is None],
        answered=[one for one in found if one.said.answer is not None],
        answers=answers,
        is_administrator=not SOURCE_ADMINISTRATORS.isdisjoint(caller.person.roles),
        done=kept.get("done", ""),
        fault=kept.get("fault", ""),
        at=kept.get("card", ""),
    )
    allow_form(page)
    return page


@router.post(CORRECTIONS + "/{correction}/answer")
async def answer(
    request: Request,
    caller: SendingNoticeReader,
    correction: str,
    step: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
) -> Response:
    """Say what was done with one, and show what stands there then."""
    try:
        found = read_uuid(correction)
    except ValueError:
        raise IndexHasNone from None
    desk = desk_of(request)
    if not answer:
        return await _lead_back(desk, request, found, fault="none")
    number = int(step) if step.isascii() and step.isdigit() else 0
    body = fill_in(CorrectionAnswer, answer=answer, step=number)
    path = f"/v1/own-corrections/{found}/answer"
    passed = await desk.index.pass_on(path, caller.access_token, body)
    told = read_told(passed)
    if told is not None and told.slug in FAULTS:
        return await _lead_back(desk, request, found, fault=FAULTS[told.slug])
    verify_done(passed)
    return await _lead_back(desk, request, found, done="yes")


async def _lead_back(
    desk: Desk, request: Request, correction: UUID, **said: str
) -> Response:
    place = f"#correction-{correction}"
    return await desk.kept_forms.say_once(
        request, CORRECTIONS, at=place, card=str(correction), **said
    )


async def _fetch(
    desk: Desk, caller: Caller
) -> tuple[Sequence[ShownCorrection], Sequence[Choice]]:
    items: list[OwnCorrection] = []
    query = {"state": "all", "limit": _AT_ONCE}
    while True:
        page = await desk.index.fetch(
            OwnCorrectionPage, "/v1/own-corrections", caller.access_token, query=query
        )
        items += page.items
        if page.next is None:
            break
        query = query | {"cursor": str(page.next)}
    cases = await _find_cases(desk, caller) if items else {}
    today = day_here(desk.clock())
    shown = [_show(one, cases, today) for one in items]
    return sorted(shown, key=lambda one: one.said.dueOn), page.answers


async def _find_cases(desk: Desk, caller: Caller) -> Mapping[UUID, ShownCase]:
    """Find how the agency calls its cases: as the notices about them say."""
    told = await fetch_told(desk, caller)
    return tell_apart(name_all(told.items, desk.case_key, {}))


def _show(
    one: OwnCorrection, cases: Mapping[UUID, ShownCase], today: date
) -> ShownCorrection:
    case = cases.get(one.signalReference)
    return ShownCorrection(one, case, (one.dueOn - today).days)
