"""Whether a match still stands: both signals show, at two sources, here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from signal_index.matching.permits import Signalled
from signal_index.matching.sheets import SignalAt
from signal_index.signals import SignalState, is_live


@dataclass(frozen=True, slots=True, repr=False)
class SignalNow:
    """A signal as it stands now, of a live source."""

    at: SignalAt
    id: UUID
    source: str
    category: str
    municipality: str
    state: SignalState
    valid_from: date
    valid_until: date
    confirmed_on: date
    informed: str
    contact_holder: UUID

    @property
    def signalled(self) -> Signalled:
        """Of which kind it is, and how its citizen was informed."""
        return Signalled(self.category, self.informed)

    def shows(self, municipality: str, now: datetime) -> bool:
        """Tell whether a lookup there could show it: neither ended nor restricted."""
        return (
            self.state is SignalState.ACTIVE
            and self.municipality == municipality
            and is_live(self.valid_from, self.valid_until, self.confirmed_on, now)
        )


def stands(
    own: SignalNow | None, other: SignalNow | None, municipality: str, now: datetime
) -> bool:
    """Tell whether two signals are there for each other; one source alone is none."""
    if own is None or other is None or own.source == other.source:
        return False
    return own.shows(municipality, now) and other.shows(municipality, now)
