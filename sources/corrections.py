"""Corrections and objections of citizens about our own signals: what waits for us.

The index names our own reference and a code, never the citizen. Only we can tell which
case that is: a registration read with its profile is held against the outbox, and the
line in it is named; no number is shown or written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from signal_index.wire.corrections import OwnCorrection
from sources.connectors import read_file
from sources.errors import UnreadableFile
from sources.outbox.registrations import find_marked_as
from sources.outbox.staging import mark_case
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex
from sources.values import Case, Place, Unidentified


async def fetch_waiting(index: HttpIndex) -> Sequence[OwnCorrection]:
    """Read all that waits for our answer, the most urgent first."""
    found: list[OwnCorrection] = []
    cursor: UUID | None = None
    while True:
        page = await index.fetch_corrections(cursor)
        found += page.items
        if page.next is None or not page.items:
            return sorted(found, key=lambda one: (one.dueOn, one.id))
        cursor = page.next


def find_records(
    outbox: Outbox, file: Path, profile: Profile, today: date
) -> Mapping[UUID, Place]:
    """Give where the cases of a registration stand, by the reference we published.

    Raises `UnreadableFile`.
    """
    rows = outbox.connection.execute("SELECT case_key, reference FROM signal")
    references = {bytes(row["case_key"]): UUID(row["reference"]) for row in rows}
    found: dict[UUID, Place] = {}
    name = find_marked_as(outbox, profile.name)
    try:
        with file.open("rb") as stream:
            for reading in read_file(stream, profile, today=today):
                for case in reading:
                    if isinstance(case, Case | Unidentified):
                        key = mark_case(outbox.key, name, case.key)
                        if key in references:
                            found[references[key]] = case.place
    except OSError:
        raise UnreadableFile("Het bestand is niet te openen.") from None
    return found
