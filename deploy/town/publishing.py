"""The four agencies deliver, each by its own agent: `signal-source run`."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.town.commands import attempt
from deploy.town.found import program
from deploy.town.parties import AGENCIES, Agency
from deploy.town.places import Places
from deploy.town.processes import Party, raise_if_failed


@dataclass(frozen=True)
class Published:
    """What came of the deliveries, summed; `waiting`: held until answered."""

    accepted: int
    rejected: int
    unchanged: int
    waiting: int = 0

    def __add__(self, other: Published) -> Published:
        """Give the sums of both."""
        return Published(
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.unchanged + other.unchanged,
            self.waiting + other.waiting,
        )


NOTHING: Final = Published(0, 0, 0)


def publish_all(places: Places, population: Path) -> Published:
    """Have each agent deliver once and give the sums; raises `PartyFailed`."""
    with ThreadPoolExecutor(len(AGENCIES)) as pool:
        done = list(
            pool.map(lambda agency: _publish(places, agency, population), AGENCIES)
        )
    return sum(done, NOTHING)


def _publish(places: Places, agency: Agency, population: Path) -> Published:
    folder = places.agency(agency.slug)
    delivered = folder / agency.file
    if not delivered.exists():
        shutil.copy(population / agency.file, delivered)
    command = ["signal-source", *_run(folder), "--once"]
    code, said, complained = attempt(command, folder)
    waits = '"DeliveryHeld"' in complained
    if not waits:
        raise_if_failed(command, code, said + complained)
    done = [json.loads(line) for line in said.splitlines() if '"profile"' in line]
    last = done[-1] if done else dict.fromkeys(("accepted", "rejected", "unchanged"), 0)
    return Published(last["accepted"], last["rejected"], last["unchanged"], int(waits))


def agent_parties(places: Places) -> list[Party]:
    """Give the agents that go on delivering, each at its time; they answer nobody."""
    return [
        Party(
            f"agent-{agency.slug}",
            [program("signal-source"), *_run(places.agency(agency.slug))],
            "",
        )
        for agency in AGENCIES
    ]


def _run(folder: Path) -> list[str]:
    return ["run", "--settings", str(folder / "agency.toml")]
