"""The single values on the wire: strict types, each with its form in the document.

- Each type reads its one canonical text (or takes the Python value, where we make a
  model ourselves) and writes that text again. A moment has one text more to read, what
  generated clients write: an offset of `+00:00`, and a fraction, which is left out.
- What does not fit is told by a code, never by the value.
- There is no free text. A label is short, printable and holds no run of seven digits,
  whatever stands between them: no citizen service number, mistyped ones too, no
  telephone number and no day of birth.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, NewType, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, Strict
from pydantic import WithJsonSchema as _Schema
from pydantic_core import PydanticCustomError

from keys.base64url import decode_b64u, encode_b64u
from keys.instants import write_instant
from keys.municipality import MUNICIPALITY_CODE, MunicipalityCode
from signal_index.wire.errors import FieldCode

Oin = NewType("Oin", str)
Phone = NewType("Phone", str)
Label = NewType("Label", str)
Slug = NewType("Slug", str)
Item = TypeVar("Item")

LABEL_MAXIMUM: Final = 60
ACCOUNT_MAXIMUM: Final = 200
NUMBER_MAXIMUM: Final = 2**31 - 1

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?(?:Z|\+00:00)"
)
_SECONDS: Final = len("YYYY-MM-DDThh:mm:ss")
_OIN = re.compile(r"[0-9]{20}", re.ASCII)
PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ž .,:;'\u2019&()/+\u2013-]+")
_MANY_DIGITS = re.compile(r"[0-9](?:[^A-Za-z0-9À-ÖØ-öø-ž]{0,3}[0-9]){6}")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def unfit(code: FieldCode) -> PydanticCustomError:
    """Name why a value does not fit; the value itself is not said."""
    return PydanticCustomError(code, "does not fit")


def read_uuid(value: object) -> UUID:
    """Read a UUID from its canonical, lower-case form."""
    return value if isinstance(value, UUID) else UUID(_match(_UUID, value))


def read_day(value: object) -> date:
    """Read a calendar day from `YYYY-MM-DD`."""
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(_match(_DAY, value))
    except PydanticCustomError:
        raise
    except ValueError:
        raise unfit("wrong-form") from None


def read_instant(value: object) -> datetime:
    """Read an aware moment, in UTC and whole seconds, from RFC 3339 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    text = _match(_INSTANT, value)
    try:
        return datetime.fromisoformat(text[:_SECONDS]).replace(tzinfo=UTC)
    except ValueError:
        raise unfit("wrong-form") from None


def read_oin(value: object) -> Oin:
    """Read an organisation identification number: 20 digits."""
    return Oin(_match(_OIN, value))


def read_municipality(value: object) -> MunicipalityCode:
    """Read a municipality code of Statistics Netherlands: four digits."""
    return MunicipalityCode(_match(MUNICIPALITY_CODE, value))


def read_label(value: object) -> Label:
    """Read a short text without anything like a person's number in it.

    At most 60 bytes in UTF-8, so that nineteen flags fit in one part of an answer.
    """
    if not isinstance(value, str) or not value:
        raise unfit("missing" if value is None else "not-text")
    if len(value) > LABEL_MAXIMUM or len(_utf8(value)) > LABEL_MAXIMUM:
        raise unfit("too-long")
    if _LABEL.fullmatch(value) is None or value != value.strip():
        raise unfit("wrong-form")
    if _MANY_DIGITS.search(value) is not None:
        raise unfit("looks-like-a-person-number")
    return Label(value)


def read_account(value: object) -> str:
    """Read how a user is called by the identity provider: printable, at most 200."""
    if not isinstance(value, str) or not value:
        raise unfit("missing" if value is None else "not-text")
    if len(value) > ACCOUNT_MAXIMUM:
        raise unfit("too-long")
    if not value.isprintable():  # half a surrogate pair is not
        raise unfit("wrong-form")
    return value


def read_bytes(value: object, *, length: int) -> bytes:
    """Read exactly so many bytes from canonical base64url without padding."""
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, str):
        try:
            data = decode_b64u(value)
        except ValueError:
            raise unfit("wrong-form") from None
    else:
        raise unfit("not-text")
    if len(data) != length:
        raise unfit("wrong-form")
    return data


