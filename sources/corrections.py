"""Corrections and objections of citizens about our own signals: what waits for us.

The index names our own reference and a code, never the citizen. Only we can tell which
case that is: a registration read with its profile is held against the outbox, and the
line in it is named; no number is shown or written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sources.connectors import read_file
from sources.errors import IndexRefused, UnreadableFile
from sources.outbox.staging import mark_case
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex
from sources.values import Case, Place


class OwnCorrection(BaseModel):
    """One correction or objection, as docs/wire-formats.md has it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    id: UUID
    reference: str
    kind: str
    reason: str
    reason_label: str
    signal_reference: UUID
    category: str
    category_label: str
    received_on: date
    due_on: date
    is_late: bool
    is_restricted: bool


class _Page(BaseModel):
    items: list[OwnCorrection]
    next: UUID | None


async def fetch_waiting(index: HttpIndex) -> Sequence[OwnCorrection]:
    """Give all that waits for our answer, the most urgent first.

    Raises `IndexRefused` for an answer that is not one.
    """
    found: list[OwnCorrection] = []
    cursor: UUID | None = None
    while True:
        try:
            page = _Page.model_validate_json(await index.fetch_corrections(cursor))
        except ValidationError:
            raise IndexRefused(200, "unreadable-answer") from None
        found += page.items
        if page.next is None or not page.items:
            return sorted(found, key=lambda one: (one.due_on, one.id))
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
    try:
        with file.open("rb") as stream:
            for reading in read_file(stream, profile, today=today):
                for case in reading:
                    if isinstance(case, Case):
                        key = mark_case(outbox.key, profile.name, case.key)
                        if key in references:
                            found[references[key]] = case.place
    except OSError:
        raise UnreadableFile("Het bestand is niet te openen.") from None
    return found
