"""Opening boxes, and writing the notices that are in them: the leader's work.

- One transaction: boxes are read, notices written in a mixed order, boxes erased.
- A lookup gives one notice for each source that publishes, in that municipality, a
  kind that its purpose may tell of; one without a signal of this person gets a cover.
  So the number of rows says nothing of the person.
- Nobody hears of a lookup about a person of whom an embargo holds here, nor of one
  where the same two said "already known" about the same signal in the last 90 days.
- An outcome goes to every source that heard of that lookup: to one it says something.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.catalogue import Catalogue
from policy.key import calendar_day
from policy.vocabulary import LoopActId
from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.returning import (
    SIGNALS_AT_MOST,
    Body,
    LookedUp,
    NoticeKind,
    SaidOutcome,
    Shown,
    Told,
    derive_damping,
    derive_handle,
    derive_once,
    open_body,
    open_box,
    seal_body,
)
from signal_index.returning.bodies import COVER
from signal_index.store.embargoes import find_embargoed
from signal_index.store.notices import entry_key, year_of
from signal_index.tables.notices import notice_box, notice_damping, return_notice
from signal_index.tables.registry import coverage, source
from signal_index.tables.signals import shown_signals
from signal_index.wire.sources import SourceState

BOXES_AT_ONCE: Final = 500
KEPT_DAYS: Final = 30
DAMPED_FOR: Final = timedelta(days=90)
ALREADY_KNOWN: Final = "already-known"


@dataclass(frozen=True, slots=True)
class Telling:
    """What opening takes besides the database."""

    keys: YearKeys
    catalogue_in: Callable[[str], Catalogue]
    now: datetime

    @property
    def key(self) -> DisclosureKey:
        """Give the key that seals what is made now."""
        return self.keys.get_disclosure_key(year_of(self.now))


@dataclass(frozen=True, slots=True, repr=False)
class _Row:
    """A notice to be written."""

    source: str
    municipality: str
    body: Body
    handle: bytes


@dataclass(frozen=True, slots=True, repr=False)
class _Signal:
    """A signal that a box may tell of, as it stands now."""

    source: str
    reference: UUID


Boxed = tuple[str, LookedUp | SaidOutcome | Told]
Places = Mapping[str, Mapping[str, frozenset[str]]]
"""Live sources by municipality, with the kinds of signals of each there."""


async def open_boxes(conn: AsyncConnection, telling: Telling) -> Mapping[str, int]:
    """Open what waits, at most `BOXES_AT_ONCE`; gives how many by municipality.

    The caller commits, and records that it was done, in the same transaction.
    """
    rows = list(await conn.execute(select(notice_box).limit(BOXES_AT_ONCE)))
    if not rows:
        return {}
    boxed: list[Boxed] = [
        (
            row.municipality,
            open_box(row.id, row.sealed, telling.keys.get_disclosure_key(row.year)),
        )
        for row in rows
    ]
    places = await _find_places(conn, {place for place, _ in boxed})
    made = [
        *await _tell_lookups(conn, boxed, places, telling),
        *await _tell_outcomes(conn, boxed, telling),
        *_tell_others(boxed),
    ]
    await write_notices(conn, made, telling)
    await conn.execute(
        delete(notice_box).where(notice_box.c.id.in_([row.id for row in rows]))
    )
    counts: dict[str, int] = defaultdict(int)
    for place, _ in boxed:
        counts[place] += 1
    return counts


async def has_boxes(conn: AsyncConnection) -> bool:
    """Tell whether anything waits."""
    return await conn.scalar(select(notice_box.c.id).limit(1)) is not None


async def write_notices(
    conn: AsyncConnection, made: Iterable[_Row], telling: Telling
) -> None:
    """Write notices in an order that chance decides, with the hour alone."""
    mixed = list(made)
    secrets.SystemRandom().shuffle(mixed)
    hour = telling.now.replace(minute=0, second=0, microsecond=0)
    expires = calendar_day(telling.now) + timedelta(days=KEPT_DAYS)
    rows = []
    for one in mixed:
        id_ = uuid4()
        rows.append(
            {
                "id": id_,
                "source": one.source,
                "municipality": one.municipality,
                "year": telling.key.year,
                "handle": one.handle,
                "sealed": seal_body(id_, one.body, telling.key),
                "made_in": hour,
                "expires": expires,
                "acknowledged": False,
            }
        )
    if rows:
        await conn.execute(insert(return_notice), rows)


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
        _Row(src, place, body, derive_once(telling.key, body.kind, src, what))
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
) -> list[_Row]:
    lookups = [(place, one) for place, one in boxed if isinstance(one, LookedUp)]
    signals = await _find_signals(conn, [one for _, one in lookups])
    held = await find_embargoed(
        conn, {one.embargo_row for _, one in lookups}, now=telling.now
    )
    damped = await _find_damped(conn, [one for _, one in lookups], signals, telling)
    made: list[_Row] = []
    for place, one in lookups:
        is_held = (one.embargo_row, place) in held
        heard: dict[str, list[Shown]] = defaultdict(list)
        for mark in () if is_held else one.marks:
            signal = signals.get(mark.signal)
            if signal is None or (one.entry, mark.signal) in damped:
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
) -> Iterable[_Row]:
    """Give a source's notices of one lookup: as a rule one, or a cover."""
    key = entry_key(telling.keys.disclosures, one.entry) or telling.key
    handle = derive_handle(key, one.entry, src)
    called = one.call_back
    more = {"function": called.function, "phone": called.phone} if called else {}
    if not heard:
        yield _Row(src, place, COVER, handle)
    for start in range(0, len(heard), SIGNALS_AT_MOST):
        part = tuple(heard[start : start + SIGNALS_AT_MOST])
        body = Body(NoticeKind.LOOKED_UP, part, one.entry, more)
        yield _Row(src, place, body, handle)


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


