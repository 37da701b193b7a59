"""DDAS early signals of arrears (VS), exchange model v0.9 of VNG Realisatie.

A `vroegsignaal` opens a case under its ID. A `vroegsignaalzaak` with a result closes
the ones it names; it may stand anywhere in the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from sources.connectors.cases import LONGEST_NUMBER, read_case
from sources.connectors.ddas_schema import find_schema, hold_against
from sources.connectors.ddas_shv import DDAS
from sources.connectors.ddas_written import WRITTEN, read_written
from sources.connectors.fields import RawCase, RawField, RawPerson, Role
from sources.connectors.json_stream import (
    Found,
    field,
    items,
    members,
    persons,
    stream,
    text,
)
from sources.dates import parse_day
from sources.profile import Profile
from sources.values import Aside, CaseNumber, Closing, Place, Reading

_ORGANISATION: Final = "leveringen.item.aanleverende_organisatie"
_MUNICIPALITY: Final = "leveringen.item.gemeentecode"
_SIGNAL: Final = "leveringen.item.vroegsignalen.item"
_CASE: Final = "leveringen.item.vroegsignaalzaken.item"


@dataclass(slots=True)
class _Header:
    """What holds for a whole delivery of the file."""

    municipality: str = ""
    people: tuple[RawPerson, ...] = ()


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a VS delivery; raises `UnreadableFile`."""
    signals = find_schema(profile, "vroegsignalen")
    cases = find_schema(profile, "vroegsignaalzaken")
    headers, written = _find_headers(file)
    if written:
        yield (written,)
    for found in stream(file, {_SIGNAL, _CASE}):
        if found.prefix == _SIGNAL:
            header = headers.get(found.delivery, _Header())
            raw = _make_raw(found, header, today)
            reading = read_case(raw, profile, today=today)
            yield from hold_against(signals, found.value, raw.place, [reading])
        else:
            reading = _read_closings(members(found.value), profile, today)
            yield from hold_against(cases, found.value, _place(found), [reading])


def _place(found: Found) -> Place:
    kind = "vroegsignalen" if found.prefix == _SIGNAL else "vroegsignaalzaken"
    return Place(None, f"leveringen[{found.delivery}].{kind}[{found.position}]")


def _find_headers(file: BinaryIO) -> tuple[dict[int, _Header], Aside | None]:
    headers: dict[int, _Header] = {}
    written = None
    path = "aanleverende_organisatie.contactpersoonen"
    for found in stream(file, {_ORGANISATION, _MUNICIPALITY, WRITTEN}):
        if found.prefix == WRITTEN:
            written = read_written(found.value)
            continue
        header = headers.setdefault(found.delivery, _Header())
        if found.prefix == _MUNICIPALITY:
            header.municipality = text(found.value)
        else:
            row = members(found.value)
            header.people = persons(row.get("contactpersoonen"), path)
    return headers, written


def _make_raw(found: Found, header: _Header, today: date) -> RawCase:
    row = members(found.value)
    person = members(row.get("client"))
    begun = "signaaldatum" if text(row.get("signaaldatum")) else "ontstaansdatum"
    fields: dict[Role, RawField] = {
        "number": field(row, "ID"),
        "bsn": field(person, "Burgerservicenummer", "client."),
        "birth": field(person, "Geboortedatum", "client."),
        "municipality": RawField("gemeentecode", header.municipality),
        "start": field(row, begun),
        "status": field(row, "status"),
    }
    return RawCase(_place(found), fields, DDAS, header.people, today)


def _read_closings(row: Mapping[str, object], profile: Profile, today: date) -> Reading:
    result = text(row.get("resultaat"))
    closing = profile.ddas.closing_results
    if not result or (closing != "all" and result not in closing):
        return ()
    on = min(_last_act(row) or today, today)
    signals = [members(signal) for signal in items(row.get("vroegsignalen"))]
    numbers = [text(signal.get("ID")).strip() for signal in signals]
    return tuple(
        Closing(CaseNumber(number), on)
        for number in numbers
        if 0 < len(number) <= LONGEST_NUMBER
    )


def _last_act(row: Mapping[str, object]) -> date | None:
    """Give the last day on which something happened: the format has no closing date."""
    attempts = [
        members(item).get("datum") for item in items(row.get("contactpogingen"))
    ]
    days = [text(day) for day in (*attempts, row.get("datum_opgepakt"))]
    found = []
    for day in days:
        try:
            found.append(parse_day(day, DDAS.days))
        except ValueError:
            continue
    return max(found, default=None)
