"""What a source hears of a lookup, and of what came of it.

- A lookup gives one notice for each source that publishes, in that municipality, a
  kind that its purpose may tell of; one without a signal of this person gets a cover.
  So the number of rows says nothing of the person.
- Nobody hears of a lookup about a person of whom an embargo holds here, nor of one
  where the same two said last, in 90 days, that the signal is "already known". Its
  cover remembers it: what else is said of that flag is told, and ends the silence.
- An outcome goes to every source that has a row of that lookup: to one it says
  something. What is said of a lookup as a whole is of no flag, and tells nobody.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import LoopActId
from signal_index.citizens.embargo import open_person
from signal_index.ledger import DisclosureKey
from signal_index.returning import (
    CALLED,
    SIGNALS_AT_MOST,
    Between,
    Body,
    BoxContent,
    LookedUp,
    NoticeKind,
    SaidOutcome,
    Shown,
    derive_answer,
    derive_name,
)
from signal_index.returning.bodies import COVER
from signal_index.row_keys import RowKeys
from signal_index.store.many_rows import by_turns, in_parts
from signal_index.store.notice_damping import (
    ALREADY_KNOWN,
    find_damped,
    remember,
)
from signal_index.store.notice_rows import (
    NoticeRow,
    Telling,
    cut_up,
)
from signal_index.store.notice_succession import follow
from signal_index.store.notices import entry_key, find_body
from signal_index.tables.notices import return_notice
from signal_index.tables.registry import source
from signal_index.tables.signals import shown_signals


@dataclass(frozen=True, slots=True, repr=False)
class _Signal:
    """A signal that a box may tell of, as it stands now."""

    source: str
    reference: UUID


Boxed = tuple[str, BoxContent]
Places = Mapping[str, Mapping[str, frozenset[str]]]
"""Live sources by municipality, with the kinds of signals of each there."""


async def tell_lookups(
    conn: AsyncConnection, boxed: Sequence[Boxed], places: Places, telling: Telling
) -> list[NoticeRow]:
    """Give what each source hears of the lookups among these, covers too."""
    lookups = [(place, one) for place, one in boxed if isinstance(one, LookedUp)]
    asked_for = [one for _, one in lookups]
    signals = await _find_signals(conn, asked_for, telling.keys.row_keys)
    asked = {
        (one.organisation, signal.source, signal.reference)
        for _, one in lookups
        for mark in one.marks
        if (signal := signals.get(mark.signal)) is not None
    }
    damped = await find_damped(conn, asked, telling)
    made: list[NoticeRow] = []
    takes_part = {
        (place, purpose): _takes_part(places.get(place, {}), purpose, place, telling)
        for place, purpose in {(place, one.purpose) for place, one in lookups}
    }
    async for some in by_turns(lookups):
        for place, one in some:
            shown = _find_shown(one, signals)
            for src in shown.keys() | takes_part[place, one.purpose]:
                key = entry_key(telling.keys.disclosures, one.entry) or telling.key
                bodies = _looked_up(one, src, shown.get(src, ()), damped)
                made.extend(
                    NoticeRow(src, place, body, derive_name(key, one.entry, src, part))
                    for part, body in enumerate(bodies)
                )
    return made


def _find_shown(
    one: LookedUp, signals: Mapping[UUID, _Signal]
) -> Mapping[str, Sequence[Shown]]:
    """Say which signals a lookup showed, by source."""
    shown: dict[str, list[Shown]] = defaultdict(list)
    for mark in one.marks:
        if (signal := signals.get(mark.signal)) is not None:
            shown[signal.source].append(Shown(signal.reference, mark.place))
    return shown


def _takes_part(
    here: Mapping[str, frozenset[str]], asked: str, place: str, telling: Telling
) -> set[str]:
    """Find the sources of which a purpose may tell: it depends on nobody."""
    catalogue = telling.catalogue_in(place)
    act = catalogue.loop_acts[LoopActId.NOTICE_OF_LOOKUP]
    purpose = next(
        (row for id_, row in catalogue.purposes.items() if id_ == asked), None
    )
    sees = set(act.categories) if purpose is None else set(purpose.sees)
    told = {str(category) for category in sees & set(act.categories)}
    return {src for src, kinds in here.items() if kinds & told}


def _looked_up(
    one: LookedUp, src: str, shown: Sequence[Shown], damped: Collection[Between]
) -> Iterable[Body]:
    """Give a source's notices of one lookup: as a rule one, or a cover.

    As many whether or not what it showed is known already.
    """
    called = one.call_back
    more = {CALLED: json.dumps(called.facts())} if called else {}
    if not shown:
        yield COVER
    for part in cut_up(shown):
        known = tuple(
            each for each in part if (one.organisation, src, each.reference) in damped
        )
        heard = tuple(each for each in part if each not in known)
        kind = NoticeKind.LOOKED_UP if heard else NoticeKind.COVER
        yield Body(kind, heard, one.entry, more, one.person, known)


async def _find_signals(
    conn: AsyncConnection, lookups: Sequence[LookedUp], row_keys: RowKeys
) -> Mapping[UUID, _Signal]:
    """Read the signals that boxes name; one that went meanwhile is nobody's to tell."""
    marks = {at for one in lookups for at in _places(one, row_keys)}
    shown = shown_signals("row_key", "id", "source", "reference")
    found: dict[UUID, _Signal] = {}
    for part in in_parts(sorted(marks)):
        rows = await conn.execute(
            select(shown.c.id, shown.c.source, shown.c.reference).where(
                tuple_(shown.c.row_key, shown.c.id).in_(part)
            )
        )
        found |= {row.id: _Signal(row.source, row.reference) for row in rows}
    return found


