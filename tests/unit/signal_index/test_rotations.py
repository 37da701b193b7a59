"""How far a rotation is: read from what stands, one stage after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from signal_index.ledger import Group, KeyStep, Kind, Opened
from signal_index.rotations import Rotation, Standing, find_rotations
from signal_index.row_keys import RowKeyState, RowKeyUse
from signal_index.wire.keys import RotationStage
from tests.ledger_builders import NOON

DAY = timedelta(days=1)
FIRST, SECOND = NOON - 2 * DAY, NOON - DAY


def uses(*states: str) -> list[RowKeyUse]:
    since = (FIRST, SECOND)
    return [
        RowKeyUse(at + 1, bytes(16), RowKeyState(state), since[at])
        for at, state in enumerate(states)
    ]


def a_step(step: KeyStep, **members: int) -> Opened:
    what = {Group.WHAT: {"act": step.value, **members}}
    return Opened(UUID(int=1), Kind.KEY, SECOND, None, b"", what)


def find(
    *states: str, held: Sequence[int] = (1,), steps: Sequence[Opened] = ()
) -> tuple[Rotation, ...]:
    standing = Standing(uses(*states), held, version=1, steps=steps)
    return find_rotations(standing, NOON)


@pytest.mark.parametrize(
    ("states", "stage", "since"),
    [
        (("current", "announced"), RotationStage.ROW_KEY_ANNOUNCED, SECOND),
        (("current", "required"), RotationStage.ROW_KEY_REQUIRED, SECOND),
        (("leaving", "current"), RotationStage.ROW_KEY_MOVING, FIRST),
        (("closed", "current"), RotationStage.ROW_KEY_CLOSED, FIRST),
    ],
)
def test_rows_are_between_two_keys(
    states: tuple[str, str], stage: RotationStage, since: object
) -> None:
    (one,) = find(*states)
    assert (one.stage, one.former, one.following, one.since) == (stage, 1, 2, since)


def test_a_row_key_that_is_out_of_use_waits_to_be_destroyed() -> None:
    finished = a_step(KeyStep.ROW_KEY_FINISHED, rowKey=2, rows=5)
    destroyed = a_step(KeyStep.ROW_KEY_DESTROYED, rowKey=1)
    assert find("current") == ()
    (one,) = find("current", steps=[finished])
    assert one == Rotation(RotationStage.ROW_KEY_FINISHED, 1, 2, SECOND)
    assert find("current", steps=[destroyed, finished]) == ()


def test_a_key_is_asked_for_made_and_in_use_beside_the_former_until_that_is_over() -> (
    None
):
    begun = a_step(KeyStep.ROTATION_BEGUN, version=2)
    assert find("current", steps=[begun]) == (
        Rotation(RotationStage.KEY_ASKED, 1, 2, SECOND),
    )
    finished = a_step(KeyStep.ROTATION_FINISHED, version=2, epoch=1)
    (made,) = find("current", held=(1, 2), steps=[finished, begun])
    assert (made.stage, made.former, made.following) == (RotationStage.KEY_MADE, 1, 2)
    nobody = Standing((), (1, 2), version=2)
    assert find_rotations(nobody, NOON) == (Rotation(RotationStage.KEY_OVERLAP, 1, 2),)
    somebody = Standing((), (1, 2), version=2, asked={(2, 1): SECOND + DAY / 2})
    (one,) = find_rotations(somebody, NOON)
    assert (one.stage, one.until) == (RotationStage.KEY_OVERLAP, NOON + DAY / 2)
    (one,) = find_rotations(somebody, NOON + DAY / 2)
    assert one.stage is RotationStage.KEY_OVER
    assert find_rotations(Standing((), (2,), version=2), NOON) == ()


def test_a_step_that_cannot_be_read_says_nothing() -> None:
    erased = Opened(UUID(int=1), Kind.KEY, SECOND, None, b"")
    assert find("current", steps=[erased]) == ()
