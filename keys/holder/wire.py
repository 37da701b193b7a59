"""What is signed and sent to a holder: the claims, and points from their text.

Unknown members are refused. The bodies themselves are models of `keys.wire`.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from keys.base64url import decode_b64u
from keys.holder.errors import RequestMalformed
from keys.request import MAX_POINTS, POINT_BYTES, Act

Positive = Annotated[int, Field(strict=True, ge=1, lt=2**32)]
Index = Annotated[int, Field(strict=True, ge=1, le=255)]
NumericDate = Annotated[int, Field(strict=True, ge=0, lt=2**40)]
Oin = Annotated[str, Field(pattern=r"^[0-9]{20}$")]


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class EvaluationClaims(_Claims):
    """What an organisation signs to have points evaluated."""

    iss: Oin
    aud: str
    sub: Annotated[str, Field(min_length=1, max_length=256)]
    act: Act
    count: Annotated[int, Field(strict=True, ge=1, le=MAX_POINTS)]
    key_version: Positive
    epoch: Positive
    pair: tuple[Index, ...]
    req: str
    iat: NumericDate
    exp: NumericDate
    jti: UUID


class PlainClaims(_Claims):
    """What is signed to ask something that evaluates nothing."""

    iss: Oin
    aud: str
    act: str
    iat: NumericDate
    exp: NumericDate
    jti: UUID


class StatementClaims(PlainClaims):
    """What an auditor signs to get the statement of a day."""

    act: Literal["statement"]
    day: date


class RegistrationClaims(PlainClaims):
    """What a source signs to hear how it is registered here."""

    act: Literal["registration"]


def parse_points(encoded: list[str]) -> tuple[bytes, ...]:
    """Decode points, or raise `RequestMalformed`; one spelling each is accepted."""
    return tuple(_point(text) for text in encoded)


def _point(text: str) -> bytes:
    try:
        point = decode_b64u(text)
    except ValueError:
        raise RequestMalformed from None
    if len(point) != POINT_BYTES:
        raise RequestMalformed
    return point
