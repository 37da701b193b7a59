"""The runs of a ceremony: one, and four where a key becomes another.

    1  key              as the kind of the ceremony says (`keys.ceremony.succession`)
    2  mask             a key of its own, which nobody uses but at this rotation
    3  zero, 4  zero    shares of zero that hide products of two shares

A holder takes each of the five steps once, for all runs. Each run is a session of its
own: nothing of one holds in another. Lengths come from here, never from a message.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from keys.ceremony.documents import PlanFile, encode
from keys.ceremony.succession import Former
from keys.dkg import Constant, Session, open_session
from keys.group import Point

MASK: Final = 1
ZEROS: Final = (2, 3)


def open_sessions(
    file: PlanFile, parties: Sequence[Point], former: Former | None
) -> tuple[Session, ...]:
    """Open the session of each run; raises what `open_session` raises."""
    threshold = file.draft.threshold
    constants = None if former is None else former.find_constants()
    tag = hashlib.sha256(encode(file)).digest()
    first = open_session(tag, threshold, parties, constants)
    if file.kind != "rotate":
        return (first,)
    zero = [Constant.ZERO] * len(parties)
    return (
        first,
        open_session(tag + b" mask", threshold, parties),
        open_session(tag + b" zero 1", find_width(threshold), parties, zero),
        open_session(tag + b" zero 2", find_width(threshold), parties, zero),
    )


def find_width(threshold: int) -> int:
    """Give the threshold of products of two shares: so many holders rotate a key."""
    return 2 * threshold - 1
