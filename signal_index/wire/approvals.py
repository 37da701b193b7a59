"""Second pairs of eyes: what waits for another person, and deciding it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import Account
from signal_index.wire.values import Digest, Id, Instant

ApprovalKind = Literal[
    "policy-activation", "embargo", "specific-report", "transfer", "contact-label"
]


RefusalReason = Literal["incorrect", "too-wide", "not-now", "to-be-discussed"]
"""Why somebody refuses: it is wrong, it goes too far, not now, we must talk first."""


class ApprovalDecision(RequestModel):
    """Approve what another person asked, or refuse it; one's own is withdrawn so.

    Who refuses may say why. Who approves says what they read: `shown` of a transfer,
    `digest` of the approval of anything else.
    """

    decision: Literal["approved", "refused"]
    reason: RefusalReason | None = None
    shown: Digest | None = None

    @model_validator(mode="after")
    def _says_what_goes_with_it(self) -> ApprovalDecision:
        if self.decision == "approved" and self.reason is not None:
            raise InvalidField("reason", "not-allowed")
        if self.decision == "approved" and self.shown is None:
            raise InvalidField("shown", "missing")
        return self


class Approval(AnswerModel):
    """What waits, or was decided; `digest` is the SHA-256 of exactly what happens.

    `own`: asked by whoever reads.
    """

    id: Id
    kind: str
    titleCode: str
    digest: Digest
    needsRole: str | None
    state: Literal["open", "approved", "refused", "withdrawn", "expired"]
    requestedBy: Account
    own: bool
    requestedAt: Instant
    expiresAt: Instant
    decidedBy: Account | None
    decidedAt: Instant | None
    reason: RefusalReason | None


class ApprovalList(AnswerModel):
    """What waits for a second person, and what was decided lately."""

    open: list[Approval]
    decided: list[Approval]
    unreadable: int = Field(
        ge=0, description="Verzoeken die niet zijn zoals deze index ze schreef"
    )
    leftOff: int = Field(
        default=0, ge=0, description="Zoveel oudere besluiten staan er niet bij"
    )
