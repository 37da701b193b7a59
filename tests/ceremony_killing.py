"""A holder's process that dies at a chosen change on disk, in the middle of a step.

The changes are those of `os`, by whatever they are reached, and only while a step is
taken: an audit hook would slow all that its process does until it ends.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from itertools import count
from typing import Final, ParamSpec, TypeVar

import pytest

from keys.errors import KeysError
from tests.ceremony_builders import Call

CHANGES: Final = ("rename", "replace", "link", "remove", "unlink", "chmod", "fchmod")

P = ParamSpec("P")
R = TypeVar("R")


class Killed(BaseException):
    """The process died: nothing it would still have done is done."""


def take(call: Call, step: str, at: int, dies: int | None) -> None:
    """Have a holder try a step, whether or not it is its turn."""
    with suppress(KeysError, Killed), _dying_at(dies):
        getattr(call, step)(at)
    call.collect(at)


@contextmanager
def _dying_at(dies: int | None) -> Iterator[None]:
    """Die at a change of this number, counted from 0, and make none from then on."""
    made = count()

    def unless_dead(change: Callable[P, R]) -> Callable[P, R]:
        @wraps(change)
        def changed(*given: P.args, **named: P.kwargs) -> R:
            if dies is not None and next(made) >= dies:
                raise Killed
            return change(*given, **named)

        return changed

    with pytest.MonkeyPatch.context() as replaced:
        for name in CHANGES:
            replaced.setattr(os, name, unless_dead(getattr(os, name)))
        yield
