"""How far a rotation is: of the holders' key, or of the index's row key.

A rotation is several commands of several people, with hours between them. Nothing keeps
how far it is: it is read from what stands, so that it cannot say another thing than
what holds. One that is over for everybody is none.

Decision: docs/decisions/0089-how-far-a-rotation-is-follows-from-what-stands.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from keys.overlap import Place, find_version_end
from signal_index.ledger import Group, KeyStep, Opened
from signal_index.row_keys import RowKeyState, RowKeyUse
from signal_index.wire.keys import RotationStage


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation that is not over: from which number to which.

    `since`: when it came so far; `until`: until when the former version is answered
    for. None where that is not known, or not so yet.
    """

    stage: RotationStage
    former: int
    following: int
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What rotations are read from.

    `uses`: of the row keys; `held`: the versions of which the index has its secret,
    `version`: that of its key config; `asked`: when somebody first asked under each
    sharing; `steps`: of the ledger, the newest first, where these are read.
    """

    uses: Sequence[RowKeyUse]
    held: Collection[int]
    version: int
    asked: Mapping[Place, datetime] = field(default_factory=dict)
    steps: Sequence[Opened] = ()


def find_rotations(standing: Standing, now: datetime) -> tuple[Rotation, ...]:
    """Give what is under way: of the row key, then of the key."""
    return (*_find_of_row_key(standing), *_find_of_key(standing, now))


_COMING: Final = {
    RowKeyState.ANNOUNCED: RotationStage.ROW_KEY_ANNOUNCED,
    RowKeyState.REQUIRED: RotationStage.ROW_KEY_REQUIRED,
}
_GOING: Final = {
    RowKeyState.LEAVING: RotationStage.ROW_KEY_MOVING,
    RowKeyState.CLOSED: RotationStage.ROW_KEY_CLOSED,
}


def _find_of_row_key(standing: Standing) -> Iterator[Rotation]:
    if len(standing.uses) == 2:
        former, following = sorted(standing.uses, key=lambda one: one.number)
        stage = _COMING.get(following.state) or _GOING.get(former.state)
        if stage is not None:
            told = following if following.state in _COMING else former
            yield Rotation(stage, former.number, following.number, told.since)
    ended = _newest(
        standing, "rowKey", KeyStep.ROW_KEY_FINISHED, KeyStep.ROW_KEY_DESTROYED
    )
    if ended is not None and ended[0] is KeyStep.ROW_KEY_FINISHED:
        _, number, at = ended
        yield Rotation(RotationStage.ROW_KEY_FINISHED, number - 1, number, at)


def _find_of_key(standing: Standing, now: datetime) -> Iterator[Rotation]:
    version = standing.version
    made = max(standing.held, default=version)
    if made > version:
        yield Rotation(RotationStage.KEY_MADE, version, made)
        return
    for former in sorted(one for one in standing.held if one < version):
        until = find_version_end(former, standing.asked.items())
        is_over = until is not None and until <= now
        stage = RotationStage.KEY_OVER if is_over else RotationStage.KEY_OVERLAP
        began = [at for place, at in standing.asked.items() if place[0] == version]
        yield Rotation(stage, former, version, min(began, default=None), until)
    begun = _newest(
        standing, "version", KeyStep.ROTATION_BEGUN, KeyStep.ROTATION_FINISHED
    )
    if begun is not None and begun[0] is KeyStep.ROTATION_BEGUN and begun[1] > version:
        yield Rotation(RotationStage.KEY_ASKED, version, begun[1], begun[2])


def _newest(
    standing: Standing, member: str, *steps: KeyStep
) -> tuple[KeyStep, int, datetime] | None:
    """Give the newest of these steps that can be read, its number and its moment."""
    for one in standing.steps:
        act, number = one.text(Group.WHAT, "act"), one.value(Group.WHAT, member)
        if act in steps and isinstance(number, int):
            return KeyStep(act), number, one.recorded_at
    return None
