"""What a population register says about a person: died, moved away, moved in again.

One event touches the signals of every source about that person in that municipality.
Like a notice it names nobody: what is signed holds a salted commitment to N, and N and
salt travel beside it, are checked on arrival and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Oin,
    parse_b64u,
    parse_day,
    parse_municipality,
    parse_object,
    parse_oin,
    parse_slug,
    parse_uuid,
)
from signal_index.notice.messages import COMMITMENT_BYTES

_EVENT: Final = ("event", "source", "subject", "kind", "municipality", "on")


class PersonEventKind(StrEnum):
    """What happened to the person."""

    DECEASED = "deceased"
    MOVED_AWAY = "moved-away"
    MOVED_IN = "moved-in"


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """One event; `event` is the register's own random UUID for it."""

    event: UUID
    source: Oin
    subject: bytes
    kind: PersonEventKind
    municipality: MunicipalityCode
    on: date


def encode_person_event(event: PersonEvent) -> dict[str, object]:
    """Give the wire form of an event, as it is signed."""
    return {
        "event": str(event.event),
        "source": event.source,
        "subject": encode_b64u(event.subject),
        "kind": event.kind.value,
        "municipality": event.municipality,
        "on": event.on.isoformat(),
    }


def parse_person_event(value: object) -> PersonEvent:
    """Give an event from its wire form, or raise `InvalidField`."""
    item = parse_object(value, _EVENT, field="event")
    try:
        kind = PersonEventKind(parse_slug(item["kind"], "kind"))
    except ValueError as error:
        raise InvalidField("kind", "unknown-code") from error
    return PersonEvent(
        event=parse_uuid(item["event"], "event"),
        source=parse_oin(item["source"], "source"),
        subject=parse_b64u(item["subject"], "subject", length=COMMITMENT_BYTES),
        kind=kind,
        municipality=parse_municipality(item["municipality"], "municipality"),
        on=parse_day(item["on"], "on"),
    )