def _places(one: LookedUp, keys: RowKeys) -> Iterable[tuple[bytes, UUID]]:
    """Give where the signals of a lookup may stand: nothing is derived for a miss."""
    if not one.marks:
        return
    point = open_person(keys, one.person)
    kinds = {mark.category for mark in one.marks}
    rows = {kind: keys.find(point, kind) for kind in kinds}
    for mark in one.marks:
        for row in rows[mark.category]:
            yield row, mark.signal


async def tell_outcomes(
    conn: AsyncConnection, boxed: Sequence[Boxed], telling: Telling
) -> list[NoticeRow]:
    """Give what each source hears of the outcomes among these, covers too."""
    made: list[NoticeRow] = []
    for place, one in boxed:
        if isinstance(one, SaidOutcome):
            made.extend(await _tell_outcome(conn, place, one, telling))
    return made


async def _tell_outcome(
    conn: AsyncConnection, place: str, one: SaidOutcome, telling: Telling
) -> list[NoticeRow]:
    """Tell every source that has a row of a lookup; one of them that it was about it.

    Of a signal that passed on since then, whose it is now hears: see `follow`.
    """
    key = entry_key(telling.keys.disclosures, one.entry)
    if key is None:
        return []
    heard, lookup = await _find_heard(conn, one, key, telling)
    told = await follow(conn, place, heard)
    await remember(conn, one, told, telling)
    said_at = one.at.isoformat(timespec="milliseconds")
    more = {**lookup.more, "outcome": one.outcome, "saidAt": said_at}
    is_silent = _says_nothing_else(one, lookup)
    return [
        NoticeRow(
            src,
            place,
            Body(NoticeKind.OUTCOME, tuple(about), one.entry, more, lookup.person)
            if about and not is_silent
            else COVER,
            derive_answer(key, one.told, src),
        )
        for src, about in told.items()
    ]


def _says_nothing_else(one: SaidOutcome, lookup: Body) -> bool:
    """Tell whether it is "already known" once more of what nobody heard of so."""
    return (
        one.outcome == ALREADY_KNOWN
        and one.before in {None, ALREADY_KNOWN}
        and any(shown.place == one.place for shown in lookup.known)
    )


async def _find_heard(
    conn: AsyncConnection, one: SaidOutcome, key: DisclosureKey, telling: Telling
) -> tuple[dict[str, list[Shown]], Body]:
    """Find which sources have a row of a lookup, and of which signal at this place.

    With what the row of that one says: whom to call, where embargoes of its person
    stand; a cover where it is about none.
    """
    sources = (await conn.scalars(select(source.c.oin))).all()
    # Before a place in an answer stand as many of its source, or fewer.
    last = (one.place or 0) // SIGNALS_AT_MOST
    names = [
        derive_name(key, one.entry, src, part)
        for src in sources
        for part in range(last + 1)
    ]
    heard: dict[str, list[Shown]] = {}
    lookup = COVER
    for some in in_parts(names):
        these = return_notice.c.id.in_(some)
        for row in await conn.execute(select(return_notice).where(these)):
            about = heard.setdefault(row.source, [])
            before = find_body(row, telling.keys) or COVER
            for shown in (*before.signals, *before.known):
                if shown.place is not None and shown.place == one.place:
                    lookup = before
                    about.append(Shown(shown.reference, shown.place))
    return heard, lookup
