"""Ask the holders only about persons whom they were not asked about this week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.bsn import Bsn
from keys.validity import KeyValidity
from sources.clock import day_of
from sources.outbox.evaluated import find_evaluated, keep_evaluated
from sources.outbox.store import Outbox
from sources.publisher.parties import Evaluated, Evaluator


@dataclass(frozen=True, slots=True)
class RememberingEvaluator:
    """An `Evaluator` before another one. Each person is asked about once."""

    asked: Evaluator
    outbox: Outbox
    now: Callable[[], datetime]

    async def find_key_version(self) -> int:
        """Give the key version in use."""
        return await self.asked.find_key_version()

    async def find_key_validity(self) -> KeyValidity:
        """Give how long the key config in use is valid."""
        return await self.asked.find_key_validity()

    async def evaluate(self, numbers: Sequence[Bsn]) -> Evaluated:
        """Give the pseudonyms, or raise `EvaluationStopped`."""
        version = await self.find_key_version()
        today = day_of(self.now())
        known = find_evaluated(self.outbox, numbers, version, today=today)
        new = list(dict.fromkeys(one for one in numbers if one not in known))
        if new:
            found = await self.asked.evaluate(new)
            if found.key_version != version:  # renewed meanwhile: all of one version
                return await self.asked.evaluate(numbers)
            persons = list(zip(new, found.pseudonyms, strict=True))
            keep_evaluated(self.outbox, persons, version, today=today)
            known |= dict(persons)
        return Evaluated(version, tuple(known[number] for number in numbers))
