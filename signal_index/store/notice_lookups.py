"""What a source hears of a lookup, and of what came of it.

- A lookup gives one notice for each source that publishes, in that municipality, a
  kind that its purpose may tell of; one without a signal of this person gets a cover.
  So the number of rows says nothing of the person.
- Nobody hears of a lookup about a person of whom an embargo holds here, nor of one
  where the same two said last, in 90 days, that the signal is "already known".
- An outcome goes to every source that heard of that lookup: to one it says something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import LoopActId
from signal_index.ledger import DisclosureKey
from signal_index.returning import (
    Body,
    BoxContent,
    LookedUp,
    NoticeKind,
    SaidOutcome,
    Shown,
    derive_handle,
    derive_once,
)
from signal_index.returning.bodies import COVER
from signal_index.store.many_rows import by_turns, in_parts
from signal_index.store.notice_damping import Between, find_damped, remember
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
    signals = await _find_signals(conn, [one for _, one in lookups])
    asked = {
        (one.organisation, signal.source, signal.reference)
        for _, one in lookups
        for mark in one.marks
        if (signal := signals.get(mark.signal)) is not None
    }
    damped = await find_damped(conn, asked, telling)
    made: list[NoticeRow] = []
    async for some in by_turns(lookups):
        for place, one in some:
            here = places.get(place, {})
            heard = _heard(one, signals, damped)
            for src in heard.keys() | _takes_part(here, one, place, telling):
                made.extend(_looked_up(place, one, src, heard.get(src, ()), telling))
    return made


def _heard(
    one: LookedUp, signals: Mapping[UUID, _Signal], damped: Collection[Between]
) -> Mapping[str, Sequence[Shown]]:
    """Say which sources hear of a lookup, and of which of their signals."""
    heard: dict[str, list[Shown]] = defaultdict(list)
    for mark in one.marks:
        signal = signals.get(mark.signal)
        if signal is None:
            continue
        if (one.organisation, signal.source, signal.reference) not in damped:
            heard[signal.source].append(Shown(signal.reference, mark.place))
    return heard


def _takes_part(
    here: Mapping[str, frozenset[str]], one: LookedUp, place: str, telling: Telling
) -> set[str]:
    """Find the sources of which a purpose may tell: it depends on nobody."""
    catalogue = telling.catalogue_in(place)
    act = catalogue.loop_acts[LoopActId.NOTICE_OF_LOOKUP]
    purpose = next(
        (row for id_, row in catalogue.purposes.items() if id_ == one.purpose), None
    )
    sees = set(act.categories) if purpose is None else set(purpose.sees)
    told = {str(category) for category in sees & set(act.categories)}
    return {src for src, kinds in here.items() if kinds & told}


def _looked_up(
    place: str, one: LookedUp, src: str, heard: Sequence[Shown], telling: Telling
) -> Iterable[NoticeRow]:
    """Give a source's notices of one lookup: as a rule one, or a cover."""
    key = entry_key(telling.keys.disclosures, one.entry) or telling.key
    handle = derive_handle(key, one.entry, src)
    called = one.call_back
    more = {"function": called.function, "phone": called.phone} if called else {}
    if not heard:
        yield NoticeRow(src, place, COVER, handle)
    for part in cut_up(heard):
        body = Body(NoticeKind.LOOKED_UP, part, one.entry, more, one.embargo_row)
        yield NoticeRow(src, place, body, handle)


async def _find_signals(
    conn: AsyncConnection, lookups: Sequence[LookedUp]
) -> Mapping[UUID, _Signal]:
    """Read the signals that boxes name; one that went meanwhile is nobody's to tell."""
    marks = {(mark.row_key, mark.signal) for one in lookups for mark in one.marks}
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
    """Tell every source that heard of a lookup; one of them that it was about it.

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
    return [
        NoticeRow(src, place, body, derive_once(key, body.kind, src, uuid4().hex))
        for src, about in told.items()
        for body in (
            [
                Body(NoticeKind.OUTCOME, part, one.entry, more, lookup.embargo_row)
                for part in cut_up(about)
            ]
            or [COVER]
        )
    ]


async def _find_heard(
    conn: AsyncConnection, one: SaidOutcome, key: DisclosureKey, telling: Telling
) -> tuple[dict[str, list[Shown]], Body]:
    """Find which sources heard of a lookup, and of which signals at this place.

    With what one of them heard: whom to call, where embargoes of its person stand; a
    cover where nobody heard anything.
    """
    sources = (await conn.scalars(select(source.c.oin))).all()
    handles = {derive_handle(key, one.entry, src) for src in sources}
    rows = await conn.execute(
        select(return_notice).where(return_notice.c.handle.in_(sorted(handles)))
    )
    heard: dict[str, list[Shown]] = {}
    lookup = COVER
    for row in rows:
        before = find_body(row, telling.keys)
        about = heard.setdefault(row.source, [])
        if before is not None and before.kind is NoticeKind.LOOKED_UP:
            lookup = before
            about.extend(
                Shown(shown.reference, shown.place)
                for shown in before.signals
                if one.place is None or shown.place == one.place
            )
    return heard, lookup
