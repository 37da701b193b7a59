"""`/v1/notices`: what comes back to a source, and that it arrived there.

- A source (its machine, its administrator, who signals by hand for it) sees notices of
  the sources that it may send for, and of no other, again until it acknowledges them.
- Who looked is read from the ledger's own entry, never copied: erased there, gone here.
- What was handed out stays as it was told; a match that is not shown any more and was
  told to nobody is a cover. A count hands nothing out.
- What was done meanwhile with what one asks is read beside it, and changes none.
- Pages have one length for so many notices, whatever is in them; a succession of many
  signals makes its page longer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.vocabulary import Caller, CallerKind, LoopActId
from signal_index.answers import make_contact
from signal_index.api.answering import find_own_number
from signal_index.api.callers import NoticeReader, Source
from signal_index.api.context import Index, TheIndex
from signal_index.api.match_view import SeenMatch, see_matches
from signal_index.api.reading import PAGE_DEFAULT, PAGE_MAXIMUM, Cursor, Limit, cut_page
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.days import day_of
from signal_index.labels import Labels
from signal_index.ledger import Group, Opened
from signal_index.matching import Stage
from signal_index.returning import CALLED, Body, NoticeKind, parse_call_back
from signal_index.returning.bodies import COVER
from signal_index.store import notices as store
from signal_index.store.match_cases import store_cases
from signal_index.store.notice_settled import Settled, find_settled
from signal_index.store.standing import Standing
from signal_index.wire import notices as wire
from signal_index.wire.lookups import FlagContact
from signal_index.wire.notice_order import find_counting
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Content, Oin

ITEM_BYTES: Final = 3_072

_Matches = Mapping[tuple[str, UUID], Sequence[SeenMatch]]
"""The matches that may be shown, by source and reference of the own signal."""

routes = Routes("aanleveren")

State = Annotated[
    wire.NoticesAsked, Query(description="Wat nog niet is bevestigd, of alles")
]


@routes.get("/notices", "Berichten aan de eigen organisatie over haar signalen")
async def list_notices(
    index: TheIndex,
    caller: NoticeReader,
    state: State = "new",
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.ReturnNotices:
    """List what came back, by the caller's own references; covers among them.

    The newest hour first; what comes meanwhile does not move what stands.
    """
    sources = await find_own_sources(index, caller.organisation)
    now = index.clock()
    rows = index.keys.row_keys
    async with committing(index.engine) as conn:
        found = await store.list_notices(
            conn,
            sources,
            index.keys,
            (cursor, limit + 1),
            is_new=state == "new",
            now=now,
        )
        page, following = cut_page(found, limit)
        matches = await _see_matches(index, conn, sources, page, now)
        shown = _hide_gone(page, matches)
        index.keys.ring.verify_same(rows)  # nothing became a cover meanwhile
        await store.hand_out(conn, shown, index.keys)
        settled = {**await find_settled(conn, shown), **_find_followed(shown, matches)}
        items = await _show_all(
            index, conn, shown, now, reader=caller.caller, settled=settled
        )
    unreadable = len(shown) - len(items)
    return _pad(
        wire.ReturnNotices(
            items=items, next=following, unreadable=unreadable, padding=""
        )
    )


@routes.post("/notices/unread", "Tellen hoeveel berichten iemand nog niet zag")
async def count_unread(
    body: wire.WhatWasSeen, index: TheIndex, caller: NoticeReader
) -> wire.UnreadNotices:
    """Count what the list would show now, of the newest thousand; hand nothing out.

    Covers, and outcomes that another replaced, do not count.
    """
    sources = await find_own_sources(index, caller.organisation)
    now = index.clock()
    async with looking(index.engine) as conn:
        found = await store.list_notices(
            conn,
            sources,
            index.keys,
            (None, PAGE_MAXIMUM),
            is_new=False,
            since=body.since,
            now=now,
        )
        matches = await _see_matches(index, conn, sources, found, now, is_new=True)
        shown = _hide_gone(found, matches)
        items = await _show_all(index, conn, shown, now, reader=caller.caller)
    count = len(find_counting(items).difference(body.seen))
    missing = len(str(PAGE_MAXIMUM)) - len(str(count))
    return wire.UnreadNotices(count=count, padding=" " * missing)


@routes.post("/notices/acknowledgements", "Bevestigen dat berichten zijn aangekomen")
async def acknowledge(
    body: wire.Acknowledgements, index: TheIndex, caller: Source
) -> wire.AcknowledgedCount:
    """Note that notices arrived; how the source calls a case may come along, sealed."""
    sources = await find_own_sources(index, caller.organisation)
    cases = {
        one.id: {case.reference: case.sealed for case in one.cases}
        for one in body.notices
    }
    today = day_of(index.clock())

    def kept_until(place: str) -> date:
        act = index.catalogue_in(place).loop_acts[LoopActId.MATCH]
        return today + timedelta(days=act.most_days)

    async with committing(index.engine) as conn:
        arrived = await store.acknowledge(conn, sources, cases, index.keys)
        await store_cases(conn, arrived, index.keys, kept_until)
    return wire.AcknowledgedCount(acknowledged=len(arrived))


async def find_own_sources(index: Index, organisation: str) -> list[str]:
    """Give the sources that an organisation is, or may send for."""
    standing = await index.standing.get(index.clock())
    return sorted(
        one.oin
        for one in standing.sources.values()
        if organisation == one.oin or organisation in one.submitters
    )


async def _see_matches(
    index: Index,
    conn: AsyncConnection,
    sources: Sequence[str],
    notices: Sequence[store.StoredNotice],
    now: datetime,
    *,
    is_new: bool = False,
) -> _Matches:
    """See the matches by own signal, where one of these is about any (or a new one)."""
    found: dict[tuple[str, UUID], list[SeenMatch]] = defaultdict(list)
    if any(map(_is_new_match if is_new else _is_match, notices)):
        for one in (await see_matches(index, conn, sources, now)).items:
            found[one.own.source, one.own.at.reference].append(one)
    return found


def _hide_gone(
    notices: Sequence[store.StoredNotice], there: _Matches
) -> Sequence[store.StoredNotice]:
    """Give a cover for each match that was told to nobody and that no list shows now.

    One of its signals ended, is restricted, passed on or is about somebody else.
    """
    return [
        replace(one, body=COVER)
        if _is_new_match(one) and not there.keys() >= set(_find_about(one))
        else one
        for one in notices
    ]


def _find_followed(
    notices: Sequence[store.StoredNotice], there: _Matches
) -> Mapping[UUID, Settled]:
    """Give what was said of matches, once it was said of each that a list shows.

    What no list shows any more says nothing new: why that is, is told to nobody.
    """
    settled = {}
    for one in filter(_is_match, notices):
        seen = [each for at in _find_about(one) for each in there.get(at, ())]
        came = [followed for each in seen if (followed := _followed(each)) is not None]
        if came and len(came) == len(seen):
            settled[one.id] = came[-1]
    return settled


def _followed(one: SeenMatch) -> Settled | None:
    """Say what came of one match: the last word on it, or else who leads."""
    state, last = one.state, one.state.last
    if last is None or (state.stage is Stage.OPEN and state.lead is None):
        return None
    is_open = state.stage is Stage.OPEN
    side = state.lead if is_open else last.side
    by = one.own if side == one.held.side.side else one.other
    how = "lead-taken" if is_open else state.stage.value
    return Settled(how, day_of(last.at), by.source)


def _forget_known(one: store.StoredNotice) -> store.StoredNotice:
    """Give a cover that says nothing for one that remembers what it would have told."""
    is_cover = one.body is not None and one.body.kind is NoticeKind.COVER
    return replace(one, body=COVER) if is_cover else one


async def _show_all(
    index: Index,
    conn: AsyncConnection,
    notices: Sequence[store.StoredNotice],
    now: datetime,
    *,
    reader: Caller,
    settled: Mapping[UUID, Settled] = MappingProxyType({}),
) -> list[wire.ReturnNotice]:
    """Give what each says that opens, and what was done with what it asks."""
    notices = [_forget_known(one) for one in notices]
    bodies = [one.body for one in notices if one.body is not None]
    entries = [body.entry for body in bodies if body.entry is not None]
    looked_up = await store.find_looked_up(conn, entries, index.keys)
    standing = await index.standing.get(now)
    items = []
    for one in notices:
        if one.body is not None:
            catalogue = index.catalogue_in(one.municipality)
            labels = Labels(catalogue, standing.organisations)
            call_back = _call_back(one, looked_up, standing, day_of(now))
            said = _show(one, one.body, looked_up, labels, call_back, reader=reader)
            done = settled.get(one.id)
            items.append(
                said.model_copy(update={"settled": done and _settled(done, labels)})
            )
    return items


def _settled(done: Settled, labels: Labels) -> wire.Settled:
    answers = labels.catalogue.correction_answers
    return wire.Settled(
        how=done.how,
        on=done.on,
        by=None if done.by is None else labels.organisation(done.by),
        label=labels.of(answers, done.answer),
    )


def _is_match(one: store.StoredNotice) -> bool:
    return one.body is not None and one.body.kind is NoticeKind.MATCH


def _is_new_match(one: store.StoredNotice) -> bool:
    return not one.is_told and _is_match(one)


def _find_about(one: store.StoredNotice) -> Iterable[tuple[str, UUID]]:
    signals = () if one.body is None else one.body.signals
    return [(one.source, each.reference) for each in signals]


def _show(
    one: store.StoredNotice,
    body: Body,
    entries: store.Entries,
    labels: Labels,
    call_back: FlagContact | None,
    *,
    reader: Caller,
) -> wire.ReturnNotice:
    outcome, said_at = body.more.get("outcome"), body.more.get("saidAt")
    entry = None if body.entry is None else entries.get(body.entry)
    is_about_lookup = body.kind in {NoticeKind.LOOKED_UP, NoticeKind.OUTCOME}
    return wire.ReturnNotice(
        id=one.id,
        kind=body.kind.value,
        source=Oin(one.source),
        municipality=MunicipalityCode(one.municipality),
        madeIn=one.made_in,
        expires=one.expires,
        acknowledged=one.is_acknowledged,
        signals=[
            wire.NoticedSignal(reference=each.reference, case=each.case)
            for each in body.signals
        ],
        lookedUp=_looker(entry, labels, reader) if entry and entry.groups else None,
        content=_content(body, entry),
        outcome=outcome,
        outcomeLabel=labels.of(labels.catalogue.outcomes, outcome),
        saidAt=datetime.fromisoformat(said_at) if said_at else None,
        callBack=call_back,
        facts={} if is_about_lookup else _facts(body, labels),
    )


def _content(body: Body, entry: Opened | None) -> Content:
    if entry is not None:
        return entry.content
    return "readable" if body.entry is None else "erased"


def _call_back(
    one: store.StoredNotice, entries: store.Entries, standing: Standing, today: date
) -> FlagContact | None:
    """Give whom to call: who looked, or the other one of a succession."""
    body = one.body or COVER
    if body.kind is NoticeKind.SUCCESSION:
        is_given = one.source == body.more["source"]
        other = body.more["successor" if is_given else "source"] or ""
        return find_own_number(standing, other, today)
    entry = None if body.entry is None else entries.get(body.entry)
    called = body.more.get(CALLED)
    if not called or entry is None or not entry.organisation or not entry.groups:
        return None
    said = parse_call_back(json.loads(called), entry.organisation)
    details = {
        "function": said.function,
        "phone": said.phone,
        "lastVerified": said.verified,
        "signature": said.signature.model_dump(),
    }
    id_, verified = name_own_number(entry.organisation), said.verified
    contact = (id_, details, date.fromisoformat(verified))
    return make_contact(contact, entry.organisation, today)


def _facts(body: Body, labels: Labels) -> dict[str, str]:
    """Give the facts of a kind in words: both names of a succession, what is wrong."""
    facts = {key: value for key, value in body.more.items() if value}
    facts.pop("saidAt", None)
    if body.kind is NoticeKind.SUCCESSION:
        for key in ("source", "successor"):
            facts[f"{key}Name"] = labels.organisation(facts[key]) or facts[key]
    if reason := facts.get("reason"):
        facts["reasonLabel"] = labels.of(labels.catalogue.correction_reasons, reason)
    return facts


def _looker(entry: Opened, labels: Labels, reader: Caller) -> wire.Looker:
    purpose = entry.text(Group.WHY, "purpose") or ""
    return wire.Looker(
        organisation=labels.organisation(entry.organisation) or "",
        team=entry.text(Group.ROLE, "team"),
        purpose=purpose,
        purposeLabel=labels.purpose(purpose),
        at=entry.recorded_at,
        own=reader.kind is CallerKind.PERSON
        and reader.organisation == entry.organisation
        and reader.subject == entry.text(Group.WHO, "sub"),
    )


def _pad(page: wire.ReturnNotices) -> wire.ReturnNotices:
    """Give a page the one length that so many notices have.

    Longer by steps where signals passed on: that is known to both sources anyway.
    """
    length = len(page.model_dump_json().encode())
    missing = max(ITEM_BYTES * (len(page.items) + 1) - length, -length % ITEM_BYTES)
    return page.model_copy(update={"padding": " " * missing})
