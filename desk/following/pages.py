"""Wat ik volg: open cases by the own case number, and whether something changed.

What changed is not known here, nor about whom: that takes a lookup. How a colleague
takes cases over is `desk.handing`.
"""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedIn, sending_by_role
from desk.desk import Desk, desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.lookup_notes import Note
from desk.pages import render
from desk.roles import GENERALISTS
from signal_index.wire.follows import Follow, Follows, GivenFollow
from signal_index.wire.lookups import Nothing

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
    return await _show(request, caller)


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
    """Show the list, with what was just ended."""
    desk = desk_of(request)
    kept = await desk.kept_forms.get(request, PAGE, said)
    entry = UUID(kept["ended"])
    notes = await desk.lookup_notes.find(caller.person.sub, [entry])
    return await _show(request, caller, ended=Named(notes.get(entry)))


@dataclass(frozen=True, slots=True)
class Given(Named):
    """One that a colleague took over, and by what its user knew it."""

    told: GivenFollow


@dataclass(frozen=True, slots=True)
class Listed:
    """What one follows, and what colleagues took over."""

    follows: list[Followed]
    given: list[Given]
    unreadable: int


async def find_followed(desk: Desk, caller: Caller, follow: UUID) -> Followed | None:
    """Find one of this person's own follows."""
    listed = (await list_follows(desk, caller)).follows
    return next((one for one in listed if one.stands.id == follow), None)


async def list_follows(desk: Desk, caller: Caller) -> Listed:
    """List what this person follows, by what they know it."""
    found = await desk.index.fetch(Follows, "/v1/follows", caller.access_token)
    entries = [one.entryId for one in found.items]
    entries += [one.entryId for one in found.given]
    notes = await desk.lookup_notes.find(caller.person.sub, entries)
    follows = [Followed(notes.get(one.entryId), one) for one in found.items]
    given = [Given(notes.get(one.entryId), one) for one in found.given]
    return Listed(follows, given, found.unreadable)


async def _show(
    request: Request, caller: Caller, *, ended: Named | None = None
) -> HTMLResponse:
    desk = desk_of(request)
    found = await list_follows(desk, caller)
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
        ended=ended,
    )
    allow_form(page)
    return page
