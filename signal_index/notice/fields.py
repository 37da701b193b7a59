"""Parse the single values in a source's message: strict, typed, without echo.

- Every function takes what `json.loads` gave and returns a type or raises
  `InvalidField`, which names the field and a code, never the value.
- A field we do not know is refused, and its name is not repeated either.
- There is no free text. A label is short, printable and holds no number that could
  be a citizen service number (`eleven_proof`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import NewType, NoReturn
from uuid import UUID

from keys.base64url import decode_b64u
from keys.municipality import MUNICIPALITY_CODE, MunicipalityCode
from signal_index.notice.errors import InvalidField

Oin = NewType("Oin", str)
Phone = NewType("Phone", str)
Label = NewType("Label", str)
Slug = NewType("Slug", str)

LABEL_MAXIMUM = 60
VERSION_MAXIMUM = 2**31 - 1

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_OIN = re.compile(r"[0-9]{20}", re.ASCII)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ž .,:;'\u2019&()/+\u2013-]+")
_NINE_DIGITS = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])", re.ASCII)
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def parse_json(data: bytes | str) -> object:
    """Read one JSON value; refuse doubled keys, NaN and what is not JSON at all."""
    try:
        value: object = json.loads(
            data, object_pairs_hook=_pairs, parse_constant=_constant
        )
    except (ValueError, RecursionError) as error:
        raise InvalidField("body", "not-json") from error
    return value


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
    if not minimum <= value <= VERSION_MAXIMUM:
        raise InvalidField(field, "out-of-range")
    return value


def parse_uuid(value: object, field: str) -> UUID:
    """Give a UUID from its canonical, lower-case form."""
    return UUID(_match(_UUID, value, field))


def parse_day(value: object, field: str) -> date:
    """Give a calendar day from `YYYY-MM-DD`."""
    try:
        return date.fromisoformat(_match(_DAY, value, field))
    except ValueError as error:
        raise InvalidField(field, "wrong-form") from error


def parse_instant(value: object, field: str) -> datetime:
    """Give an aware UTC moment from `YYYY-MM-DDThh:mm:ssZ`."""
    text = _match(_INSTANT, value, field)
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidField(field, "wrong-form") from error


def parse_oin(value: object, field: str) -> Oin:
    """Give an organisation identification number: 20 digits."""
    return Oin(_match(_OIN, value, field))


def parse_municipality(value: object, field: str) -> MunicipalityCode:
    """Give a municipality code of Statistics Netherlands: four digits."""
    return MunicipalityCode(_match(MUNICIPALITY_CODE, value, field))


def parse_slug(value: object, field: str) -> Slug:
    """Give an id from one of our lists: lower-case words with hyphens."""
    return Slug(_match(_SLUG, value, field))


def parse_phone(value: object, field: str) -> Phone:
    """Give a telephone number in E.164."""
    return Phone(_match(_PHONE, value, field))


def parse_label(value: object, field: str) -> Label:
    """Give a short text without anything like a person's number in it.

    At most 60 bytes in UTF-8, so that twenty flags fit in one part of an answer.
    """
    text = parse_text(value, field, maximum=LABEL_MAXIMUM)
    if len(text.encode()) > LABEL_MAXIMUM:
        raise InvalidField(field, "too-long")
    if _LABEL.fullmatch(text) is None or text != text.strip():
        raise InvalidField(field, "wrong-form")
    if any(eleven_proof(run) for run in _NINE_DIGITS.findall(text)):
        raise InvalidField(field, "looks-like-a-person-number")
    return Label(text)


def parse_b64u(value: object, field: str, *, length: int) -> bytes:
    """Give exactly so many bytes from canonical base64url without padding."""
    if not isinstance(value, str):
        raise InvalidField(field, "not-text")
    try:
        data = decode_b64u(value)
    except ValueError as error:
        raise InvalidField(field, "wrong-form") from error
    if len(data) != length:
        raise InvalidField(field, "wrong-form")
    return data


def encode_instant(moment: datetime) -> str:
    """Give the RFC 3339 form in UTC, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def eleven_proof(digits: str) -> bool:
    """Tell whether nine digits could be a citizen service number."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)
    )
    return total % 11 == 0


def _match(pattern: re.Pattern[str], value: object, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidField(field, "missing" if value is None else "not-text")
    if pattern.fullmatch(value) is None:
        raise InvalidField(field, "wrong-form")
    return value


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise InvalidField("body", "doubled-field")
    return result


def _constant(_: str) -> NoReturn:
    raise InvalidField("body", "not-json")
