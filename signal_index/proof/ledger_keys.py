"""The keys of a ledger over time: one that was pinned, and those that follow it.

A checkpoint says no moment. So whoever reads one says between which moments it may have
been signed, and only keys that counted then are asked (`LedgerKey.list_named`):

- what is asked from the index now: the keys of now;
- what a witness cosigned: the keys of that moment;
- what somebody kept, and nobody cosigned: every key that has counted until now. Who
  holds a former key could have made it: whoever must know asks for witnesses.

While two keys count, the ledger signs with both (c2sp.org/tlog-checkpoint: signatures
of keys that one does not know are ignored, which is how a key is replaced).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from signal_index.proof.note import NoteKey

EVER = datetime.min.replace(tzinfo=UTC)
"""Before every key: for what somebody kept."""


class LedgerKey(Protocol):
    """A pinned key of a ledger, with what follows on it; `NoteKey` is one alone."""

    @property
    def name(self) -> str:
        """The ledger's name and year, as it was pinned."""

    def list_named(
        self, origin: str, since: datetime, until: datetime
    ) -> Sequence[NoteKey]:
        """List what counted at any moment from `since` to `until`, for one origin."""


class Dated(Protocol):
    """A public key (32 bytes), and from when until when what it signs counts."""

    @property
    def raw(self) -> bytes:
        """The key."""

    @property
    def begins(self) -> datetime:
        """The first moment that it counts."""

    @property
    def ends(self) -> datetime:
        """The first moment that it counts no more."""


@dataclass(frozen=True, slots=True)
class NamedKeys:
    """Keys of one ledger that all count, as a trust policy names them: no times."""

    name: str
    public: Sequence[bytes]

    def list_named(
        self, origin: str, since: datetime, until: datetime
    ) -> Sequence[NoteKey]:
        """List all of them, under the name of an origin."""
        del since, until
        return [NoteKey(origin, one) for one in self.public]


@dataclass(frozen=True, slots=True)
class SucceededKey:
    """A key of a ledger and its successors, each with its time."""

    name: str
    dated: Sequence[Dated]

    def list_named(
        self, origin: str, since: datetime, until: datetime
    ) -> Sequence[NoteKey]:
        """List them as `LedgerKey` says."""
        return [
            NoteKey(origin, one.raw)
            for one in self.dated
            if one.begins <= until and since < one.ends
        ]
