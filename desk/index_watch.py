"""What the index says of itself, for a warning on pages: its ledger, and the key.

Asked once a minute, of the index's public health. An index that does not answer is no
news here: whoever asks it something hears that at once.
"""

from typing import Final

from desk.errors import DeskError
from desk.index import SignalIndex
from desk.roles import KEY_KEEPERS
from desk.tokens import Person
from keys.validity import KeyValidity

WARNINGS: Final = ("unwitnessed", "break-glass-only", "refused")


class IndexWatch:
    """Remembers what the index said last."""

    def __init__(self, index: SignalIndex) -> None:
        self._index = index
        self._key: KeyValidity | None = None
        self.ledger_warning: str | None = None

    async def look(self) -> None:
        """Ask the index; keep what was known where it does not answer."""
        try:
            health = await self._index.fetch_health()
        except DeskError:
            return
        state = health.witness.state
        self.ledger_warning = state if state in WARNINGS else None
        self._key = health.keyConfig if health.keyConfig.is_warning else None

    def find_key_warning(self, person: Person | None) -> KeyValidity | None:
        """Give how long the key is still valid, to who can have it renewed, in time."""
        return self._key if is_key_keeper(person) else None


def is_key_keeper(person: Person | None) -> bool:
    """Whether somebody reaches those who renew or replace a key."""
    return person is not None and not KEY_KEEPERS.isdisjoint(person.roles)
