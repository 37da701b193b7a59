"""CloudEvents (NL GOV profile 1.0): an event says that a case began, changed or ended.

    type      by the profile: opens, closes, retracts (it never was), or is ignored
    source    must be one that the profile names
    data      where the columns of the profile point: `data.inwoner.bsn`

A file holds one event or a batch of them (`application/cloudevents-batch+json`); what
is received comes through `intake.event_box`, one by one. What an event holds is not
for the standard to say, so the profile maps it. `time` orders what arrives anyhow.

Source: Logius, NL GOV profile for CloudEvents 1.0; CNCF, CloudEvents 1.0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import BinaryIO, Final

from signal_index.wire.signals import WithdrawalReason
from sources.connectors.cases import read_case, read_closing
from sources.connectors.fields import RawCase
from sources.connectors.json_stream import members, stream
from sources.connectors.mapped import (
    find_names,
    make_dialect,
    make_field,
    write_cell,
)
from sources.errors import UnreadableFile
from sources.layouts import ISO_DAYS, EventLayout
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Case, Closing, Place, Reading, Reject, Skipped

SPECIFICATION: Final = "1.0"
LONGEST_NAME: Final = 300
_BLANKS: Final = b" \t\r\n\xef\xbb\xbf"


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of an event or a batch; raises `UnreadableFile`."""
    file.seek(0)
    is_batch = file.read(64).lstrip(_BLANKS).startswith(b"[")
    found = stream(file, {"item" if is_batch else ""})
    for count, each in enumerate(found, start=1):
        at = (Place(None, f"gebeurtenis {count}"), today)
        yield read_event(members(each.value), profile, at)


def read_event(
    event: Mapping[str, object], profile: Profile, at: tuple[Place, date]
) -> Reading:
    """Give what one event means, which stands `at` a place and is read on a day."""
    layout = profile.events
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen gebeurtenissen.")
    place, today = at
    name = find_fault(event)
    if name:
        return (Reject(place, name, Reason.RECORD_MALFORMED),)
    if event["source"] not in layout.sources:
        return (Reject(place, "source", Reason.CODE_UNKNOWN),)
    moment = _read_time(event)
    raw = _make_raw(event, layout, place)
    reading = _read_type(str(event["type"]), raw, profile, today)
    stamp = "" if moment is None else _write_precisely(moment)
    return tuple(
        replace(each, told_at=stamp) if isinstance(each, Case | Closing) else each
        for each in reading
    )


def _write_precisely(moment: datetime) -> str:
    """Write it as text that sorts, to the microsecond."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def find_fault(event: Mapping[str, object]) -> str:
    """Give the attribute that is missing or wrong, or an empty text.

    A `time` without a zone is no time of RFC 3339: two events an hour apart could
    change places, and the earlier word would count as the last.
    """
    if event.get("specversion") != SPECIFICATION:
        return "specversion"
    for name in ("id", "source", "type"):
        value = event.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
            return name
    if event.get("time") is not None and _read_time(event) is None:
        return "time"
    return ""


def _read_type(kind: str, raw: RawCase, profile: Profile, today: date) -> Reading:
    layout = profile.events
    if layout is None or kind in layout.ignores:
        return (Skipped(),)
    if kind in layout.closes:
        return read_closing(raw, profile, WithdrawalReason.ENDED, today=today)
    if kind in layout.retracts:
        error = WithdrawalReason.ENTERED_IN_ERROR
        return read_closing(raw, profile, error, today=today)
    if kind in layout.opens:
        return read_case(raw, profile, today=today)
    return (Reject(raw.place, "type", Reason.CODE_UNKNOWN),)


def _make_raw(
    event: Mapping[str, object], layout: EventLayout, place: Place
) -> RawCase:
    fields = {
        role: make_field(path, write_cell(_find_value(event, path)))
        for role, path in find_names(layout.columns).items()
    }
    return RawCase(place, fields, make_dialect(layout, typed=ISO_DAYS))


def _find_value(event: Mapping[str, object], path: str) -> object:
    found: object = event
    for name in path.split("."):
        found = members(found).get(name)
    return found


def _read_time(event: Mapping[str, object]) -> datetime | None:
    """Give when an event was recorded (RFC 3339), in UTC, where it says so."""
    try:
        moment = datetime.fromisoformat(str(event.get("time", "")))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # before the first year in UTC
        return None
