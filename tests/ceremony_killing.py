"""A holder's process that dies at a chosen change on disk, in the middle of a step."""

import sys
from dataclasses import dataclass
from typing import Final

from keys.errors import KeysError
from tests.ceremony_builders import Call

CHANGES: Final = {"os.rename", "os.link", "os.remove", "os.chmod"}


class Killed(BaseException):
    """The process died: nothing it would still have done is done."""


@dataclass
class Kill:
    """Dies at a chosen change on disk, and makes none from then on."""

    left: int | None = None

    def hook(self, event: str, _arguments: object) -> None:
        if self.left is not None and event in CHANGES:
            self.left -= 1
            if self.left < 0:
                raise Killed


KILL: Final = Kill()
sys.addaudithook(KILL.hook)


def take(call: Call, step: str, at: int, dies: int | None) -> None:
    """Have a holder try a step, whether or not it is its turn."""
    KILL.left = dies
    try:
        getattr(call, step)(at)
    except (KeysError, Killed):
        return
    finally:
        KILL.left = None
        call.collect(at)
