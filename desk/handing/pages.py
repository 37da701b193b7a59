"""Werk overdragen: all that one follows and gave by hand, to a colleague at once.

One press gives a code; nothing changes until a colleague uses it, with one press too.
Both read afterwards what passed on, to whom and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from desk.callers import Caller, by_role, sending_by_role
from desk.desk import Desk, desk_of
from desk.errors import RoleMissing
from desk.following.pages import Given, Listed, list_follows
from desk.handing import acts
from desk.handing.kept import Offer
from desk.headers import allow_form
from desk.involved.acts import may_signal
from desk.involved.listing import ListedSignal, SignalList, read_list
from desk.navigation import HAND_OVER as PAGE
from desk.navigation import may_follow
from desk.officer.told import Told
from desk.pages import render
from desk.roles import GENERALISTS, HAND_SIGNALLERS
from signal_index.wire.hand_signals import HandContact
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
KEEP: Final = "keep"
"""Said of whom to call: nobody else."""
_WORKERS: Final = GENERALISTS | HAND_SIGNALLERS
Worker = Annotated[Caller, Depends(by_role(_WORKERS))]
SendingWorker = Annotated[Caller, Depends(sending_by_role(_WORKERS))]


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Signals that passed on by one code, as both know them."""

    offer: Offer
    signals: Sequence[ListedSignal]


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code that was made: whether it still works, or who took what over by it.

    Neither where all of it ended since, or stands under another code.
    """

    code: str
    until: date
    works: bool
    given: Sequence[Given]
    passed: PassedOn | None


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything of one person that can pass on, and what did."""

    follows: Listed
    signals: SignalList | None

    @property
    def own(self) -> list[ListedSignal]:
        """The person's own signals that stand."""
        listed = () if self.signals is None else self.signals.signals
        return [one for one in listed if one.is_own and one.stands is not None]

    @property
    def contacts(self) -> Sequence[HandContact]:
        return () if self.signals is None else self.signals.options.contacts

    def name(self, offer: Offer) -> PassedOn:
        """Say which signals an offer is about, as far as the list has them."""
        listed = () if self.signals is None else self.signals.signals
        return PassedOn(
            offer, [one for one in listed if one.reference in offer.signals]
        )


@router.get(PAGE)
async def show_hand_over(request: Request, caller: Worker) -> HTMLResponse:
    """Show what can pass on, what did, and the field for a colleague's code."""
    said = await desk_of(request).kept_forms.take_said(request, PAGE)
    return await _show(request, caller, done=said.get("done", ""))


@router.get(PAGE + "/{said}")
async def show_code(request: Request, caller: Worker, said: str) -> HTMLResponse:
    """Show the code that was made, as long as it works."""
    made = await desk_of(request).kept_forms.get(request, PAGE, said)
    return await _show(request, caller, made=made)


@router.post(PAGE)
async def offer_work(request: Request, caller: SendingWorker) -> Response:
    """Give the code by which a colleague takes over what was ticked."""
    desk, form = desk_of(request), await request.form()
    work = await _read(desk, caller, form)
    if isinstance(work, str):
        return await _show(request, caller, fault=work, status=400, typed=form)
    made = await acts.offer(desk, caller, work)
    if isinstance(made, Told):
        return await _show(request, caller, told=made, status=409, typed=form)
    listed = (await list_follows(desk, caller)).follows if work.follows else []
    offered = [one.stands for one in listed if one.stands.id in work.follows]
    entries = [one.entryId for one in offered]
    holder = acts.name_holder(made.code)
    await desk.lookup_notes.copy(caller.person.sub, holder, entries)
    marks = {str(one.entryId): one.offered.mark for one in offered if one.offered}
    said = {"code": made.code, "until": made.until.isoformat(), "marks": marks}
    return await desk.kept_forms.lead_to(request, PAGE, said)


@router.post(PAGE + "/taken")
async def take_over(request: Request, caller: SendingWorker) -> Response:
    """Take over what a colleague's code hands over, with the case numbers."""
    desk, form = desk_of(request), await request.form()
    code = str(form.get("code", "")).strip()[:64]
    if not code:
        return await _show(
            request, caller, fault="handing.fault.code", status=400, takes=True
        )
    try:
        told = await acts.take_over(desk, caller, code)
    except RoleMissing:
        fault = "handing.fault.role"
        return await _show(request, caller, fault=fault, status=403, takes=True)
    if told is not None:
        return await _show(request, caller, told=told, status=404, takes=True)
    return await desk.kept_forms.say_once(request, PAGE, done="taken")


async def _read(desk: Desk, caller: Caller, form: FormData) -> acts.Work | str:
    """Read what was ticked, or give by which text it is not filled in."""
    try:
        follows = [read_uuid(str(one)) for one in form.getlist("follow")]
        signals = [read_uuid(str(one)) for one in form.getlist("signal")]
        to = str(form.get("to", KEEP))
        contact = None if to == KEEP else read_uuid(to)
    except ValueError:
        return "handing.fault.to"
    if not follows and not signals:
        return "handing.fault.none"
    if signals:
        own = {one.reference for one in (await _find_work(desk, caller)).own}
        signals = [one for one in signals if one in own]
        if not signals and not follows:
            return "handing.fault.none"
    return acts.Work(follows, signals, contact if signals else None)


async def _find_work(desk: Desk, caller: Caller) -> _Work:
    is_generalist = not GENERALISTS.isdisjoint(caller.person.roles)
    return _Work(
        await list_follows(desk, caller) if is_generalist else Listed([], [], 0),
        await read_list(desk, caller) if may_signal(desk, caller) else None,
    )


async def _tell_code(desk: Desk, made: Mapping[str, Any], work: _Work) -> ShownCode:
    """Say how a code stands, by what now stands of the work it was made for."""
    marks: Mapping[str, str] = made["marks"]
    stands = (one.stands for one in work.follows.follows)
    now = {str(one.entryId): one.offered.mark for one in stands if one.offered}
    given = [one for one in work.follows.given if str(one.told.entryId) in marks]
    offer = await desk.hand_overs.find(made["code"])
    is_used = offer is not None and offer.to is not None
    own = {one.reference for one in work.own}
    has_follows = any(now.get(entry) == mark for entry, mark in marks.items())
    has_signals = offer is not None and not own.isdisjoint(offer.signals)
    return ShownCode(
        made["code"],
        date.fromisoformat(made["until"]),
        works=not is_used and (has_follows or has_signals),
        given=given,
        passed=work.name(offer) if offer is not None and is_used else None,
    )


async def _show(
    request: Request,
    caller: Caller,
    *,
    done: str = "",
    made: Mapping[str, Any] | None = None,
    told: Told | None = None,
    fault: str = "",
    typed: FormData | None = None,
    takes: bool = False,
    status: int = 200,
) -> HTMLResponse:
    desk = desk_of(request)
    work = await _find_work(desk, caller)
    given, taken = await desk.hand_overs.list_own(caller.person.sub)
    page = render(
        request,
        "hand_over.html",
        title=desk.texts.get("handing.title"),
        person=caller.person,
        csrf=caller.csrf,
        follows=work.follows.follows,
        signals=work.own,
        contacts=work.contacts,
        keep=KEEP,
        given=work.follows.given,
        signals_given=[work.name(one) for one in given if one.signals],
        signals_taken=[work.name(one) for one in taken if one.signals],
        code=made and await _tell_code(desk, made, work),
        done=done,
        told=told,
        fault=fault,
        typed=typed,
        takes=takes,
        may_take=may_follow(caller.person) or may_signal(desk, caller),
        status=status,
    )
    allow_form(page)
    return page
