"""Parse the single values in a source's message: strict, typed, without echo.

- Every function takes what `parse_json` gave and returns a type or raises
  `InvalidField`, which names the field and a code, never the value.
- A field we do not know is refused, and its name is not repeated either.
- The forms themselves stand in `signal_index.wire.values`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic_core import PydanticCustomError

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from signal_index.wire import values
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import code_of, parse_json
from signal_index.wire.values import (
    LABEL_MAXIMUM,
    NUMBER_MAXIMUM,
    Label,
    Oin,
    Phone,
    Slug,
    eleven_proof,
    encode_instant,
)

__all__ = [
    "LABEL_MAXIMUM",
    "NUMBER_MAXIMUM",
    "Label",
    "MunicipalityCode",
    "Oin",
    "Phone",
    "Slug",
    "eleven_proof",
    "encode_b64u",
    "encode_instant",
    "parse_b64u",
    "parse_bool",
    "parse_day",
    "parse_instant",
    "parse_int",
    "parse_json",
    "parse_label",
    "parse_list",
    "parse_municipality",
    "parse_object",
    "parse_oin",
    "parse_phone",
    "parse_slug",
    "parse_text",
    "parse_uuid",
]

Value = TypeVar("Value")


def parse_object(
    value: object,
    required: Collection[str],
    optional: Collection[str] = (),
    *,
    field: str = "body",
) -> Mapping[str, object]:
    """Give an object that has the required keys and no unknown ones."""
    if not isinstance(value, dict):
        raise InvalidField(field, "not-an-object")
    for key in required:
        if key not in value:
            raise InvalidField(key, "missing")
    if len(value) > len(required) and any(
        key not in required and key not in optional for key in value
    ):
        raise InvalidField(field, "unknown-field")
    return value


def parse_list(value: object, field: str, *, maximum: int) -> list[object]:
    """Give a list of at most so many items."""
    if not isinstance(value, list):
        raise InvalidField(field, "not-a-list")
    if len(value) > maximum:
        raise InvalidField(field, "too-many")
    return value


def parse_text(value: object, field: str, *, maximum: int) -> str:
    """Give a string that is not empty and not longer than allowed."""
    if not isinstance(value, str) or not value:
        raise InvalidField(field, "not-text")
    if len(value) > maximum:
        raise InvalidField(field, "too-long")
    return value


def parse_bool(value: object, field: str) -> bool:
    """Give yes or no; anything else, 0 and 1 too, is refused."""
    if not isinstance(value, bool):
        raise InvalidField(field, "not-yes-or-no")
    return value


def parse_int(value: object, field: str, *, minimum: int = 0) -> int:
    """Give a whole number within 31 bits; a boolean is none."""
    if type(value) is not int:
        raise InvalidField(field, "not-a-number")
    if not minimum <= value <= NUMBER_MAXIMUM:
        raise InvalidField(field, "out-of-range")
    return value


def parse_uuid(value: object, field: str) -> UUID:
    """Read a UUID from its canonical, lower-case form."""
    return _read(values.read_uuid, value, field)


def parse_day(value: object, field: str) -> date:
    """Read a calendar day from `YYYY-MM-DD`."""
    return _read(values.read_day, value, field)


def parse_instant(value: object, field: str) -> datetime:
    """Read an aware UTC moment from `YYYY-MM-DDThh:mm:ssZ`."""
    return _read(values.read_instant, value, field)


def parse_oin(value: object, field: str) -> Oin:
    """Read an organisation identification number: 20 digits."""
    return _read(values.read_oin, value, field)


def parse_municipality(value: object, field: str) -> MunicipalityCode:
    """Read a municipality code of Statistics Netherlands: four digits."""
    return _read(values.read_municipality, value, field)


def parse_slug(value: object, field: str) -> Slug:
    """Read an id from one of our lists: lower-case words with hyphens."""
    return _read(values.read_slug, value, field)


def parse_phone(value: object, field: str) -> Phone:
    """Read a telephone number in E.164."""
    return _read(values.read_phone, value, field)


def parse_label(value: object, field: str) -> Label:
    """Read a short text without anything like a person's number in it."""
    return _read(values.read_label, value, field)


def parse_b64u(value: object, field: str, *, length: int) -> bytes:
    """Read exactly so many bytes from canonical base64url without padding."""
    try:
        return values.read_bytes(value, length=length)
    except PydanticCustomError as error:
        raise InvalidField(field, code_of(error.type)) from None


def _read(read: Callable[[object], Value], value: object, field: str) -> Value:
    try:
        return read(value)
    except PydanticCustomError as error:
        raise InvalidField(field, code_of(error.type)) from None
