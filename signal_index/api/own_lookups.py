"""A caller's own lookups: what came of each, its prints, the list. No person in any.

Reading one's own history is itself an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.loop import is_established
from policy.policy import Policy
from policy.vocabulary import Caller, LoopActId
from signal_index.answers import Contact, make_contact
from signal_index.api.acting import acting
from signal_index.api.callers import ActivePerson
from signal_index.api.context import Index, TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit
from signal_index.api.routing import Routes
from signal_index.api.telling import find_permitted
from signal_index.days import day_of, midnight_of
from signal_index.errors import OutcomeClosed, UnknownEntry
from signal_index.identifiers import first_id, read_uuid7_minute
from signal_index.labels import Labels
from signal_index.ledger import Group, Kind, Opened, Outcome
from signal_index.overview.days import FOLLOW_UP_DAYS
from signal_index.overview.public_holidays import find_public_holidays
from signal_index.returning import SaidOutcome
from signal_index.store.contacts import find_contacts
from signal_index.store.ledger_reading import Owner, Page, find_own_entries
from signal_index.store.notice_settled import SAYS_ENDED
from signal_index.store.notices import put_in_box
from signal_index.store.outcome_answers import SourceAnswer, find_answers
from signal_index.store.outcomes import (
    LookupOutcome,
    Said,
    find_outcomes,
    get_own_answer,
    get_own_question,
    store_outcome,
)
from signal_index.store.own_flags import (
    Place,
    SameFlag,
    find_asked,
    find_same,
)
from signal_index.store.repeats import Question, find_home
from signal_index.wire import lookups as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id

routes = Routes("bevragen")
MOST_OF_DAY: Final = 50
"""Lookups of today that are looked through for who is still to be called."""


@routes.post(
    "/lookups/{entry_id}/outcome",
    "Zeggen wat er van een bevraging kwam",
    status=204,
    raises=(UnknownEntry, OutcomeClosed),
)
async def say_outcome(
    entry_id: Id, body: wire.Outcome, index: TheIndex, caller: ActivePerson
) -> None:
    """Say what came of a flag: whether there was contact, or why not.

    Saying it again replaces it, for as long as it counts, and null takes it back; the
    ledger keeps each time.
    Of a lookup that was asked again it counts for the first entry that showed the flag,
    and sources hear of the first: they never heard of the others.
    What is said of a lookup as a whole is said of none of its flags: no source hears
    it. Nor does one hear that nothing was taken back.
    """
    who, place = caller.caller, body.flag
    outcome = _read_outcome(index, who, body)
    async with acting(index, who, Kind.OUTCOME) as act:
        owner = _owner(index, who)
        lookup, question = await get_own_question(act.conn, owner, entry_id)
        first = question[0]
        if act.now >= _counts_until(first):
            raise OutcomeClosed
        if place is not None and place >= len(lookup.flags or ()):
            raise InvalidField("flag", "out-of-range")
        home, flag = find_home(question, entry_id, place)
        said = LookupOutcome(home, flag, who.municipality, outcome, uuid4())
        before = await store_outcome(act.conn, said, index.keys.disclosures)
        is_told = home == first.entry and (outcome or before) is not None
        heard = flag if is_told else None
        told = SaidOutcome(
            first.entry,
            who.organisation,
            outcome,
            before,
            heard,
            act.now,
            said.told,
        )
        await _tell_sources(index, act.conn, who.municipality, told, act.now)
        what = {"entry": str(entry_id), "flag": place, "outcome": outcome}
        await act.record(what)


@routes.post(
    "/lookups/{entry_id}/print",
    "Vastleggen dat een antwoord wordt afgedrukt",
    status=204,
    raises=(UnknownEntry,),
)
async def tell_print(
    entry_id: Id, body: wire.Nothing, index: TheIndex, caller: ActivePerson
) -> None:
    """Record that an answer goes on paper, before it does; each print is an entry.

    Only who got the answer can print it. What is on the paper is not told: the citizen
    chose it.
    """
    del body
    who = caller.caller
    async with acting(index, who, Kind.PRINT) as act:
        await get_own_answer(act.conn, _owner(index, who), entry_id)
        await act.record({"entry": str(entry_id)})


@routes.get("/own-lookups", "De eigen bevragingen, zonder persoon")
async def list_own_lookups(
    index: TheIndex,
    caller: ActivePerson,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.OwnLookups:
    """List the caller's own lookups, newest first; about whom is not in it.

    What was asked again is in the row of the first, so that a page may have fewer rows.

    What a lookup showed is told while something can be said of it, and no longer; whom
    to call, while nobody was reached there.
    """
    who, page = caller.caller, Page(limit + 1, cursor)
    labels = await index.labels_in(who.municipality)
    standing = await index.standing.get(index.clock())
    async with acting(index, who, Kind.OWN_HISTORY) as act:
        owner = _owner(index, who)
        found = await find_own_entries(act.conn, owner, Kind.LOOKUP, page)
        shown = found[:limit]
        asked, same, said = await _read_asked(index, act.conn, shown, act.now)
        contacts = await find_contacts(act.conn, _to_call(same, said))
        policy = index.policy.get(standing, MunicipalityCode(who.municipality))
        told = Told(said, same, contacts, labels, policy, who, act.now)
        answers = await _find_answers(index, act.conn, asked, told)
        await act.record({"shown": len(shown), "answers": len(answers)})
        told = replace(told, answers=answers)
    return wire.OwnLookups(
        items=[
            _item(question, told)
            for one, question in zip(shown, asked, strict=True)
            if question[0].entry == one.entry
        ],
        closedDays=find_public_holidays(day_of(told.now)),
        next=shown[-1].entry if len(found) > limit else None,
    )


async def count_open_calls(
    index: Index, conn: AsyncConnection, who: Caller, now: datetime
) -> int:
    """Count at whom the caller looked today and did not reach anybody yet.

    Calls, not lookups: what was looked up again in the same case counts once. A
    number, as `list_own_lookups` shows it; so it is no entry, and tells of nobody.
    """
    midnight = midnight_of(day_of(now))
    page = Page(MOST_OF_DAY, since=first_id(midnight))
    found = await find_own_entries(conn, _owner(index, who), Kind.LOOKUP, page)
    _, same, said = await _read_asked(index, conn, found, now)
    return sum(
        place == one.places[0]
        and one.is_open(said)
        and one.held.source != who.organisation
        for place, one in same.items()
    )


async def _read_asked(
    index: Index, conn: AsyncConnection, found: Sequence[Opened], now: datetime
) -> tuple[Sequence[Question], Mapping[Place, SameFlag], Mapping[UUID, Said]]:
    """Read as whose repeat each was asked, the flags that count, and what was said."""
    keys = index.keys.disclosures
    asked = await find_asked(conn, found, keys)
    counting = [
        question
        for one, question in zip(found, asked, strict=True)
        if question[0].entry == one.entry and now < _counts_until(question[0])
    ]
    shown = [one for question in counting for one in question]
    said = await find_outcomes(conn, shown, keys)
    since = (await index.standing.get(now)).successions
    return asked, find_same(counting, since), said


async def _tell_sources(
    index: Index, conn: AsyncConnection, place: str, told: SaidOutcome, now: datetime
) -> None:
    """Have the sources that heard of a lookup hear what came of it.

    Where the municipality tells nobody of lookups there is nothing to add.
    """
    standing = await index.standing.get(now)
    municipality = MunicipalityCode(place)
    policy = index.policy.get(standing, municipality)
    if is_established(policy, LoopActId.NOTICE_OF_LOOKUP, municipality, now=now):
        await put_in_box(conn, municipality, told, index.keys, now=now)


def _read_outcome(index: Index, who: Caller, body: wire.Outcome) -> str | None:
    if body.outcome is None:
        return None
    return index.catalogue_in(who.municipality).parse_outcome(body.outcome).value


def _owner(index: Index, caller: Caller) -> Owner:
    return Owner(caller.organisation, caller.subject, index.keys.disclosures)


def _counts_until(one: Opened) -> datetime:
    return one.recorded_at + timedelta(days=FOLLOW_UP_DAYS)


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What a page of own lookups is told with."""

    said: Mapping[UUID, Said]
    same: Mapping[Place, SameFlag]
    contacts: Mapping[UUID, Contact]
    labels: Labels
    policy: Policy
    caller: Caller
    now: datetime
    answers: Mapping[Place, SourceAnswer] = field(default_factory=dict)

    def find_said(self, entry: UUID, place: int | None) -> str | None:
        """Find what was said of a flag, or (None) of the lookup as a whole."""
        return self.said.get(entry, {}).get(place)


