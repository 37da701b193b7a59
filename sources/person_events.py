"""A population register's mutations: who died, moved away or moved in again.

- Read from CSV as the register exports it; columns and codes stand in a small layout.
- The id of an event is a keyed hash of whom, what and when: a file that is sent again,
  whole or half, tells nothing twice.
- A wrong row is a reject with its line; the rest goes through.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from keys.bsn import Bsn
from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from signal_index.notice import (
    SALT_BYTES,
    sign_person_event,
    subject_commitment,
)
from signal_index.wire.person_events import (
    PersonEvent,
    PersonEventBody,
    PersonEventKind,
)
from sources.connectors.bsn_text import read_bsn
from sources.connectors.delimited import open_delimited
from sources.dates import parse_day, parse_first_day
from sources.errors import UnreadableFile, say_unreadable
from sources.layouts import DayFormats, Delimiter, Encoding
from sources.outbox_key import OutboxKey
from sources.passed_over import PassedOver
from sources.publisher.parties import Evaluator
from sources.publisher.pipeline import Sender
from sources.reasons import Reason
from sources.seen_text import compose
from sources.values import Place, Reject

AT_ONCE: Final = 500
_LONGEST_CODE: Final = 20
_MOST_DIGITS: Final = 3


class RegisterLayout(BaseModel):
    """How the register writes its mutations; other codes are counted, and not told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    municipality: str = Field(pattern=r"^[0-9]{4}$")
    delimiter: Delimiter
    encoding: Encoding
    dates: DayFormats
    bsn: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    day: str = Field(min_length=1)
    deceased: tuple[str, ...] = ()
    moved_away: tuple[str, ...] = ()
    moved_in: tuple[str, ...] = ()

    def find_kind(self, code: str) -> PersonEventKind | None:
        """Give what a code means; None for a mutation that is not ours to tell."""
        known = {
            PersonEventKind.DECEASED: self.deceased,
            PersonEventKind.MOVED_AWAY: self.moved_away,
            PersonEventKind.MOVED_IN: self.moved_in,
        }
        return next((kind for kind, codes in known.items() if code in codes), None)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One row that says something that the index must know."""

    bsn: Bsn = field(repr=False)
    kind: PersonEventKind
    on: date


@dataclass(frozen=True, slots=True)
class UnknownKind:
    """A row of a kind that the layout does not list: counted and shown, not told."""

    code: str


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How many events were new to the index, and how many it had been told before."""

    new: int = 0
    known: int = 0

    def __add__(self, other: "EventCounts") -> "EventCounts":
        """Count both together."""
        return EventCounts(self.new + other.new, self.known + other.known)


class EventTaker(Protocol):
    """The index, as far as a register tells it things."""

    async def send_person_event(self, body: PersonEventBody) -> bool:
        """Tell one event; False where it was told before, and nothing was done."""
        ...


def read_mutations(
    path: Path, layout: RegisterLayout, *, today: date
) -> Iterator[Mutation | UnknownKind | Reject | PassedOver]:
    """Give what each row says, or why it cannot be used; raises `UnreadableFile`.

    Last comes which lines were no rows.
    """
    try:
        with path.open("rb") as file:
            wanted = {layout.bsn, layout.kind, layout.day}
            _lines, table = open_delimited(file, layout, wanted)
            rows = table.rows(layout.bsn, layout.day)
            for count, (line, row) in enumerate(rows, start=1):
                place = Place(line, f"record {count}")
                if len(row) != len(table.header):
                    yield Reject(place, "", Reason.RECORD_MALFORMED)
                    continue
                cells = {name: row[table.positions[name]].strip() for name in wanted}
                found = _read_row(cells, layout, place)
                if isinstance(found, Mutation) and found.on > today:
                    found = Reject(place, layout.day, Reason.DATE_IN_FUTURE)
                yield found
            yield from table.passed.tell()
    except OSError:
        raise UnreadableFile(say_unreadable(path)) from None


def _read_row(
    row: dict[str, str], layout: RegisterLayout, place: Place
) -> Mutation | UnknownKind | Reject:
    kind = layout.find_kind(compose(row[layout.kind]))
    if kind is None:
        return UnknownKind(_show_code(row[layout.kind]))
    number = read_bsn(row[layout.bsn], zero_lost=False)
    if isinstance(number, Reason):
        return Reject(place, layout.bsn, number)
    # Of a death the year is enough. Moves are told in their order: they need a day.
    parse = parse_first_day if kind is PersonEventKind.DECEASED else parse_day
    try:
        day = parse(row[layout.day], layout.dates)
    except ValueError:
        return Reject(place, layout.day, Reason.DATE_INVALID)
    return Mutation(number, kind, day)


def _show_code(text: str) -> str:
    """Give a code to show; what could be something of a person is not shown."""
    if not text:
        return "(leeg)"
    if len(text) > _LONGEST_CODE or sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return "(geen code)"
    return compose(text) if text.isprintable() else "(geen code)"


async def tell_mutations(
    mutations: Iterable[Mutation],
    parties: tuple[Evaluator, EventTaker],
    sender: Sender,
    key: OutboxKey,
    municipality: str,
) -> EventCounts:
    """Tell the index of each mutation, and give how many; may be done again."""
    told = EventCounts()
    batch: list[Mutation] = []
    for one in mutations:
        batch.append(one)
        if len(batch) == AT_ONCE:
            told += await _tell(batch, parties, sender, key, municipality)
            batch = []
    return told + await _tell(batch, parties, sender, key, municipality)


async def _tell(
    batch: Sequence[Mutation],
    parties: tuple[Evaluator, EventTaker],
    sender: Sender,
    key: OutboxKey,
    municipality: str,
) -> EventCounts:
    if not batch:
        return EventCounts()
    evaluator, index = parties
    found = await evaluator.evaluate([one.bsn for one in batch])
    new = 0
    for one, pseudonym in zip(batch, found.pseudonyms, strict=True):
        salt = secrets.token_bytes(SALT_BYTES)
        event = _make_event(one, (pseudonym, salt), sender, key, municipality)
        token = sign_person_event(
            sender.key, event, iss=sender.submitter, now=sender.now()
        )
        body = PersonEventBody(
            keyVersion=found.key_version,
            event=token,
            pseudonym=pseudonym.encoded,
            salt=salt,
        )
        new += await index.send_person_event(body)
    return EventCounts(new, len(batch) - new)


def _make_event(
    one: Mutation,
    bound: tuple[Pseudonym, bytes],
    sender: Sender,
    key: OutboxKey,
    municipality: str,
) -> PersonEvent:
    pseudonym, salt = bound
    name = key.mark("person-event", one.bsn.digits, one.kind, one.on.isoformat())
    return PersonEvent(
        event=UUID(bytes=name[:16], version=4),
        source=sender.source,
        subject=subject_commitment(salt, pseudonym),
        kind=one.kind,
        municipality=MunicipalityCode(municipality),
        on=one.on,
    )
