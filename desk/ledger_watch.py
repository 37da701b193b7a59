"""Whether the index says that its ledger is watched, for a warning on every page.

Asked once a minute, of the index's public health. An index that does not answer is no
news here: whoever asks it something hears that at once.
"""

from typing import Final

from desk.errors import DeskError
from desk.index import SignalIndex

WARNINGS: Final = ("unwitnessed", "break-glass-only")


class LedgerWatch:
    """Remembers what the index said last."""

    def __init__(self, index: SignalIndex) -> None:
        self._index = index
        self.warning: str | None = None

    async def look(self) -> None:
        """Ask the index; keep what was known where it does not answer."""
        try:
            state = await self._index.witness_state()
        except DeskError:
            return
        self.warning = state if state in WARNINGS else None