async def _find_answers(
    index: Index, conn: AsyncConnection, asked: Iterable[Question], told: Told
) -> Mapping[Place, SourceAnswer]:
    """Find what sources answered where the caller said that help ended.

    Only where the rule of that act permits it for the very lookup, as it is today.
    """
    act, place = LoopActId.ANSWER, MunicipalityCode(told.caller.municipality)
    if not is_established(told.policy, act, place, now=told.now):
        return {}
    lookups = {one.entry: one for question in asked for one in question}
    ended = {
        at: lookups[at[0]].flags or ()
        for same in told.same.values()
        if told.find_said(*(at := same.find_said(told.said))) == SAYS_ENDED
    }
    for_so_long = timedelta(days=told.policy.catalogue.loop_acts[act].most_days)
    places = [
        at
        for at, flags in ended.items()
        if told.now < (one := lookups[at[0]]).recorded_at + for_so_long
        and flags[at[1]][0]
        in find_permitted(told.policy, act, told.caller, one, told.now)
    ]
    return await find_answers(conn, places, index.keys)


def _to_call(
    same: Mapping[Place, SameFlag], said: Mapping[UUID, Said]
) -> Iterator[UUID]:
    """Give the contact holders of flags at which nobody was reached."""
    return (one.held.contact for one in same.values() if one.is_open(said))


