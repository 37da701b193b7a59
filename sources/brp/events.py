"""Notices of the population register: who died or moved, as BRP API Gebeurtenissen.

A subscriber asks for the events after the last one that it handled (CloudEvents 1.0).

- An event says who and since when, not to which municipality somebody moved. That is
  asked of the same gateway: guessing it would end signals that should stand.
- A day of which parts are not known is the first that it can be; a day of which nothing
  is known is that of the event itself.
- A type that we do not know is counted and shown, and ends nothing.
- How far was read is noted when all of a page was told. What is told again has the same
  id, and tells nothing twice.
Proven by tests/contract/test_brp_events.py.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from signal_index.wire.person_events import PersonEventKind
from sources.brp.asking import Asker
from sources.dates import EARLIEST
from sources.errors import GatewayStopped
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.person_events import Mutation
from sources.reasons import Reason
from sources.values import Place, Reject

PAGE: Final = 100
MOST_AT_ONCE: Final = 20
MOST_PAGES: Final = 10_000
DECEASED: Final = "nl.brp.overleden"
ABROAD: Final = "nl.brp.verhuisd.naar-buitenland"
ELSEWHERE: Final = "nl.brp.verhuisd.intergemeentelijk"
_CURSOR: Final = "brp-events:"
KNOWN: Final = frozenset({DECEASED, ABROAD, ELSEWHERE})


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class PartialDay(_Read):
    """A day of the register: whole, or of which month, day or all is not known."""

    type: str
    datum: date | None = None
    jaar: int | None = Field(default=None, ge=1, le=9999)
    maand: int | None = Field(default=None, ge=1, le=12)

    def find_first(self) -> date | None:
        """Give the first day that it can be, or None where nothing is known."""
        match self.type:
            case "Datum":
                return self.datum
            case "JaarMaandDatum" if self.jaar and self.maand:
                return date(self.jaar, self.maand, 1)
            case "JaarDatum" if self.jaar:
                return date(self.jaar, 1, 1)
            case _:
                return None


class _Death(_Read):
    datum: PartialDay | None = None


class _Dwelling(_Read):
    datumVan: PartialDay | None = None  # noqa: N815 - as the register writes it


class EventData(_Read):
    """Who, and since when."""

    burgerservicenummer: str = ""
    overlijden: _Death = _Death()
    verblijfplaats: _Dwelling = _Dwelling()


class RegisterEvent(_Read):
    """One event. Its time is when the register published it."""

    specversion: Literal["1.0"]
    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")
    type: str = Field(pattern=r"^[A-Za-z0-9.-]{1,100}$")
    time: datetime | None = None
    data: EventData = EventData()

    def find_day(self) -> date | None:
        """Give since when it holds, or None where neither data nor time says so."""
        given = self.data.overlijden.datum or self.data.verblijfplaats.datumVan
        found = given.find_first() if given else None
        return found or (self.time.date() if self.time else None)


class EventPage(_Read):
    """The events after a cursor."""

    gebeurtenissen: tuple[RegisterEvent, ...]


class _Place(_Read):
    code: str


class _Resident(_Read):
    burgerservicenummer: str
    gemeenteVanInschrijving: _Place | None = None  # noqa: N815


class _Residents(_Read):
    type: Literal["RaadpleegMetBurgerservicenummer"]
    personen: tuple[_Resident, ...]


@dataclass(slots=True)
class Told:
    """A page of events: what the index must know, what is wrong, what is unknown."""

    cursor: str
    mutations: list[Mutation] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one municipality is subscribed to."""

    asker: Asker
    subscriber: str
    municipality: str

    async def read(self, cursor: str, *, today: date) -> AsyncIterator[Told]:
        """Give page after page from a cursor on; raises `GatewayStopped`."""
        for page in range(MOST_PAGES):
            params = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            path = f"/abonnees/{self.subscriber}/gebeurtenissen"
            events = (await self.asker.get(path, params, EventPage)).gebeurtenissen
            if not events:
                return
            if events[-1].id == cursor:
                raise GatewayStopped("De BRP geeft steeds dezelfde gebeurtenissen.")
            cursor = events[-1].id
            told = Told(cursor)
            homes = await self._find_homes(events)
            for number, event in enumerate(events, start=1 + page * PAGE):
                place = Place(None, f"bericht {number}")
                self._take(event, told, homes, (place, today))
            yield told

    def _take(
        self,
        event: RegisterEvent,
        told: Told,
        homes: dict[str, str],
        at: tuple[Place, date],
    ) -> None:
        if event.type not in KNOWN:
            told.unknown[event.type] += 1
            return
        found = self._read(event, homes, at)
        if isinstance(found, Mutation):
            told.mutations.append(found)
        else:
            told.rejects.append(found)

    def _read(
        self, event: RegisterEvent, homes: dict[str, str], at: tuple[Place, date]
    ) -> Mutation | Reject:
        place, today = at
        number, on = _find_number(event), event.find_day()
        if number is None:
            return Reject(place, "burgerservicenummer", Reason.BSN_INVALID)
        if on is None or on < EARLIEST:
            return Reject(place, "datum", Reason.DATE_INVALID)
        if on > today:
            return Reject(place, "datum", Reason.DATE_IN_FUTURE)
        kind = PersonEventKind.MOVED_AWAY
        if event.type == DECEASED:
            kind = PersonEventKind.DECEASED
        elif event.type == ELSEWHERE:
            home = homes.get(number.digits)
            if home is None:
                return Reject(
                    place, "gemeenteVanInschrijving", Reason.MUNICIPALITY_UNKNOWN
                )
            if home == self.municipality:
                kind = PersonEventKind.MOVED_IN
        return Mutation(number, kind, on)

    async def _find_homes(self, events: Sequence[RegisterEvent]) -> dict[str, str]:
        """Give where those live now who moved to another municipality."""
        moved = [_find_number(one) for one in events if one.type == ELSEWHERE]
        numbers = sorted({one.digits for one in moved if one})
        homes: dict[str, str] = {}
        for start in range(0, len(numbers), MOST_AT_ONCE):
            question = {
                "type": "RaadpleegMetBurgerservicenummer",
                "burgerservicenummer": numbers[start : start + MOST_AT_ONCE],
                "fields": ["burgerservicenummer", "gemeenteVanInschrijving"],
            }
            found = await self.asker.post("/personen", question, _Residents)
            for one in found.personen:
                if one.gemeenteVanInschrijving:
                    homes[one.burgerservicenummer] = one.gemeenteVanInschrijving.code
        return homes


def _find_number(event: RegisterEvent) -> Bsn | None:
    try:
        return parse_bsn(event.data.burgerservicenummer)
    except InvalidBsn:
        return None


def find_cursor(outbox: Outbox, subscriber: str) -> str:
    """Give the last event that was handled; empty before the first."""
    found = get_meta(outbox.connection, _CURSOR + subscriber)
    return "" if found is None else found.decode()


def keep_cursor(outbox: Outbox, subscriber: str, cursor: str) -> None:
    """Note that all up to this event was told."""
    with outbox.transaction("receive") as connection:
        put_meta(connection, _CURSOR + subscriber, cursor.encode())
