"""What a source sees of its matches: read as everything stands at that moment.

- Shown only while both signals show, at two live sources, the municipality's own signed
  policy lets both hear of each other, and no embargo holds.
- What one who looked did not find, but for an act that was closed, is over for both
  (`end_gone`): it does not come back and tell why it was gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from keys.pseudonym import SealedRow
from signal_index.answers import Contact, make_contact
from signal_index.api.context import Index
from signal_index.api.transactions import committing
from signal_index.days import day_of
from signal_index.errors import MatchChanged, PolicyUnusable
from signal_index.labels import Labels
from signal_index.matching import (
    MatchAct,
    MatchState,
    Permits,
    SignalAt,
    Signalled,
    SignalNow,
    Step,
    advance,
    stands,
)
from signal_index.store import matches as store
from signal_index.store import row_keys
from signal_index.store.embargoes import find_embargoed
from signal_index.store.match_rows import Written, count_missing, tally_rows
from signal_index.store.matches import HeldMatch
from signal_index.store.scope import OfficerScope
from signal_index.wire import matches as wire
from signal_index.wire.values import Oin


@dataclass(frozen=True, slots=True, repr=False)
class SeenMatch:
    """A match that may be shown."""

    held: HeldMatch
    own: SignalNow
    other: SignalNow
    state: MatchState

    def after(self, step: Step) -> SeenMatch:
        """Give it as it is after one more step."""
        return replace(self, state=advance(self.state, step))


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """What may be shown, and what was there and may be no more."""

    items: Sequence[SeenMatch]
    gone: Sequence[tuple[HeldMatch, MatchState]]
    unreadable: int


async def see_matches(
    index: Index, conn: AsyncConnection, sources: Collection[str], now: datetime
) -> Seen:
    """See the matches of these sources."""
    held = await store.find_held(conn, sources, index.keys, day_of(now))
    return await judge(index, conn, held, now, sources)


async def judge(
    index: Index,
    conn: AsyncConnection,
    held: store.HeldMatches,
    now: datetime,
    sources: Collection[str] | None = None,
) -> Seen:
    """Tell which of these may be shown now: to these sources, or at all.

    Raises `RowKeyLeft` where signals may stand under a key that was not asked under:
    what is not found would be over for both.
    """
    rows = {at.rows for one in held.items for at in one.pair}
    persons = {one.side.person for one in held.items}
    places = {one.municipality for one in held.items}
    judged = _Judged(
        signals=await store.find_signals_in(conn, rows),
        embargoed=await find_embargoed(conn, persons, index.keys, now=now),
        permits=await _find_permits(index, places, now),
        now=now,
    )
    held.rows.verify_asked(await row_keys.find_states(conn))
    states = await store.find_states(conn, held.items, index.keys)
    items: list[SeenMatch] = []
    gone: list[tuple[HeldMatch, MatchState]] = []
    for one in held.items:
        state = states.get(one.side.match)
        if state is None or state.is_gone or not judged.is_here(one, sources):
            continue
        shown = judged.find_shown(one, state)
        if shown is None:
            gone.append((one, state))
        else:
            items.append(shown)
    altered = sum(one.side.match not in states for one in held.items)
    return Seen(items, gone, held.unreadable + altered)


@dataclass(frozen=True, slots=True, repr=False)
class _Judged:
    """What stands at one moment, and what the policies say of it."""

    signals: Mapping[SignalAt, SignalNow]
    embargoed: frozenset[tuple[SealedRow, str]]
    permits: Mapping[str, Permits]
    now: datetime

    def is_here(self, one: HeldMatch, sources: Collection[str] | None) -> bool:
        """Tell whether a match is one of these sources', where the act is open.

        Where it is closed nothing is shown, and nothing ends: it may be opened again.
        """
        own, other = self._both(one)
        permits = self.permits.get(one.municipality)
        if own is None or permits is None:
            return False
        if sources is not None and own.source not in sources:
            return False
        if other is None:
            return True
        kinds = (Signalled(own.category, None), Signalled(other.category, None))
        return permits.find(*kinds) is not None

    def find_shown(self, one: HeldMatch, state: MatchState) -> SeenMatch | None:
        """Give a match as it may be shown; None where it is not any more."""
        own, other = self._both(one)
        if own is None or other is None:
            return None
        if (one.side.person, one.municipality) in self.embargoed:
            return None
        if not stands(own, other, one.municipality, self.now):
            return None
        permits = self.permits[one.municipality]
        if permits.find(own.signalled, other.signalled) is None:
            return None
        return SeenMatch(one, own, other, state)

    def _both(self, one: HeldMatch) -> tuple[SignalNow | None, SignalNow | None]:
        return self.signals.get(one.own), self.signals.get(one.other)


async def find_counted(
    index: Index, conn: AsyncConnection, scope: OfficerScope, now: datetime
) -> Seen:
    """See the matches that an officer counts: of the municipality, or of one's own.

    A count that falls and rises again tells what a list would: `end_gone`. Rows that
    are gone count as unreadable, of whichever municipality: their own went with them.
    """
    today = day_of(now)
    held = await store.find_held_in(conn, scope.municipality, index.keys, today)
    own = None if scope.organisation is None else {scope.organisation}
    missing = await count_missing(conn, index.keys)
    seen = await judge(index, conn, held, now, own)
    return replace(seen, unreadable=seen.unreadable + missing)


async def end_gone(index: Index, seen: Seen, now: datetime) -> None:
    """Have what was not found be over, for both sides."""
    if not seen.gone:
        return
    async with committing(index.engine) as conn:
        made: list[Written] = []
        for held, state in seen.gone:
            step = Step(MatchAct.GONE, held.side.side, now)
            try:
                made += [
                    await store.add_step(conn, held, state.number, step, index.keys)
                ]
            except MatchChanged:
                continue  # the other side was first; the next look finds it
        await tally_rows(conn, made)


def show_match(
    one: SeenMatch,
    contact: Contact,
    case: str | None,
    labels: Labels,
    today: date,
) -> wire.Match:
    """Say what one side reads of a match."""
    held, state, side = one.held, one.state, one.held.side
    last = state.last
    return wire.Match(
        id=side.id,
        source=Oin(one.own.source),
        reference=one.own.at.reference,
        case=case,
        municipality=MunicipalityCode(held.municipality),
        category=one.own.category,
        categoryLabel=labels.category(one.own.category),
        partner=wire.MatchPartner(
            organisation=labels.organisation(one.other.source),
            category=one.other.category,
            categoryLabel=labels.category(one.other.category),
            contactHolder=make_contact(contact, one.other.source, today),
        ),
        foundOn=side.found,
        until=held.until,
        stage=state.stage.value,
        lead=_whose(state.lead, side.side),
        step=state.number,
        lastStepBy=_whose(None if last is None else last.side, side.side),
        lastStepOn=None if last is None else day_of(last.at),
        followUpBy=state.follow_up_by(side.found),
        isOverdue=state.is_overdue(side.found, today),
        agreedOn=_agreed_on(state),
    )


def _agreed_on(state: MatchState) -> date | None:
    said = state.settled
    if said is None or said.act is not MatchAct.AGREED:
        return None
    return day_of(said.at)


def _whose(who: int | None, side: int) -> wire.Side | None:
    if who is None:
        return None
    return "own" if who == side else "other"


async def _find_permits(
    index: Index, places: set[str], now: datetime
) -> dict[str, Permits]:
    """Give what the signed policy of each place says; none where it cannot be used."""
    standing = await index.standing.get(index.clock())
    found = {}
    for place in places:
        try:
            policy = index.policy.get(standing, place)
        except PolicyUnusable:
            continue
        found[place] = Permits(policy, place, now)
    return found
