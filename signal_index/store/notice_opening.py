"""Opening boxes, and writing the notices that are in them: the leader's work.

- One transaction: boxes are read, notices written in a mixed order, boxes erased.
- Outcomes are told after every lookup that waited with them, however they lie.
- A lookup gives one notice for each source that publishes, in that municipality, a
  kind that its purpose may tell of; one without a signal of this person gets a cover.
  So the number of rows says nothing of the person.
- Nobody hears of a lookup about a person of whom an embargo holds here, nor of one
  where the same two said last, in 90 days, that the signal is "already known".
- An outcome goes to every source that heard of that lookup: to one it says something.
  Whose a signal is when its box is opened hears of it (`store.notice_succession`).
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import LoopActId
from signal_index.errors import KeyFilesRefused
from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    Body,
    BoxContent,
    LookedUp,
    NoticeKind,
    Passed,
    SaidOutcome,
    Shown,
    Told,
    derive_handle,
    derive_once,
    open_box,
)
from signal_index.returning.bodies import COVER
from signal_index.store.notice_damping import find_damped, remember
from signal_index.store.notice_rows import (
    NoticeRow,
    Telling,
    cut_up,
    write_notices,
)
from signal_index.store.notice_succession import find_owners, follow, tell_passed
from signal_index.store.notices import entry_key, find_body
from signal_index.store.opened_entries import open_entries
from signal_index.tables.notices import notice_box, notice_damping, return_notice
from signal_index.tables.registry import coverage, source
from signal_index.tables.signals import shown_signals
from signal_index.wire.sources import SourceState

BOXES_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, repr=False)
class _Signal:
    """A signal that a box may tell of, as it stands now."""

    source: str
    reference: UUID


Boxed = tuple[str, BoxContent]
Places = Mapping[str, Mapping[str, frozenset[str]]]
"""Live sources by municipality, with the kinds of signals of each there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening: how many by municipality, and what must wait.

    `outcomes`: boxes that are told of once every lookup that was there is told of.
    """

    counts: Mapping[str, int]
    outcomes: Sequence[UUID]


async def find_boxes(conn: AsyncConnection) -> Sequence[UUID]:
    """Find what waits, at one moment: whose outcome is among it, its lookup is too.

    Or that lookup was opened before: an outcome is said of an answer that was given.
    """
    return (await conn.scalars(select(notice_box.c.id).order_by(notice_box.c.id))).all()


async def open_boxes(
    conn: AsyncConnection, ids: Collection[UUID], telling: Telling, *, outcomes: bool
) -> Opened:
    """Open these boxes: those with an outcome, or all others; the rest stays.

    The caller commits, and records that it was done, in the same transaction. A box
    that does not open stays where it is and stops no other (`count_unreadable`).
    """
    rows = await conn.execute(select(notice_box).where(notice_box.c.id.in_(ids)))
    found = [(row.id, row.municipality, _open(row, telling.keys)) for row in rows]
    opened = {
        id_: (place, one)
        for id_, place, one in found
        if one is not None and isinstance(one, SaidOutcome) is outcomes
    }
    boxed: list[Boxed] = list(opened.values())
    places = await _find_places(conn, {place for place, _ in boxed})
    made = [
        *await _tell_lookups(conn, boxed, places, telling),
        *await _tell_outcomes(conn, boxed, telling),
        *await _tell_others(conn, boxed, telling),
    ]
    await write_notices(conn, made, telling)
    await conn.execute(delete(notice_box).where(notice_box.c.id.in_(list(opened))))
    counts: dict[str, int] = defaultdict(int)
    for place, _ in boxed:
        counts[place] += 1
    waiting = [
        id_
        for id_, _, one in found
        if isinstance(one, SaidOutcome) and id_ not in opened
    ]
    return Opened(counts, waiting)


async def count_unreadable(conn: AsyncConnection, keys: YearKeys) -> int:
    """Count boxes and notices that do not open: altered, or their year has no key.

    Notices too of which the entry that says who looked was altered.
    """
    count = 0
    for box in await conn.execute(select(notice_box)):
        count += _open(box, keys) is None
    behind: Counter[UUID] = Counter()
    rows = await conn.stream(select(return_notice))
    async for row in rows:
        body = find_body(row, keys)
        count += body is None
        if body is not None and body.entry is not None:
            behind[body.entry] += 1
    entries = sorted(behind)
    for start in range(0, len(entries), BOXES_AT_ONCE):
        part = entries[start : start + BOXES_AT_ONCE]
        opened = await open_entries(conn, part, keys.disclosures)
        count += sum(behind[one.entry] for one in opened.values() if one.is_unreadable)
    return count


def _open(row: Row[*tuple[Any, ...]], keys: YearKeys) -> BoxContent | None:
    try:
        return open_box(row.id, row.sealed, keys.get_disclosure_key(row.year))
    except (DisclosureRefused, KeyFilesRefused):
        return None


async def tell_once(
    conn: AsyncConnection,
    told: Sequence[tuple[str, str, Body, str]],
    telling: Telling,
) -> int:
    """Write notices that are told once: (source, municipality, body, about what).

    For what stands in the clear in this database anyway, as a contact holder that was
    not confirmed: no cover is needed. Gives how many were new.
    """
    rows = [
        NoticeRow(src, place, body, derive_once(telling.key, body.kind, src, what))
        for src, place, body, what in told
    ]
    known: set[bytes] = set()
    handles = [row.handle for row in rows]
    for start in range(0, len(handles), 500):
        part = handles[start : start + 500]
        found = await conn.execute(
            select(return_notice.c.handle).where(return_notice.c.handle.in_(part))
        )
        known |= {bytes(row.handle) for row in found}
    new = [row for row in rows if row.handle not in known]
    await write_notices(conn, new, telling)
    return len(new)


async def erase_notices(conn: AsyncConnection, today: date) -> int:
    """Erase what has expired."""
    gone = await conn.execute(
        delete(return_notice).where(return_notice.c.expires < today)
    )
    await conn.execute(delete(notice_damping).where(notice_damping.c.until < today))
    return int(gone.rowcount)


async def _find_places(conn: AsyncConnection, places: set[str]) -> Places:
    rows = await conn.execute(
        select(coverage.c.municipality, coverage.c.source, coverage.c.category)
        .join(source, source.c.oin == coverage.c.source)
        .where(coverage.c.municipality.in_(sorted(places)))
        .where(source.c.state == SourceState.LIVE.value)
    )
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for row in rows:
        kinds = found[row.municipality].get(row.source, frozenset())
        found[row.municipality][row.source] = kinds | {row.category}
    return found


async def _tell_lookups(
    conn: AsyncConnection, boxed: Sequence[Boxed], places: Places, telling: Telling
) -> list[NoticeRow]:
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
    for place, one in lookups:
        heard: dict[str, list[Shown]] = defaultdict(list)
        for mark in one.marks:
            signal = signals.get(mark.signal)
            if signal is None:
                continue
            if (one.organisation, signal.source, signal.reference) in damped:
                continue
            heard[signal.source].append(Shown(signal.reference, mark.place))
        sources = set(heard) | _takes_part(places.get(place, {}), one, place, telling)
        for src in sources:
            made.extend(_looked_up(place, one, src, heard.get(src, ()), telling))
    return made


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
    keys = sorted(marks)
    for start in range(0, len(keys), 400):
        rows = await conn.execute(
            select(shown.c.id, shown.c.source, shown.c.reference).where(
                tuple_(shown.c.row_key, shown.c.id).in_(keys[start : start + 400])
            )
        )
        found |= {row.id: _Signal(row.source, row.reference) for row in rows}
    return found


async def _tell_outcomes(
    conn: AsyncConnection, boxed: Sequence[Boxed], telling: Telling
) -> list[NoticeRow]:
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


async def _tell_others(
    conn: AsyncConnection, boxed: Sequence[Boxed], telling: Telling
) -> list[NoticeRow]:
    made: list[NoticeRow] = []
    for place, one in boxed:
        if isinstance(one, Passed):
            made.extend(await tell_passed(conn, place, one, telling))
        elif isinstance(one, Told):
            made.extend(await _tell(conn, place, one))
    return made


async def _tell(conn: AsyncConnection, place: str, one: Told) -> list[NoticeRow]:
    """Tell it to whose signals they are now; a cover to the others."""
    about = await find_owners(conn, {one.source: one.body.signals})
    parts = {
        src: replace(one.body, signals=tuple(found)) for src, found in about.items()
    }
    if not parts:
        parts = {one.source: one.body}
    return [
        NoticeRow(src, place, parts.get(src, COVER), secrets.token_bytes(16))
        for src in dict.fromkeys((*parts, one.source, *one.covers))
    ]
