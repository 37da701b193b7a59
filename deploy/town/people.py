"""The town's invented people: who has which signals, and whom the demo looks up."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deploy.town.commands import run

SEED = 2026
SIZE = 600


@dataclass(frozen=True)
class People:
    """The key to the population: what must be found about whom."""

    categories: dict[str, frozenset[str]]
    unknown: tuple[str, ...]
    households: tuple[tuple[str, ...], ...]
    accepted: int
    rejected: int
    bsns: tuple[str, ...]
    on: date

    def find_with(self, *wanted: str) -> str:
        """Give the first person who has exactly these signals."""
        return next(b for b, has in self.categories.items() if has == set(wanted))

    def find_another_with(self, *wanted: str) -> str:
        """Give the last person who has exactly these: for what leaves traces."""
        last = reversed(self.categories.items())
        return next(b for b, has in last if has == set(wanted))

    def find_household(self) -> tuple[str, ...]:
        """Give a household of which one member has signals and another has none."""
        for members in self.households:
            known = [bool(self.categories[bsn]) for bsn in members]
            if any(known) and len(members) <= 10:
                return members
        raise LookupError("the town has no household with a signal")


def settle_people(folder: Path) -> People:
    """Make the population in `folder`, once, and give its key."""
    key = folder / "answers.json"
    if not key.exists():
        command = ["signal-source", "population"]
        size = ["--seed", str(SEED), "--size", str(SIZE), "--out", str(folder)]
        folder.mkdir(parents=True, exist_ok=True)
        run([*command, *size], folder)
    found = json.loads(key.read_text("utf-8"))
    files = found["files"].values()
    return People(
        {bsn: frozenset(names) for bsn, names in found["people"].items()},
        tuple(found["none"]),
        tuple(tuple(members) for members in found["households"]),
        sum(file["accepted"] for file in files),
        sum(file["rejected"] for file in files),
        tuple(found["bsns"]),
        date.fromisoformat(found["on"]),
    )
