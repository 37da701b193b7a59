"""What a key holder reads and answers over HTTP: a model each, for both sides.

The holder reads and writes with these, and so do its clients; its OpenAPI document is
made from them (`keys.holder.document`). Members are named as on the wire; one that is
unknown is refused, in an answer too: a holder and its clients are of one version.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from keys.request import MAX_POINTS
from keys.validity import KeyValidity

POINT_CHARACTERS: Final = 43
_REQUEST_CHARACTERS: Final = 4096
_SIGNED_REQUEST: Final = "Compact JWS van de organisatie, typ signal-request+jwt"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _encoded(characters: int, said: str) -> WithJsonSchema:
    """Say the form of encoded bytes; whoever decodes them judges it, one spelling."""
    pattern = f"^[A-Za-z0-9_-]{{{characters}}}$"
    encoding = {"type": "string", "contentEncoding": "base64url"}
    return WithJsonSchema({**encoding, "pattern": pattern, "description": said})


PointText = Annotated[
    str,
    Field(max_length=POINT_CHARACTERS),
    _encoded(POINT_CHARACTERS, "Een punt op ristretto255"),
]
_Number = Annotated[int, Field(strict=True)]


class EvaluationRequest(_Wire):
    """Blinded points, and the request for them that an organisation signed (JWS)."""

    request: Annotated[
        str, Field(max_length=_REQUEST_CHARACTERS, description=_SIGNED_REQUEST)
    ]
    points: Annotated[list[PointText], Field(min_length=1, max_length=MAX_POINTS)]


class EvaluationAnswer(_Wire):
    """The points evaluated, with one proof for all; no ticket for publishing."""

    holder: _Number
    keyVersion: _Number
    epoch: _Number
    evaluations: Annotated[list[PointText], Field(max_length=MAX_POINTS)]
    proof: Annotated[str, _encoded(86, "RFC 9497: c en s")]
    ticket: str | None = Field(default=None, repr=False)


class OwnRegistration(_Wire):
    """How the source that asks is registered with this holder."""

    holder: str
    organisation: str
    name: str
    declaredCaseload: _Number


class RefusedStatement(_Wire):
    """Who may have nothing evaluated now, signed by the index (JWS)."""

    statement: Annotated[str, Field(max_length=200_000)]


class RefusedTaken(_Wire):
    """How many are refused from now on."""

    count: _Number


class HolderHealth(_Wire):
    """That a holder can answer, and with which share; `warning`: that one ends."""

    status: Literal["ok", "warning"]
    holder: _Number
    keyVersion: _Number
    epoch: _Number
    keyConfig: KeyValidity


class HolderProblem(_Wire):
    """A refusal (RFC 9457): what is wrong and what to do about it, in Dutch."""

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