async def _find_damped(
    conn: AsyncConnection,
    lookups: Sequence[LookedUp],
    signals: Mapping[UUID, _Signal],
    telling: Telling,
) -> set[tuple[UUID, UUID]]:
    """Find what these two already know of each other: (entry, signal)."""
    asked: dict[bytes, list[tuple[UUID, UUID]]] = defaultdict(list)
    for one in lookups:
        for mark in one.marks:
            if (signal := signals.get(mark.signal)) is not None:
                for key in _recent_keys(telling):
                    told = (one.organisation, signal.source, signal.reference)
                    asked[derive_damping(key, *told)].append((one.entry, mark.signal))
    found: set[tuple[UUID, UUID]] = set()
    handles = sorted(asked)
    for start in range(0, len(handles), 500):
        part = handles[start : start + 500]
        rows = await conn.execute(
            select(notice_damping.c.handle)
            .where(notice_damping.c.handle.in_(part))
            .where(notice_damping.c.until >= calendar_day(telling.now))
        )
        for row in rows:
            found.update(asked[bytes(row.handle)])
    return found


async def _tell_outcomes(
    conn: AsyncConnection, boxed: Sequence[Boxed], telling: Telling
) -> list[_Row]:
    made: list[_Row] = []
    for place, one in boxed:
        if isinstance(one, SaidOutcome):
            made.extend(await _tell_outcome(conn, place, one, telling))
    return made


async def _tell_outcome(
    conn: AsyncConnection, place: str, one: SaidOutcome, telling: Telling
) -> list[_Row]:
    """Tell every source that heard of a lookup; one of them that it was about it."""
    key = entry_key(telling.keys.disclosures, one.entry)
    if key is None:
        return []
    sources = (await conn.scalars(select(source.c.oin))).all()
    handles = {derive_handle(key, one.entry, src): src for src in sources}
    rows = await conn.execute(
        select(return_notice).where(return_notice.c.handle.in_(sorted(handles)))
    )
    told: dict[str, Body] = {}
    for row in rows:
        seal_key = telling.keys.get_disclosure_key(row.year)
        before = open_body(row.id, row.sealed, seal_key)
        told.setdefault(row.source, COVER)
        if before.kind is NoticeKind.LOOKED_UP:
            about = tuple(
                Shown(shown.reference, shown.place)
                for shown in before.signals
                if one.place is None or shown.place == one.place
            )
            if about:
                more = {"outcome": one.outcome}
                told[row.source] = Body(NoticeKind.OUTCOME, about, one.entry, more)
    await _damp(conn, one, told, telling)
    return [
        _Row(src, place, body, derive_once(key, body.kind, src, uuid4().hex))
        for src, body in told.items()
    ]


async def _damp(
    conn: AsyncConnection,
    one: SaidOutcome,
    told: Mapping[str, Body],
    telling: Telling,
) -> None:
    """Remember "already known"; one row for each source told, whatever was said."""
    until = calendar_day(telling.now) + DAMPED_FOR
    handles = {
        derive_damping(telling.key, one.organisation, src, shown.reference)
        for src, body in told.items()
        for shown in body.signals
        if one.outcome == ALREADY_KNOWN
    }
    fill = max(0, len(told) - len(handles))
    handles |= {secrets.token_bytes(16) for _ in range(fill)}
    if handles:
        again = notice_damping.c.handle.in_(sorted(handles))
        await conn.execute(delete(notice_damping).where(again))
        rows = [{"handle": handle, "until": until} for handle in sorted(handles)]
        await conn.execute(insert(notice_damping), rows)


def _tell_others(boxed: Sequence[Boxed]) -> Iterable[_Row]:
    for place, one in boxed:
        if isinstance(one, Told):
            yield _Row(one.source, place, one.body, secrets.token_bytes(16))
            for src in one.covers:
                if src != one.source:
                    yield _Row(src, place, COVER, secrets.token_bytes(16))


def _recent_keys(telling: Telling) -> Iterable[DisclosureKey]:
    """Give the keys under which the last 90 days were damped."""
    years = {year_of(telling.now), year_of(telling.now - DAMPED_FOR)}
    found = telling.keys.disclosures
    return [found[year] for year in sorted(years) if year in found]
