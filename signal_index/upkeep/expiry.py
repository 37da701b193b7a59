"""Erases what may not be kept, and records that it did.

- Whether a signal's time is over follows from its own dates and the catalogue: active
  at most so many months after its source last confirmed it, and after its end erased,
  unless a checked statute in the catalogue allows keeping it (GDPR art. 5(1)(e)).
- Once a day, with one ledger entry for each municipality whatever it lost, nothing
  among it: counts by source, category and cause, never a reference. A day's work that
  was killed between its parts is not done: it goes on when a process next looks.
- What ledger entries say is erased by whole calendar years; leaves and tree stay. The
  keys of such a year are destroyed by hand (`signal-index keys destroy-year`).
- Spent tickets, repeats and assertions have expired by themselves when they are
  deleted; that says nothing about anyone and is not recorded.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.events import EventLog
from keys.months import add_months
from policy.catalogue import Catalogue
from signal_index.days import day_of
from signal_index.events import Event
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.completeness import erase_reconciled
from signal_index.store.connect import reading, transaction, truncate_wal
from signal_index.store.daily_runs import DailyJob, find_done, note_again
from signal_index.store.erasure import (
    BATCH,
    Erased,
    Terms,
    clean_lookups,
    end_signals,
    erase_over,
    erase_person_numbers,
    erase_signals,
)
from signal_index.store.ledger_reading import erase_disclosures
from signal_index.store.outcomes import erase_outcomes
from signal_index.store.overview import erase_counts
from signal_index.store.picking import find_municipalities
from signal_index.store.policies import read_catalogues
from signal_index.store.reviews import erase_reviews

LONGEST_LIFE_MONTHS = 24
CITIZEN_RIGHTS_MONTHS = 24
"""How long a closed request, an answered correction or a past embargo is kept."""


def find_closed(today: date) -> date:
    """Give before which day a request must have been over to be erased today."""
    return add_months(today, -CITIZEN_RIGHTS_MONTHS)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing takes."""

    engine: AsyncEngine
    recorder: Recorder
    catalogue: Catalogue  # the shipped one: holds where a municipality adopted none
    log: EventLog
    clock: Callable[[], datetime]
    ledger_years: int

    async def run_daily(self) -> None:
        """Erase once a day, whichever process leads and however often it started."""
        async with reading(self.engine) as conn:
            done = await find_done(conn, DailyJob.ERASE, day_of(self.clock()))
        if not done:
            await self.run()

    async def run(self) -> None:
        """Erase everything whose time is over by now."""
        today = day_of(self.clock())
        async with transaction(self.engine) as conn:
            terms = self._terms(await read_catalogues(conn), today)
            places = await find_municipalities(conn)
            for one in terms:
                await end_signals(conn, one, today)
        while await self._erase_batch(terms, places, today) == BATCH:
            pass
        await self._erase_ledger_years(places, today)
        self.log.write(Event.ERASED)
        await truncate_wal(self.engine)

    def _terms(self, adopted: Mapping[str, Catalogue], today: date) -> Sequence[Terms]:
        """Give the terms of each municipality's own catalogue, and of the shipped."""
        own = [
            replace(one, places=frozenset({place}), elsewhere=False)
            for place, catalogue in adopted.items()
            for one in derive_terms(catalogue, today)
        ]
        shipped = derive_terms(self.catalogue, today)
        return [*own, *(replace(one, places=frozenset(adopted)) for one in shipped)]

    async def clean(self) -> None:
        """Delete what lookups left behind and has expired by itself."""
        async with transaction(self.engine) as conn:
            count = await clean_lookups(conn, self.clock())
        if count:
            self.log.write(Event.CLEANED, what="lookups", count=count)

    def first_kept_year(self) -> int:
        """Give the first calendar year of which no entry has expired yet."""
        return self.clock().year - self.ledger_years

    def closed_before(self) -> date:
        """Give the first day of which what citizens asked is kept once it is over."""
        return find_closed(day_of(self.clock()))

    async def _erase_batch(
        self, terms: Sequence[Terms], places: Sequence[str], today: date
    ) -> int:
        """Erase so many signals, and all else; give how many signals.

        An entry for each municipality, whatever it lost: who reads how many entries
        there are learns of nobody that something of theirs has ended.
        """
        closed = find_closed(today)
        async with transaction(self.engine) as conn:
            gone = await erase_signals(conn, terms, today)
            counts = await erase_over(conn, today, closed)
            signals = _describe(gone)
            for place in sorted({*places, *signals, *counts}):
                what: JsonObject = {
                    "act": "erased",
                    "counts": counts.get(place, {}),
                    "signals": signals.get(place, []),
                }
                act = Act(what, Kind.ERASURE, municipality=place)
                await self.recorder.record(conn, act)
        return sum(gone.values())

    async def _erase_ledger_years(self, places: Sequence[str], today: date) -> None:
        """Erase so many entries at a time; the last part notes that the day is done."""
        count = BATCH
        while count == BATCH:
            async with transaction(self.engine) as conn:
                count = await self._erase_disclosures(conn)
                for place in places if count < BATCH else ():
                    await note_again(conn, DailyJob.ERASE, place, today)

    async def _erase_disclosures(self, conn: AsyncConnection) -> int:
        first = self.first_kept_year()
        before = datetime(first, 1, 1, tzinfo=UTC)
        count = await erase_disclosures(conn, before=before, limit=BATCH)
        persons = await erase_person_numbers(conn, first)
        counts = await erase_counts(conn, first)
        outcomes = await erase_outcomes(conn, first)
        await erase_reconciled(conn, before.date())
        await erase_reviews(conn, before=before)
        if count or persons or counts or outcomes:
            what: JsonObject = {
                "act": "ledger-year-erased",
                "before": first,
                "entries": count,
                "persons": persons,
                "counts": counts,
                "outcomes": outcomes,
            }
            await self.recorder.record(conn, Act(what, Kind.ERASURE))
        return count


def derive_terms(catalogue: Catalogue, today: date) -> Sequence[Terms]:
    """Give how long signals live, by the catalogue as it is today.

    Categories with equal terms go together. A category that has left the catalogue
    lives as long as any may, and nothing of it is kept after its end.
    """
    groups: dict[tuple[int, int | None], set[str]] = defaultdict(set)
    for id_, category in catalogue.categories.items():
        kept = category.keeps.months if category.keeps else None
        groups[category.maximum_life_months, kept].add(id_.value)
    known = frozenset(id_.value for id_ in catalogue.categories)
    return [
        *(
            Terms(
                frozenset(names),
                add_months(today, -life),
                None if kept is None else add_months(today, -kept),
            )
            for (life, kept), names in groups.items()
        ),
        Terms(
            known,
            add_months(today, -LONGEST_LIFE_MONTHS),
            None,
            excluding=True,
        ),
    ]


def _describe(gone: Mapping[Erased, int]) -> Mapping[str, list[JsonObject]]:
    described: dict[str, list[JsonObject]] = defaultdict(list)
    for one, count in gone.items():
        described[one.municipality].append(
            {
                "source": one.source,
                "category": one.category,
                "cause": one.cause.value,
                "count": count,
            }
        )
    return described
