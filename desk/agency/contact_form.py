"""Read the form of a contact holder; phone numbers as people write them here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import phonenumbers
from starlette.datastructures import FormData

from desk.moments import format_day
from desk.numbers import write_phone
from signal_index.wire.contact_holders import WEEKDAYS, ContactHolder

DAYS: Final = WEEKDAYS
HOURS: Final = ("", "-2", "-3")
"""How the fields of each set of hours end: as many as a contact holder may have."""
Faults = Mapping[str, str]
_HOME: Final = "NL"


def read_contact(
    form: FormData, last_verified: str
) -> tuple[dict[str, object], Faults]:
    """Give the wire form of what was typed, and a text key per field that is wrong.

    The index judges every field anew; here only what can be said without it. A number
    that cannot exist is refused, as a profile refuses it: nobody could call it.
    """
    faults: dict[str, str] = {}
    wire: dict[str, object] = {
        "function": _text(form, "function"),
        "phone": _phone(_text(form, "phone")),
        "officeHours": _hours(form),
        "lastVerified": last_verified,
    }
    for field in ("function", "phone"):
        if not wire[field]:
            faults[field] = "contact.fault." + field
    if _is_wrong(form, "outOfHoursPhone"):
        faults["outOfHoursPhone"] = "contact.fault.outOfHoursPhone"
    optional = {
        "name": _text(form, "name"),
        "outOfHoursPhone": _phone(_text(form, "outOfHoursPhone")),
        "absentUntil": _text(form, "absentUntil"),
    }
    wire |= {field: value for field, value in optional.items() if value}
    deputy = _read_deputy(form)
    if _is_wrong(form, "deputyPhone"):
        faults["deputy"] = "contact.fault.deputy"
    if deputy:
        wire["deputy"] = deputy
        if not deputy.get("function") or not deputy.get("phone"):
            faults["deputy"] = "contact.fault.deputy"
    return wire, faults


def find_changes(
    form: FormData, stands: ContactHolder, text: Callable[..., str]
) -> Iterator[str]:
    """Say of each field what stands, where the form says something else."""
    typed, _ = read_contact(form, stands.lastVerified.isoformat())
    there = stands.model_dump(mode="json", exclude_none=True)
    for field, words in _WORDS.items():
        if _bare(typed.get(field)) != _bare(there.get(field)):
            said = _say(field, there.get(field), text)
            yield f"{text(words)}: {said or text('contact.changed.nothing')}"


_WORDS: Final = {
    "function": "contact.field.function",
    "name": "contact.field.name",
    "phone": "contact.field.phone",
    "outOfHoursPhone": "contact.field.outOfHoursPhone",
    "officeHours": "contact.hours",
    "absentUntil": "contact.field.absentUntil",
    "deputy": "contact.deputy",
}


def _bare(value: Any) -> Any:  # noqa: ANN401 - of any field
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if one}
    return value or None


def _say(field: str, value: Any, text: Callable[..., str]) -> str:  # noqa: ANN401 - of any field
    if not value:
        return ""
    match field:
        case "phone" | "outOfHoursPhone":
            return write_phone(value)
        case "absentUntil":
            return format_day(date.fromisoformat(value))
        case "deputy":
            who = [value["function"], value.get("name"), write_phone(value["phone"])]
            return ", ".join(one for one in who if one)
        case "officeHours":
            return "; ".join(
                ", ".join(text(f"contact.day.{day}") for day in one["days"])
                + f" {one['from']}-{one['to']}"
                for one in value
            )
        case _:
            return str(value)


def _read_deputy(form: FormData) -> dict[str, str]:
    found = {
        "function": _text(form, "deputyFunction"),
        "name": _text(form, "deputyName"),
        "phone": _phone(_text(form, "deputyPhone")),
    }
    return {field: value for field, value in found.items() if value}


def _hours(form: FormData) -> list[dict[str, object]]:
    """Give every set of hours of the form; one without days is taken away."""
    return [
        {"days": days, "from": _text(form, f"from{n}"), "to": _text(form, f"until{n}")}
        for n in HOURS
        if (days := [day for day in DAYS if form.get(f"day-{day}{n}")])
    ]


def _phone(text: str) -> str:
    """Give E.164 from a number as it stands on a letter, empty where it is none.

    A letter is never a digit, and an extension is no part of a number.
    """
    if any(sign.isalpha() for sign in text):
        return ""
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_wrong(form: FormData, name: str) -> bool:
    """Tell whether something was typed that is no number."""
    typed = _text(form, name)
    return bool(typed) and not _phone(typed)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
