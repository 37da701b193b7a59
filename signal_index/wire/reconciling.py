"""A source and the index find out what differs, by digests (`notice.reconciling`).

The salt is the caller's and new each time, so that digests of two days do not join.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from keys.base64url import decode_b64u
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Categories,
    Count,
    Day,
    Encoded16,
    Encoded32,
    Id,
    Municipalities,
    Number,
    OinText,
)

BITS_MAXIMUM = 12
MARK_BYTES = 16
BUCKETS_ASKED_MAXIMUM = 64

Bits = Annotated[int, Field(ge=1, le=BITS_MAXIMUM)]


class ReconcilingScope(RequestModel):
    """Which signals are compared: those of one source that stand on a day."""

    source: OinText
    categories: Categories
    municipalities: Municipalities
    outbox: Id | None = Field(
        default=None,
        description="Alleen signalen uit dit postvak, en die van geen enkel",
    )
    on: Day = Field(description="Welke dag er vergeleken wordt: vandaag")
    salt: Encoded16 = Field(description="16 willekeurige bytes, elke keer nieuw")


class Comparison(ReconcilingScope):
    """How many signals the source has in this scope, and their digest."""

    count: Count
    digest: Encoded32


class BucketQuestion(ReconcilingScope):
    """Which buckets the source asks in full."""

    bits: Bits
    buckets: Annotated[list[Count], Field(max_length=BUCKETS_ASKED_MAXIMUM)]

    @model_validator(mode="after")
    def _asks_buckets_that_exist(self) -> BucketQuestion:
        if any(number >> self.bits for number in self.buckets):
            raise InvalidField("buckets", "out-of-range")
        return self


class MarkedSignal(AnswerModel):
    """A signal that stands at one side."""

    reference: Id
    version: Number


class Compared(AnswerModel):
    """Equal, and recorded in an entry; or the index's digest of each bucket.

    `buckets` holds 16 bytes for each of the 2^bits buckets, joined, in base64url.
    """

    equal: bool
    count: Count
    entryId: Id | None = None
    bits: Bits | None = None
    buckets: str | None = None

    @model_validator(mode="after")
    def _tells_each_bucket(self) -> Compared:
        if not self.equal:
            _ = self.digests
        return self

    @property
    def digests(self) -> list[bytes]:
        """The digest of each bucket in turn, or `InvalidField` where some lack."""
        try:
            joined = decode_b64u(self.buckets or "")
        except ValueError as error:
            raise InvalidField("buckets", "wrong-form") from error
        if self.bits is None or len(joined) != MARK_BYTES << self.bits:
            raise InvalidField("buckets", "wrong-form")
        at = range(0, len(joined), MARK_BYTES)
        return [joined[i : i + MARK_BYTES] for i in at]


class Buckets(AnswerModel):
    """The source's own signals in the buckets that it asked."""

    signals: list[MarkedSignal]