def eleven_proof(digits: str) -> bool:
    """Tell whether nine digits could be a citizen service number."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)
    )
    return total % 11 == 0


def read_number_text(value: object) -> int:
    """Read a whole number from the decimal text of a query."""
    if type(value) is int:
        return value
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise unfit("not-a-number")
    if len(value) > 4:
        raise unfit("not-a-number")
    return int(value)


def _match(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str):
        raise unfit("missing" if value is None else "not-text")
    if pattern.fullmatch(value) is None:
        raise unfit("wrong-form")
    return value


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        raise unfit("wrong-form") from None


def _text(form: re.Pattern[str], description: str | None = None) -> Any:  # noqa: ANN401 - as pydantic has it
    """Text of one form, matched by pydantic itself: 1,000 notices hold 4,000."""
    return Field(pattern=f"^{form.pattern}$", description=description)


def _verify_uuid(value: object) -> object:
    return value if isinstance(value, UUID) else _match(_UUID, value)


def _form_b64u(length: int) -> _Schema:
    return _Schema(
        {
            "type": "string",
            "contentEncoding": "base64url",
            "pattern": f"^[A-Za-z0-9_-]{{{length}}}$",
        }
    )


Id = Annotated[
    UUID,
    BeforeValidator(_verify_uuid),
    Strict(strict=False),  # what was verified, pydantic reads: ten times as fast
    _Schema({"type": "string", "format": "uuid"}),
]
Day = Annotated[
    date, BeforeValidator(read_day), _Schema({"type": "string", "format": "date"})
]
Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    PlainSerializer(write_instant, return_type=str, when_used="json"),
    _Schema({"type": "string", "format": "date-time", "description": "In UTC"}),
]
OinText = Annotated[Oin, _text(_OIN, "OIN: 20 cijfers")]
RecordedOin = Annotated[str, _text(_OIN, "OIN: 20 cijfers")]
"""The same as it was recorded, as a text: what we answer of an organisation."""
Municipality = Annotated[
    MunicipalityCode, _text(MUNICIPALITY_CODE, "Gemeentecode (CBS)")
]
PhoneText = Annotated[Phone, _text(PHONE, "E.164")]
SlugText = Annotated[Slug, _text(_SLUG)]
LabelText = Annotated[
    Label,
    BeforeValidator(read_label),
    _Schema({"type": "string", "minLength": 1, "maxLength": LABEL_MAXIMUM}),
]
AccountText = Annotated[
    str,
    BeforeValidator(read_account),
    _Schema({"type": "string", "minLength": 1, "maxLength": ACCOUNT_MAXIMUM}),
]
Encoded16 = Annotated[
    bytes,
    BeforeValidator(lambda value: read_bytes(value, length=16)),
    PlainSerializer(encode_b64u, return_type=str, when_used="json"),
    _form_b64u(22),
]
Encoded32 = Annotated[
    bytes,
    BeforeValidator(lambda value: read_bytes(value, length=32)),
    PlainSerializer(encode_b64u, return_type=str, when_used="json"),
    _form_b64u(43),
]
SealedWhose = Annotated[
    bytes,
    BeforeValidator(lambda value: read_bytes(value, length=60)),
    PlainSerializer(encode_b64u, return_type=str, when_used="json"),
    _form_b64u(80),
]
"""Whose view it is, sealed by the index for that view (`citizens.marks`)."""
MessageToken = Annotated[
    bytes,
    BeforeValidator(lambda value: read_bytes(value, length=72)),
    PlainSerializer(encode_b64u, return_type=str, when_used="json"),
    _form_b64u(96),
]
"""Whom to write when somebody looked, sealed by the index (`citizens.messages`)."""
Content = Literal["readable", "erased", "unreadable"]
"""What can be read of an entry; `unreadable`: its row was altered."""
Count = Annotated[int, Field(ge=0, le=NUMBER_MAXIMUM)]
Number = Annotated[int, Field(ge=1, le=NUMBER_MAXIMUM)]
Digest = Annotated[str, _text(_DIGEST)]
"""A SHA-256 as `sha256sum` prints it."""
Time = Annotated[str, _text(_TIME)]
KidText = Annotated[str, _text(_KID)]
"""The name of a key that signs what an answer holds."""
SignatureText = Annotated[str, _text(_SIGNATURE)]
"""An Ed25519 signature, b64u."""
CodeText = Annotated[str, Field(min_length=1, max_length=64)]
"""A code as it was sent; only the catalogue makes an id of it."""
TicketText = Annotated[str, Field(min_length=1, max_length=2_048)]
"""A holder's ticket as it travels: a JWT, judged elsewhere."""
TicketPair = Annotated[
    list[TicketText], Field(max_length=2, json_schema_extra={"minItems": 2})
]
"""Two tickets. Fewer are read too: coming with one is refused as a ticket that does not
hold, and recorded (`api.ticket_pairs`), not as a slip of form."""
SignedText = Annotated[
    str, Field(min_length=1, max_length=2**20, description="Compact JWS, Ed25519")
]


def _distinct(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


Categories = Annotated[
    list[SlugText], Field(min_length=1, max_length=64), AfterValidator(_distinct)
]
Municipalities = Annotated[
    list[Municipality], Field(min_length=1, max_length=400), AfterValidator(_distinct)
]


def _verify_yes(value: object) -> object:
    if value is not True:  # to Python 1 is true as well, and to a Literal
        raise unfit("unknown-code")
    return value


Yes = Annotated[Literal[True], BeforeValidator(_verify_yes)]
"""What somebody must say, and can only say yes to."""
