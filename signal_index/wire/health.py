"""Whether the index answers, reaches its database and is watched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from keys.validity import KeyValidity
from signal_index.wire.keys import KeyRotation
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Instant

STATES = ["witnessed", "trial", "unwitnessed", "break-glass-only", "refused"]


class WitnessHealth(AnswerModel):
    """How it stands with the witnesses; `since`: when enough of them last confirmed.

    A `state` that a reader does not know is no warning to it.
    """

    state: Annotated[str, Field(json_schema_extra={"enum": STATES})]
    since: Instant | None


class Health(AnswerModel):
    """`error`: the ledger is not what was signed; emergencies alone are answered.

    `warning`: no witness has confirmed for ten minutes, or a key wants somebody.

    That is from ninety days before it ends, and where a rotation stands still for a
    week. `rotations`: those that are under way.
    `time` is the index's own: by it a source knows whether its own clock is right.
    """

    time: Instant
    status: Literal["ok", "warning", "error"]
    keyVersion: int
    epoch: int
    keyConfig: KeyValidity
    rotations: list[KeyRotation]
    witness: WitnessHealth
