"""Ik ben betrokken: what one gave by hand, what needs a look, and giving a new one.

The list is by the organisation's own case number. A number of a citizen is typed on the
page for a new signal only, and blinded there.
"""

from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from desk.callers import Caller, by_role, sending_by_role
from desk.desk import desk_of
from desk.errors import HandSignalUnknown, IndexFoundFault, IndexHasNone
from desk.headers import allow_form
from desk.involved import acts
from desk.involved.listing import ListedSignal, SignalList, fetch_options, read_list
from desk.moments import day_here
from desk.pages import render
from desk.roles import HAND_SIGNALLERS
from signal_index.wire.signals import WithdrawalReason
from signal_index.wire.values import read_day, read_uuid

router: Final = APIRouter()
PAGE: Final = "/involved"
REASONS: Final = ("ended", "entered-in-error", "moved-away", "deceased")

LoggedInHandSignaller = Annotated[Caller, Depends(by_role(HAND_SIGNALLERS))]
SendingHandSignaller = Annotated[Caller, Depends(sending_by_role(HAND_SIGNALLERS))]


@router.get(PAGE)
async def show_involved(
    request: Request,
    caller: LoggedInHandSignaller,
    whose: str = "mine",
    given: str = "",
) -> HTMLResponse:
    """Show what one gave by hand, or all did; what needs a look stands first.

    `given` names what the page for a new one gave, for as long as it stands.
    """
    desk = desk_of(request)
    found = await read_list(desk, caller)
    said = await desk.kept_forms.take_said(request, PAGE)
    new = found.find(_id(given)) if given else None
    if new is not None and new.stands is not None:
        said = {"done": "given"}
    is_mine = whose != "all"
    shown = [each for each in found.signals if each.is_own or not is_mine]
    page = render(
        request,
        "involved/list.html",
        title=desk.texts.get("involved.title"),
        person=caller.person,
        csrf=caller.csrf,
        is_mine=is_mine,
        can_give=bool(found.options.places and found.options.contacts),
        has_contacts=bool(found.options.contacts),
        done=said.get("done", ""),
        named=found.find(_id(said["one"])) if said.get("one") else None,
        unsure=[each for each in shown if each.is_unsure],
        due=[each for each in shown if each.is_due],
        standing=[each for each in shown if each.stands and not each.is_due],
        broken=[each for each in shown if each.is_broken],
        ended=[
            each
            for each in shown
            if not (each.stands or each.is_unsure or each.is_broken)
        ],
    )
    allow_form(page)
    return page


@router.get(PAGE + "/new")
async def show_new(
    request: Request, caller: LoggedInHandSignaller, again: str = ""
) -> HTMLResponse:
    """Give the form; `again` names what was noted before and did not arrive."""
    desk = desk_of(request)
    options = await fetch_options(desk, caller)
    noted = await _find_noted(request, caller, again)
    today = day_here(desk.clock())
    return render(
        request,
        "involved/new.html",
        title=desk.texts.get("involved.new.title"),
        person=caller.person,
        csrf=caller.csrf,
        options=options,
        noted=noted,
        today=today,
    )


@router.get(PAGE + "/{reference}")
async def show_one(
    request: Request, caller: LoggedInHandSignaller, reference: str
) -> HTMLResponse:
    """Show one signal, with everything that may be done with it."""
    return await _show_one(request, caller, _id(reference))


@router.post(PAGE + "/{reference}/confirmation")
async def confirm(
    request: Request, caller: SendingHandSignaller, reference: str
) -> Response:
    """Say that a signal still holds, perhaps until a later day."""
    form = await request.form()
    try:
        until = read_day(form["until"]) if form.get("until") else None
    except ValueError:
        return await _show_one(request, caller, _id(reference), fault="until")
    try:
        await acts.confirm(desk_of(request), caller, _id(reference), until)
    except IndexFoundFault:
        return await _show_one(request, caller, _id(reference), fault="until")
    return await _back(request, "confirmed", form, reference)


@router.post(PAGE + "/{reference}/end")
async def end(
    request: Request, caller: SendingHandSignaller, reference: str
) -> Response:
    """End a signal; without a reason it stands."""
    form = await request.form()
    said = str(form.get("reason", ""))
    if said not in REASONS:
        return await _show_one(request, caller, _id(reference), fault="reason")
    reason = WithdrawalReason(said)
    desk = desk_of(request)
    months = _find_shown_after(await read_list(desk, caller), _id(reference))
    await acts.end(desk, caller, _id(reference), reason)
    done = "ended-kept" if months and reason.allows_keeping else "ended"
    return await _back(request, done, form, reference)


@router.post(PAGE + "/{reference}/hand-over")
async def hand_over(
    request: Request, caller: SendingHandSignaller, reference: str
) -> Response:
    """Let a colleague's contact holder answer for a signal."""
    form = await request.form()
    try:
        to = read_uuid(form.get("to", ""))
    except ValueError:
        return await _show_one(request, caller, _id(reference), fault="to")
    await acts.hand_over(desk_of(request), caller, _id(reference), to)
    return await _back(request, "handed-over", form, reference)


@router.post(PAGE + "/{reference}/forget")
async def forget(
    request: Request, caller: SendingHandSignaller, reference: str
) -> Response:
    """Take a line that shows nothing any more off the list."""
    await acts.forget(desk_of(request), caller, _id(reference))
    return await _back(request, "forgotten", await request.form())


async def _show_one(
    request: Request, caller: Caller, reference: UUID, *, fault: str = ""
) -> HTMLResponse:
    desk = desk_of(request)
    found = await read_list(desk, caller)
    one = found.find(reference)
    if one is None or one.stands is None:
        raise HandSignalUnknown
    today = day_here(desk.clock())
    page = render(
        request,
        "involved/one.html",
        title=desk.texts.get("involved.one.title"),
        person=caller.person,
        csrf=caller.csrf,
        one=one,
        others=[each for each in found.options.contacts if each != one.contact],
        reasons=REASONS,
        fault=fault,
        shown_after=_find_shown_after(found, reference),
        first=today + timedelta(days=1),
        last=_find_last(found, one, today),
        status=400 if fault else 200,
    )
    allow_form(page)
    return page


def _find_last(found: SignalList, one: ListedSignal, today: date) -> date | None:
    """Give the last day until which a signal may be made to live; None: not longer."""
    category = one.stands.category if one.stands else one.category
    place = found.find_place(category)
    return None if place is None or place.latestEnd <= today else place.latestEnd


def _find_shown_after(found: SignalList, reference: UUID) -> int:
    """Give for how many months others see of a signal that there was contact."""
    one = found.find(reference)
    if one is None or one.stands is None:
        return 0
    place = found.find_place(one.stands.category)
    return 0 if place is None else place.shownAfterEnd


async def _find_noted(
    request: Request, caller: Caller, again: str
) -> ListedSignal | None:
    if not again:
        return None
    one = (await read_list(desk_of(request), caller)).find(_id(again))
    if one is None or not one.is_own or not one.is_unsure:
        raise HandSignalUnknown
    return one


async def _back(
    request: Request, done: str, form: FormData, reference: str = ""
) -> Response:
    """Go to the list, which names once what was done to which."""
    whose = "all" if form.get("whose") == "all" else "mine"
    return await desk_of(request).kept_forms.say_once(
        request, PAGE, asks=f"whose={whose}", done=done, one=reference
    )


def _id(text: str) -> UUID:
    """Read a reference, or raise `IndexHasNone`."""
    try:
        return read_uuid(text)
    except ValueError:
        raise IndexHasNone from None
