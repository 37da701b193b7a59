"""Read the file with the profile as it is now: five flags, and what would go wrong.

The file is read by the same connector that reads it for real, so that a preview cannot
promise what a delivery does not keep. At most `MOST_READ` records; nothing is kept.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from sources.errors import SourceError
from sources.intake.files import FileIntake
from sources.phones import write_phone
from sources.profile import Profile
from sources.profile_page.draft import Draft
from sources.reasons import Reason
from sources.values import Case, Closing, Reject

MOST_READ: Final = 5_000
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
    """What the beginning of the file would say."""

    read: int = 0
    signals: int = 0
    closed: int = 0
    flags: list[Flag] = field(default_factory=list)
    rejects: Counter[tuple[Reason, str]] = field(default_factory=Counter)
    lines: dict[tuple[Reason, str], str] = field(default_factory=dict)
    refusal: str = ""
    whole: bool = True


def make_preview(draft: Draft, profile: Profile) -> Preview:
    """Give what the file says by this profile; a refusal of the file is told."""
    made = Preview()
    readings = FileIntake(draft.file, profile).read(today=draft.today)
    try:
        for reading in islice(readings, MOST_READ):
            made.read += 1
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
            if len(made.flags) < SHOWN:
                made.flags.append(_make_flag(entry))
        case Closing():
            made.closed += 1
        case Reject():
            kind = (entry.reason, entry.field)
            made.rejects[kind] += 1
            made.lines.setdefault(
                kind, _say_place(entry.place.line, entry.place.record)
            )


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
