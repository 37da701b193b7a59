"""How long a sharing of the key holds beside the one that follows it.

A key is shared anew (another epoch) or made anew (another version), and no two services
change over in the same moment. So holders answer for what was, for a while, and the
index takes what they gave: one rule, for all of them.

- The while begins when somebody first asked under the new sharing: clients do so when
  as many holders have it as suffice (`keys.quorum.configs`). A clock alone would end
  the old one while the others do not have the new one yet.
- Another epoch of the same key: everybody has the new config at its next question.
  Another key: what was named under the old one may lie in an outbox for a day.

Pure; imports nothing of ours.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

EPOCH_OVERLAP: Final = timedelta(minutes=15)
VERSION_OVERLAP: Final = timedelta(hours=24)

Place = tuple[int, int]
"""Version and epoch: which sharing of which key; a higher one follows a lower one."""


def get_overlap(former: Place, following: Place) -> timedelta:
    """Give how long a sharing is answered for, once one that follows it is in use."""
    return EPOCH_OVERLAP if former[0] == following[0] else VERSION_OVERLAP


def find_version_end(
    version: int, asked: Iterable[tuple[Place, datetime]]
) -> datetime | None:
    """Give when a key version is over, in every sharing; None while nobody went on."""
    ends = [at + VERSION_OVERLAP for place, at in asked if place[0] > version]
    return min(ends, default=None)


def find_end(
    former: Place, asked: Iterable[tuple[Place, datetime | None]]
) -> datetime | None:
    """Give when a sharing ends; None while nobody asked under one that follows it.

    `asked`: of each sharing when somebody first asked under it.
    """
    ends = [
        at + get_overlap(former, place)
        for place, at in asked
        if at is not None and place > former
    ]
    return min(ends, default=None)
