"""DDAS debt help (SHV), exchange model v1.0 of VNG Realisatie.

A trajectory has one or two clients: one signal each. It has no case number, so that a
case is known by its natural key. The contact persons belong to the delivering
organisation and may stand behind its trajectories: a first pass finds them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO, Final

from sources.connectors.cases import read_case
from sources.connectors.ddas_schema import find_schema, hold_against
from sources.connectors.ddas_written import WRITTEN, read_written
from sources.connectors.fields import Dialect, RawCase, RawField, RawPerson, Role
from sources.connectors.json_stream import (
    Found,
    field,
    items,
    members,
    persons,
    stream,
    text,
)
from sources.layouts import ISO_DAYS
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Aside, Place, Reading, Reject

DDAS: Final = Dialect(ISO_DAYS)
_ORGANISATION: Final = "leveringen.item.aanleverende_organisatie"
_TRAJECTORY: Final = "leveringen.item.schuldhulptrajecten.item"


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of an SHV delivery; raises `UnreadableFile`."""
    schema = find_schema(profile, "schuldhulptrajecten")
    people, written = _find_people(file)
    if written:
        yield (written,)
    for found in stream(file, {_TRAJECTORY}):
        readings = list(_read_trajectory(found, people, profile, today))
        yield from hold_against(schema, found.value, _place(found), readings)


def _place(found: Found) -> Place:
    path = f"leveringen[{found.delivery}].schuldhulptrajecten[{found.position}]"
    return Place(None, path)


def _find_people(
    file: BinaryIO,
) -> tuple[dict[int, tuple[RawPerson, ...]], Aside | None]:
    path = "aanleverende_organisatie.contactpersonen"
    people, written = {}, None
    for found in stream(file, {_ORGANISATION, WRITTEN}):
        if found.prefix == WRITTEN:
            written = read_written(found.value)
        else:
            listed = members(found.value).get("contactpersonen")
            people[found.delivery] = persons(listed, path)
    return people, written


def _read_trajectory(
    found: Found,
    people: Mapping[int, tuple[RawPerson, ...]],
    profile: Profile,
    today: date,
) -> Iterator[Reading]:
    path = _place(found).record
    row = members(found.value)
    clients = items(row.get("client"))
    if not 1 <= len(clients) <= 2:
        yield (Reject(Place(None, path), "client", Reason.RECORD_MALFORMED),)
        return
    of_all: dict[Role, RawField] = {
        "municipality": field(row, "gemeentecode"),
        "start": _find_start(row, profile),
        "end": _find_end(row),
    }
    for index, client in enumerate(clients):
        person, place = members(client), Place(None, f"{path}.client[{index}]")
        fields: dict[Role, RawField] = {
            "bsn": field(person, "Burgerservicenummer", f"client[{index}]."),
            "birth": field(person, "Geboortedatum", f"client[{index}]."),
            **of_all,
        }
        raw = RawCase(place, fields, DDAS, people.get(found.delivery, ()), today)
        yield read_case(raw, profile, today=today)


def _find_start(row: Mapping[str, object], profile: Profile) -> RawField:
    for name in profile.ddas.opens:
        first, _, rest = name.partition(".")
        value = members(row.get(first)).get(rest) if rest else row.get(first)
        if text(value):
            return RawField(name, text(value))
    return RawField(profile.ddas.opens[0], "")


def _find_end(row: Mapping[str, object]) -> RawField:
    end = field(row, "einddatum")
    if end.text or end.is_number:
        return end
    outflow = row.get("uitstroom")
    if outflow is not None and not isinstance(outflow, dict):
        return RawField("uitstroom", "", is_number=True)
    return field(members(outflow), "datum", "uitstroom.")
