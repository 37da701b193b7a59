"""Wat ik volg: open cases by the own case number, and whether something changed.

What changed is not known here, nor about whom: that takes a lookup. A colleague takes
cases over by a code; their case numbers go along, sealed for whoever has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedIn, sending_by_role
from desk.desk import Desk, desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.lookup_notes import Note
from desk.navigation import may_follow
from desk.officer.told import Told, read_told
from desk.pages import render
from desk.roles import GENERALISTS
from signal_index.wire.follows import Follow, FollowOffer, Follows, GivenFollow
from signal_index.wire.lookups import Nothing
from signal_index.wire.model import parse_body

router: Final = APIRouter()
PAGE: Final = "/follows"
SEE_OTHER: Final = 303
SendingGeneralist = Annotated[Caller, Depends(sending_by_role(GENERALISTS))]


@dataclass(frozen=True, slots=True)
class Named:
    """The case and which person, where the desk has a note of it."""

    note: Note | None


@dataclass(frozen=True, slots=True)
class Followed(Named):
    """One follow, and by what its user knows it."""

    stands: Follow


@router.get(PAGE)
async def show_follows(request: Request, caller: LoggedIn) -> HTMLResponse:
    """Show what this person follows; what changed stands first."""
    said = await desk_of(request).kept_forms.take_said(request, PAGE)
    return await _show(request, caller, done=said.get("done", ""))


@router.post(PAGE + "/{follow}/end")
async def end_follow(
    request: Request, caller: SendingGeneralist, follow: UUID
) -> Response:
    """End one that was asked about first, and name it; one that is gone is ended."""
    desk = desk_of(request)
    ended = await find_followed(desk, caller, follow)
    try:
        await desk.index.act(f"/v1{PAGE}/{follow}/end", caller.access_token, Nothing())
    except IndexHasNone:
        ended = None
    if ended is None:
        return RedirectResponse(PAGE, SEE_OTHER)
    said = {"ended": str(ended.stands.entryId)}
    return await desk.kept_forms.lead_to(request, PAGE, said)


@router.get(PAGE + "/{said}")
async def show_said(request: Request, caller: LoggedIn, said: str) -> HTMLResponse:
    """Show the list, with what was just ended, or the code of what was offered."""
    desk = desk_of(request)
    kept = await desk.kept_forms.get(request, PAGE, said)
    if "code" in kept:
        return await _show(request, caller, offer=kept)
    entry = UUID(kept["ended"])
    notes = await desk.lookup_notes.find(caller.person.sub, [entry])
    return await _show(request, caller, ended=Named(notes.get(entry)))


@router.post("/follow-offers")
async def offer_follows(request: Request, caller: SendingGeneralist) -> Response:
    """Give the code by which a colleague takes over what was ticked."""
    desk, form = desk_of(request), await request.form()
    asked = {"follows": [str(one) for one in form.getlist("follow")]}
    if not asked["follows"]:
        return await _show(request, caller, fault="follows.fault.none", status=400)
    passed = await desk.index.pass_on("/v1/follow-offers", caller.access_token, asked)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, told=told, status=passed.status)
    offer = parse_body(FollowOffer, passed.body)
    listed = await _list(desk, caller)
    stands = [one.stands for one in listed.follows]
    offered = [one for one in stands if str(one.id) in asked["follows"]]
    entries = [one.entryId for one in offered]
    await desk.lookup_notes.copy(caller.person.sub, _holder(offer.code), entries)
    marks = {str(one.entryId): one.offered.mark for one in offered if one.offered}
    said = offer.model_dump(mode="json") | {"marks": marks}
    return await desk.kept_forms.lead_to(request, PAGE, said)


@router.post("/follow-takeovers")
async def take_over(request: Request, caller: SendingGeneralist) -> Response:
    """Take over what a colleague's code offers, with the case numbers."""
    desk, form = desk_of(request), await request.form()
    code = str(form.get("code", "")).strip()[:64]
    if not code:
        return await _show(
            request, caller, fault="follows.fault.code", status=400, takes=True
        )
    path = "/v1/follow-takeovers"
    passed = await desk.index.pass_on(path, caller.access_token, {"code": code})
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, told=told, status=passed.status, takes=True)
    entries = [one.entryId for one in parse_body(Follows, passed.body).items]
    await desk.lookup_notes.copy(_holder(code), caller.person.sub, entries)
    return await desk.kept_forms.say_once(request, PAGE, done="taken")


def _holder(code: str) -> str:
    """Name who holds the notes on their way: whoever has the code, and no user."""
    return "follow-code:" + "".join(one for one in code.upper() if one.isalnum())


@dataclass(frozen=True, slots=True)
class Given(Named):
    """One that a colleague took over, and by what its user knew it."""

    told: GivenFollow


@dataclass(frozen=True, slots=True)
class Offer:
    """A code that was made: whether it still works, or who took what over by it.

    Neither where its cases were ended since, or stand under another code.
    """

    code: str
    until: date
    works: bool
    given: Sequence[Given]


@dataclass(frozen=True, slots=True)
class _Listed:
    follows: list[Followed]
    given: list[Given]
    unreadable: int


async def find_followed(desk: Desk, caller: Caller, follow: UUID) -> Followed | None:
    """Find one of this person's own follows."""
    listed = (await _list(desk, caller)).follows
    return next((one for one in listed if one.stands.id == follow), None)


def _tell_offer(kept: Mapping[str, Any], listed: _Listed) -> Offer:
    """Say how a code stands, by what now stands of the cases it was made for."""
    marks: Mapping[str, str] = kept["marks"]
    stands = (one.stands for one in listed.follows)
    now = {str(one.entryId): one.offered.mark for one in stands if one.offered}
    given = [one for one in listed.given if str(one.told.entryId) in marks]
    works = any(now.get(entry) == mark for entry, mark in marks.items())
    return Offer(kept["code"], date.fromisoformat(kept["until"]), works, given)


async def _list(desk: Desk, caller: Caller) -> _Listed:
    found = await desk.index.fetch(Follows, "/v1/follows", caller.access_token)
    entries = [one.entryId for one in found.items]
    entries += [one.entryId for one in found.given]
    notes = await desk.lookup_notes.find(caller.person.sub, entries)
    follows = [Followed(notes.get(one.entryId), one) for one in found.items]
    given = [Given(notes.get(one.entryId), one) for one in found.given]
    return _Listed(follows, given, found.unreadable)


async def _show(
    request: Request,
    caller: Caller,
    *,
    done: str = "",
    ended: Named | None = None,
    offer: Mapping[str, Any] | None = None,
    told: Told | None = None,
    fault: str = "",
    takes: bool = False,
    status: int = 200,
) -> HTMLResponse:
    desk = desk_of(request)
    found = await _list(desk, caller)
    follows = found.follows
    page = render(
        request,
        "follows.html",
        title=desk.texts.get("follows.title"),
        person=caller.person,
        csrf=caller.csrf,
        changed=[one for one in follows if one.stands.changed],
        unsure=[one for one in follows if one.stands.changed is None],
        same=[one for one in follows if one.stands.changed is False],
        given=found.given,
        unreadable=found.unreadable,
        done=done,
        may_follow=may_follow(caller.person),
        ended=ended,
        offer=offer and _tell_offer(offer, found),
        told=told,
        fault=fault,
        takes=takes,
        status=status,
    )
    allow_form(page)
    return page
