"""Second pairs of eyes: what waits for another person, and deciding it."""

from __future__ import annotations

from typing import Literal

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Digest, Id, Instant

ApprovalKind = Literal["policy-activation", "embargo", "specific-report", "transfer"]


class ApprovalDecision(RequestModel):
    """Approve what another person asked, or refuse it; one's own is withdrawn so."""

    decision: Literal["approved", "refused"]


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
    requestedBy: str
    own: bool
    requestedAt: Instant
    expiresAt: Instant
    decidedBy: str | None
    decidedAt: Instant | None


class ApprovalList(AnswerModel):
    """What waits for a second person, and what was decided lately."""

    open: list[Approval]
    decided: list[Approval]
