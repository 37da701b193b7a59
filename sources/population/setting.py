"""What every writer of an agency's file needs, and what it answers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from sources.population.people import Town
from sources.reasons import Reason

MUNICIPALITY: Final = "9901"
_DIRT_EVERY: Final = 300


@dataclass(slots=True)
class Written:
    """What a file holds, and what must become of it."""

    records: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def expect(self, reason: Reason) -> None:
        """Count a record that must be rejected for a reason."""
        self.records += 1
        self.rejected[reason.value] += 1


@dataclass(frozen=True, slots=True)
class Setting:
    """What every writer needs."""

    folder: Path
    seed: int
    on: date
    town: Town

    def dirty_rounds(self, records: int) -> range:
        """Give how often each kind of dirt occurs: at least once."""
        return range(1 + records // _DIRT_EVERY)
