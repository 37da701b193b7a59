"""The contact holder: whom a generalist calls. A function, not a case file.

A person's name is there only where the agency wants it. Texts are bounded, so that
twenty flags fit in one padded part of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Label,
    Phone,
    parse_day,
    parse_label,
    parse_list,
    parse_object,
    parse_phone,
)

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_HOURS_MAXIMUM: Final = 3
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the phone is answered: days of the week and two local times `hh:mm`."""

    days: tuple[str, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who answers when the contact holder is away."""

    function: Label
    phone: Phone
    name: Label | None = None


@dataclass(frozen=True, slots=True)
class ContactHolder:
    """A function that can be called about a signal, and how to reach it."""

    function: Label
    phone: Phone
    last_verified: date
    name: Label | None = None
    out_of_hours_phone: Phone | None = None
    office_hours: tuple[OfficeHours, ...] = ()
    deputy: Deputy | None = None
    absent_until: date | None = None


def encode_contact_holder(holder: ContactHolder) -> dict[str, object]:
    """Give the wire form; what is absent is left out."""
    deputy = holder.deputy
    wire: dict[str, object | None] = {
        "function": holder.function,
        "name": holder.name,
        "phone": holder.phone,
        "outOfHoursPhone": holder.out_of_hours_phone,
        "officeHours": [
            {"days": list(hours.days), "from": hours.opens, "to": hours.closes}
            for hours in holder.office_hours
        ],
        "deputy": None if deputy is None else _encode_deputy(deputy),
        "absentUntil": holder.absent_until and holder.absent_until.isoformat(),
        "lastVerified": holder.last_verified.isoformat(),
    }
    return {key: value for key, value in wire.items() if value is not None}


def parse_contact_holder(value: object) -> ContactHolder:
    """Give a contact holder from its wire form, or raise `InvalidField`."""
    item = parse_object(
        value,
        ("function", "phone", "lastVerified"),
        ("name", "outOfHoursPhone", "officeHours", "deputy", "absentUntil"),
        field="contactHolder",
    )
    hours = parse_list(
        item.get("officeHours", []), "officeHours", maximum=OFFICE_HOURS_MAXIMUM
    )
    deputy = item.get("deputy")
    absent = item.get("absentUntil")
    night = item.get("outOfHoursPhone")
    return ContactHolder(
        function=parse_label(item["function"], "function"),
        name=_optional_label(item),
        phone=parse_phone(item["phone"], "phone"),
        out_of_hours_phone=(
            None if night is None else parse_phone(night, "outOfHoursPhone")
        ),
        office_hours=tuple(_parse_hours(entry) for entry in hours),
        deputy=None if deputy is None else _parse_deputy(deputy),
        absent_until=None if absent is None else parse_day(absent, "absentUntil"),
        last_verified=parse_day(item["lastVerified"], "lastVerified"),
    )


def _encode_deputy(deputy: Deputy) -> dict[str, object]:
    wire: dict[str, object] = {"function": deputy.function, "phone": deputy.phone}
    return wire if deputy.name is None else {**wire, "name": deputy.name}


def _parse_deputy(value: object) -> Deputy:
    item = parse_object(value, ("function", "phone"), ("name",), field="deputy")
    return Deputy(
        function=parse_label(item["function"], "function"),
        phone=parse_phone(item["phone"], "phone"),
        name=_optional_label(item),
    )


def _optional_label(item: Mapping[str, object]) -> Label | None:
    name = item.get("name")
    return None if name is None else parse_label(name, "name")


def _parse_hours(value: object) -> OfficeHours:
    item = parse_object(value, ("days", "from", "to"), field="officeHours")
    days = parse_list(item["days"], "days", maximum=len(WEEKDAYS))
    names = tuple(day for day in WEEKDAYS if day in days)
    if not names or len(names) != len(days):
        raise InvalidField("days", "unknown-code")
    opens, closes = _parse_time(item["from"]), _parse_time(item["to"])
    if closes <= opens:
        raise InvalidField("officeHours", "before-start")
    return OfficeHours(names, opens, closes)


def _parse_time(value: object) -> str:
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        raise InvalidField("officeHours", "wrong-form")
    return value
