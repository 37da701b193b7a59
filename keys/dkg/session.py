"""A session: who takes part, in which order, how many suffice, and in which try.

- `context` binds all of it but the threshold, which the transcript binds: a message of
  another try, another order or other parties never holds in this one.
- A party is its index, its place in the agreed order from 1 on: it cannot be 0, and two
  cannot have one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from keys.errors import DuplicateShare, TooFewShares
from keys.group import Point
from keys.lagrange import MAX_INDEX

SUITE: Final = b"COCKTAIL(Ristretto255, SHA-512)"


class Constant(Enum):
    """What the constant term of a party may be, where it is no point known before."""

    DRAWN = "whatever the party drew"
    ZERO = "none: the party contributes shares of zero"


@dataclass(frozen=True, slots=True)
class Session:
    """What every message of one run is bound to; made by `open_session`."""

    identifier: bytes
    threshold: int
    parties: tuple[Point, ...]
    constants: tuple[Constant | Point, ...]
    context: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Derive the context once, as the specification recommends."""
        object.__setattr__(self, "context", _derive_context(self))

    @property
    def indexes(self) -> range:
        """Give the indexes of the parties."""
        return range(1, len(self.parties) + 1)

    def party(self, index: int) -> Point:
        """Give the static public key of a party."""
        return self.parties[index - 1]

    def constant(self, index: int) -> Constant | Point:
        """Give what the constant term of a party must be; a point is that times G."""
        return self.constants[index - 1]


def open_session(
    identifier: bytes,
    threshold: int,
    parties: Sequence[Point],
    constants: Sequence[Constant | Point] | None = None,
) -> Session:
    """Open a session; `identifier` is fresh for every try, also after an abort.

    `constants`, one for each party, are drawn where none are given; whoever gives them
    binds them by the identifier.

    Raises `TooFewShares` when the threshold is below 2 or above the number of parties,
    `DuplicateShare` when a party is named twice.
    """
    if not 2 <= threshold <= len(parties) <= MAX_INDEX:
        raise TooFewShares("a threshold lies between 2 and the number of parties")
    if len(set(parties)) != len(parties):
        raise DuplicateShare("two parties have the same key")
    given = constants or [Constant.DRAWN] * len(parties)
    if len(given) != len(parties):
        raise TooFewShares("a constant term for each party")
    return Session(identifier, threshold, tuple(parties), tuple(given))


def _derive_context(session: Session) -> bytes:
    framed = b"".join(
        len(each).to_bytes(8, "big") + each for each in (session.identifier, SUITE)
    )
    parties = b"".join(party.encoded for party in session.parties)
    count = len(session.parties).to_bytes(4, "little")
    return hashlib.sha512(b"COCKTAIL-DKG-CONTEXT" + framed + count + parties).digest()