def _item(question: Question, told: Told) -> wire.OwnLookup:
    one, repeats = question[0], question[1:]
    labels = told.labels
    purpose = one.text(Group.WHY, "purpose") or ""
    outcome: Any = one.text(Group.DECISION, "outcome")
    return wire.OwnLookup(
        entryId=one.entry,
        content=one.content,
        repeats=[each.entry for each in repeats],
        at=one.recorded_at,
        purpose=purpose,
        purposeLabel=labels.purpose(purpose),
        aboutSafety=labels.is_about_safety(purpose),
        caseReference=one.text(Group.WHY, "caseReference"),
        outcome=outcome,
        contactOutcome=told.find_said(one.entry, None),
        outcomeUntil=_counts_until(one),
        flags=_flags(question, told) if told.now < _counts_until(one) else None,
    )


def _flags(question: Question, told: Told) -> list[wire.OwnFlag] | None:
    """Give every flag that one of its answers showed, once: where it first stood."""
    if question[0].text(Group.DECISION, "outcome") != Outcome.ANSWERED.value:
        return None
    act, who = LoopActId.NOTICE_OF_LOOKUP, told.caller
    tells = find_permitted(told.policy, act, who, question[0], told.now)
    return [
        _flag((one.entry, place), same, shown, tells, told)
        for one in question
        for place, shown in enumerate(one.flags or ())
        if (same := told.same.get((one.entry, place))) is not None
    ]


def _flag(
    at: Place,
    same: SameFlag,
    shown: tuple[str, str],
    tells: Collection[str],
    told: Told,
) -> wire.OwnFlag:
    """Tell of a flag; it is filled in at its newest lookup, and holds for all."""
    (category, source), holder = shown, same.held.source
    entry, place = same.find_said(told.said)
    found = told.contacts.get(same.held.contact)
    is_newest = at == same.places[0]
    also = [read_uuid7_minute(one) for one, _ in same.places[1:]] if is_newest else []
    return wire.OwnFlag(
        entryId=entry,
        place=place,
        categoryShort=told.labels.category_short(category),
        organisation=told.labels.organisation(holder),
        shownBy=None
        if source == same.held.source
        else told.labels.organisation(source),
        coordinates=told.labels.does_coordinate(category),
        own=holder == told.caller.organisation,
        tells=category in tells,
        contactOutcome=told.find_said(entry, place),
        answer=_answer(told.answers.get((entry, place))),
        contact=make_contact(found, holder, day_of(told.now))
        if found and is_newest and same.is_open(told.said)
        else None,
        again=not is_newest,
        alsoAt=also,
    )


def _answer(found: SourceAnswer | None) -> wire.SourceAnswer | None:
    return None if found is None else wire.SourceAnswer(how=found.how, on=found.on)
