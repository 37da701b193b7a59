"""What I looked up: still to call first, then by day; a household is one line.

The index lists lookups of one person each, without the case. The desk adds from its
own sealed notes the case number and in which order a household was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedIn
from desk.desk import desk_of
from desk.lookup_notes import Note
from desk.moments import day_here
from desk.pages import render
from signal_index.wire.lookups import OwnFlag, OwnLookup, OwnLookups

router: Final = APIRouter()
PAGE_ROWS: Final = 200
TO_CALL: Final = frozenset({None, "not-reachable"})
"""What was not said, and who did not answer: there somebody is still to be called."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a lookup; `number` is the order of asking, None where not known."""

    lookup: OwnLookup
    number: int | None

    @property
    def flags(self) -> Sequence[OwnFlag] | None:
        """What was shown, in the order to call; None where that is told no more.

        The page puts who answers first before others, as in the answer.
        """
        shown = self.lookup.flags
        return shown and sorted(shown, key=_rank)


@dataclass(frozen=True, slots=True)
class Asked:
    """One lookup, of one person or a household."""

    at: datetime
    purpose: str
    about_safety: bool
    content: str
    outcome: str | None
    case: str | None
    had_case: bool
    until: datetime
    persons: Sequence[Person]

    @property
    def is_to_call(self) -> bool:
        """Tell whether a flag waits for a call that came through."""
        return any(is_to_call(flag) for one in self.persons for flag in one.flags or ())


@dataclass(frozen=True, slots=True)
class DayAsked:
    """The lookups of one day, the newest first."""

    day: date
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class History:
    """A page of it; `older` is where the next one begins."""

    to_call: Sequence[Asked]
    days: Sequence[DayAsked]
    older: UUID | None
    closed_days: Sequence[date]


def is_to_call(flag: OwnFlag) -> bool:
    """Tell whether nobody was reached there yet; oneself need not be called.

    Nor twice: what was looked up again in the same case is called for at the newest.
    """
    return flag.contactOutcome in TO_CALL and not flag.own and not flag.again


def _rank(flag: OwnFlag) -> tuple[bool, bool, bool]:
    """Put who was not tried before who did not answer, and who coordinates first."""
    is_tried = flag.contactOutcome is not None
    return not is_to_call(flag), is_tried, not flag.coordinates


@router.get("/own-lookups")
async def show_own_lookups(
    request: Request, caller: LoggedIn, cursor: str | None = None
) -> HTMLResponse:
    """Show what this person looked up: when, for what, what came of it; not of whom."""
    desk = desk_of(request)
    query = {"limit": str(PAGE_ROWS)}
    if cursor is not None:
        query["cursor"] = cursor
    found = await desk.index.fetch(
        OwnLookups, "/v1/own-lookups", caller.access_token, query=query
    )
    found = await desk.contacts.hold(found)
    entries = [entry for one in found.items for entry in _entries_of(one)]
    notes = await desk.lookup_notes.find(caller.person.sub, entries)
    newest = desk.ledger_watch.newest
    return render(
        request,
        "own_lookups.html",
        title=desk.texts.get("own-lookups.title"),
        person=caller.person,
        csrf=caller.csrf,
        history=make_history(found, notes),
        ledger_state=desk.ledger_watch.state,
        seen_at=newest and newest.at,
        proofs=await desk.receipts.find_states(entries),
    )


def make_history(found: OwnLookups, notes: Mapping[UUID, Note]) -> History:
    """Put a page of lookups together as households, days, and what is still to call.

    A household is never cut in two: the last one of a page that goes on is left for the
    next page, unless it is all that there is.
    """
    groups = [list(own) for _, own in groupby(found.items, key=_same_lookup)]
    older = found.next
    if older is not None and len(groups) > 1:
        del groups[-1]
        older = groups[-1][-1].entryId
    asked = [_make_asked(own, notes) for own in groups]
    rest = [one for one in asked if not one.is_to_call]
    days = [
        DayAsked(day, list(own))
        for day, own in groupby(rest, key=lambda one: day_here(one.at))
    ]
    to_call = [one for one in asked if one.is_to_call]
    return History(to_call, days, older, found.closedDays)


def _same_lookup(one: OwnLookup) -> bytes:
    """Give what all entries of one lookup share: their ids, but for the last byte."""
    return one.entryId.bytes[:-1]


def _make_asked(own: Sequence[OwnLookup], notes: Mapping[UUID, Note]) -> Asked:
    first = own[0]
    known = [note for one in own if (note := _find_note(one, notes)) is not None]
    persons = [Person(one, _number(one, notes)) for one in own]
    return Asked(
        at=first.at,
        purpose=first.purposeLabel,
        about_safety=first.aboutSafety,
        content=first.content,
        outcome=first.outcome,
        case=next((note.case for note in known if note.case), None),
        had_case=first.caseReference is not None,
        until=first.outcomeUntil,
        persons=sorted(persons, key=lambda one: one.number or len(own)),
    )


def _entries_of(one: OwnLookup) -> Sequence[UUID]:
    return one.entryId, *one.repeats


def _find_note(one: OwnLookup, notes: Mapping[UUID, Note]) -> Note | None:
    """Find what was noted of a lookup: of the answer that came, first or again."""
    return next((notes[each] for each in _entries_of(one) if each in notes), None)


def _number(one: OwnLookup, notes: Mapping[UUID, Note]) -> int | None:
    note = _find_note(one, notes)
    return None if note is None else note.person
