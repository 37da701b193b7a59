"""Read a registration by its profile, dry: five flags, and what would go wrong.

It is read by the same connector that reads it for real, so that a preview cannot
promise what a delivery does not keep. Nothing is kept, and nothing leaves the machine.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from signal_index.wire.contact_holders import ContactHolder
from sources.errors import SourceError
from sources.intake import Intake
from sources.judging.words import say_not_begun, say_open_though_over
from sources.outbox.staging import find_fate
from sources.passed_over import PassedOver
from sources.phones import write_phone
from sources.proposing.unread import NOTHING_UNREAD, Unread
from sources.reasons import MOST_LINES, Reason, Rejected
from sources.values import Aside, Case, Closing, Reject, Unidentified

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Flag:
    """What a generalist would see of a record, and where the record stands."""

    category: str
    function: str
    phone: str
    since: date
    place: str


@dataclass(slots=True)
class Preview:
    """What a registration would say, or its beginning; `sought` are looked up first.

    `not_begun_told`: known signals of cases that have not begun by their status.
    `holders`: whom its records name, each once; `refused`: what of it the index would
    not take, as somebody who asked the index says.
    """

    read: int = 0
    signals: int = 0
    closed: int = 0
    not_begun: int = 0
    not_begun_told: int = 0
    ignored: int = 0
    rejected: int = 0
    though_open: int = 0
    unread: Unread = NOTHING_UNREAD
    sought: int = 0
    flags: list[Flag] = field(default_factory=list)
    rejects: Counter[tuple[Reason, str]] = field(default_factory=Counter)
    places: dict[tuple[Reason, str], str] = field(default_factory=dict)
    lines: dict[tuple[Reason, str], list[int]] = field(default_factory=dict)
    passed: tuple[PassedOver, ...] = ()
    refusal: str = ""
    whole: bool = True
    holders: dict[str, ContactHolder] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def note_reject(self, reject: Reject) -> None:
        """Count a reject under its reason and column, and note the first places."""
        kind = (reject.reason, reject.field)
        self.rejects[kind] += 1
        line = reject.place.line
        self.places.setdefault(kind, _say_place(line, reject.place.record))
        lines = self.lines.setdefault(kind, [])
        if line is not None and len(lines) < MOST_LINES:
            lines.append(line)

    def list_rejected(self) -> Sequence[Rejected]:
        """Give how many were rejected for what, the most first."""
        return [
            Rejected(column, reason, count, self.lines[(reason, column)])
            for (reason, column), count in self.rejects.most_common()
        ]

    @property
    def warnings(self) -> Iterator[str]:
        """Say what the index refuses, and what may be amiss with ends."""
        yield from self.refused
        yield from self.unread.say()
        yield from say_open_though_over(self.though_open)
        yield from say_not_begun(self.not_begun_told)


def make_preview(intake: Intake, *, today: date, most: int | None = None) -> Preview:
    """Give what an intake says, of `most` records; a refusal of it is told."""
    made = Preview()
    readings = intake.read(today=today)
    try:
        for reading in islice(readings, most):
            made.read += not (reading and all(isinstance(e, Aside) for e in reading))
            is_rejected = any(isinstance(each, Reject) for each in reading)
            made.rejected += is_rejected
            fate = None if is_rejected else find_fate(reading)
            made.closed += fate == "ended"
            made.not_begun += fate == "not_begun"
            made.ignored += fate == "ignored"
            for entry in reading:
                _count(made, entry)
        made.whole = next(readings, None) is None
    except SourceError as error:
        made.refusal = str(error)
    return made


def _count(made: Preview, entry: object) -> None:
    match entry:
        case Case():
            made.signals += 1
            made.holders[entry.contact.key] = entry.contact.holder
            if len(made.flags) < SHOWN:
                made.flags.append(_make_flag(entry))
        case Closing():
            made.though_open += entry.though_open
        case Unidentified():
            made.sought += 1
        case Reject():
            made.note_reject(entry)
        case Aside():
            made.passed += entry.passed


def _make_flag(case: Case) -> Flag:
    holder = case.contact.holder
    return Flag(
        case.category,
        str(holder.function),
        write_phone(holder.phone),
        case.started_on,
        _say_place(case.place.line, case.place.record),
    )


def _say_place(line: int | None, record: str) -> str:
    return f"regel {line} van het bestand" if line else record
