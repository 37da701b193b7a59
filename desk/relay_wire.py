"""What only the relay reads and answers; the rest are models of index and key holder.

Members are named as on the wire.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from signal_index.wire.lookups import HOUSEHOLD_MAXIMUM, LookupTerms
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.problem import Ground
from signal_index.wire.values import Encoded32, Id, Number

PREFIX: Final = "/relay/v1"
API_VERSION: Final = "1.0.0"
"""Of what is on the relay's wire; goes up with every change that a caller can see."""

_Index = Annotated[int, Field(ge=1, le=255)]


class RelayedEvaluation(RequestModel):
    """Points for one holder of a pair; the desk signs the request for them."""

    holder: _Index
    act: Literal["lookup", "officer-search"]
    pair: Annotated[list[_Index], Field(min_length=2, max_length=2)]
    keyVersion: Number
    epoch: Number
    points: Annotated[
        list[Encoded32], Field(min_length=1, max_length=HOUSEHOLD_MAXIMUM)
    ]


class RelayedLookup(LookupTerms):
    """What the index is asked, with the plain case number of this organisation."""

    caseReference: Annotated[str, Field(max_length=64)] | None = None


class PinnedKeys(AnswerModel):
    """The config keys (JWK) that this organisation pinned, in order of holder."""

    pins: list[dict[str, Any]]
    acceptedKeyOrigin: Literal["dealt", "distributed"]


class RelayFieldError(AnswerModel):
    """One field that is wrong; `message` where the index looked at it."""

    field: str
    code: str
    message: str | None = None


class RelayProblem(AnswerModel):
    """A refusal (RFC 9457) of the desk, or that of index or key holder, unchanged.

    `reference` is what a helpdesk finds it by, for a problem of the desk itself.
    """

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
    reference: str | None = None
    errors: list[RelayFieldError] = Field(default_factory=list)
    entryIds: list[Id] = Field(default_factory=list)
    grounds: list[Ground] = Field(default_factory=list)
