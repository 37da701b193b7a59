"""Corrections and objections of citizens about our own signals, and our answers.

The index names our own reference and a code, never the citizen. Only we can tell which
case that is: a registration read with its profile is held against the outbox, and the
line in it is named; no number is shown or written.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from signal_index.wire.corrections import CorrectionsAsked, OwnCorrection
from sources.connectors import read_file
from sources.connectors.json_spots import find_spots
from sources.errors import UnreadableFile, say_unreadable
from sources.outbox.registrations import find_marked_as
from sources.outbox.staging import mark_case, mark_person, name_part
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex
from sources.values import Case, Closing, NotBegun, Place, Unidentified

Record = Case | Unidentified | Closing | NotBegun
_PATH: Final = re.compile(r"\w+\[\d+\](\.\w+\[\d+\])*")


async def fetch_corrections(
    index: HttpIndex, asked: CorrectionsAsked
) -> Sequence[OwnCorrection]:
    """Read what waits for our answer, or all there is; the most urgent first."""
    found: list[OwnCorrection] = []
    cursor: UUID | None = None
    while True:
        page = await index.fetch_corrections(asked, cursor)
        found += page.items
        if page.next is None or not page.items:
            return sorted(found, key=lambda one: (one.dueOn, one.id))
        cursor = page.next


def find_records(
    outbox: Outbox,
    file: Path,
    profile: Profile,
    wanted: Collection[UUID],
    *,
    today: date,
) -> Mapping[UUID, Place]:
    """Give where the cases with these references of ours stand in a registration.

    A case that ended is found as long as it is in the file, by the references that it
    had. In a JSON file with line and column, which an editor shows. Raises
    `UnreadableFile`.
    """
    references, ended = _find_references(outbox), _find_ended(outbox)
    found: dict[UUID, Place] = {}
    name = find_marked_as(outbox, profile.name)
    try:
        with file.open("rb") as stream:
            for reading in read_file(stream, profile, today=today):
                for case in reading:
                    if isinstance(case, Record) and case.key and case.place:
                        key = mark_case(outbox.key, name, case.key)
                        reference = _pick(outbox, references.get(key, {}), key, case)
                        for each in (reference, *_pick_ended(outbox, ended, key, case)):
                            if each is not None and each in wanted:
                                found[each] = case.place
            return _with_spots(stream, found)
    except OSError:
        raise UnreadableFile(say_unreadable(file)) from None


def _with_spots(file: BinaryIO, found: Mapping[UUID, Place]) -> Mapping[UUID, Place]:
    """Say line and column where a path was all that was known."""
    paths = {one.record for one in found.values() if _PATH.fullmatch(one.record)}
    spots = find_spots(file, paths) if paths else {}
    return {
        reference: one
        if (spot := spots.get(one.record)) is None
        else replace(one, line=spot[0], column=spot[1])
        for reference, one in found.items()
    }


def _find_references(outbox: Outbox) -> Mapping[bytes, Mapping[bytes, UUID]]:
    """Give what stands of each case, by the part of it that it is about."""
    rows = outbox.connection.execute("SELECT case_key, part, reference FROM signal")
    found: dict[bytes, dict[bytes, UUID]] = {}
    for row in rows:
        parts = found.setdefault(bytes(row["case_key"]), {})
        parts[bytes(row["part"])] = UUID(row["reference"])
    return found


def _find_ended(outbox: Outbox) -> Mapping[tuple[bytes, bytes], Sequence[UUID]]:
    """Give under which references the parts of cases stood before."""
    found: dict[tuple[bytes, bytes], list[UUID]] = {}
    for row in outbox.connection.execute("SELECT case_key, part, reference FROM ended"):
        which = (bytes(row["case_key"]), bytes(row["part"]))
        found.setdefault(which, []).append(UUID(row["reference"]))
    return found


def _pick_ended(
    outbox: Outbox,
    ended: Mapping[tuple[bytes, bytes], Sequence[UUID]],
    case_key: bytes,
    case: Record,
) -> Sequence[UUID]:
    """Give the old references of a row: of this person and day, or of its number.

    A signal that messages told has no part; of any other, another person is another's.
    """
    parts = {b"", _find_part(outbox, case_key, case)}
    return [each for part in sorted(parts) for each in ended.get((case_key, part), ())]


def _pick(
    outbox: Outbox, parts: Mapping[bytes, UUID], case_key: bytes, case: Record
) -> UUID | None:
    """Tell rows of one number apart, where more than one stands."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    return parts.get(_find_part(outbox, case_key, case))


def _find_part(outbox: Outbox, case_key: bytes, case: Record) -> bytes:
    """Give which part of its case a row is; empty where it does not say whose."""
    if isinstance(case, Unidentified | NotBegun):
        return b""
    if not (case.bsn and case.started_on):
        return b""
    person = mark_person(outbox.key, case_key, case.bsn)
    return name_part(person, case.started_on)
