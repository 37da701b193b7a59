"""The four agencies deliver, each by its own agent: `signal-source run`."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.town.commands import run
from deploy.town.found import program
from deploy.town.parties import AGENCIES, Agency
from deploy.town.places import Places
from deploy.town.processes import Party


@dataclass(frozen=True)
class Published:
    """What came of the deliveries, summed."""

    accepted: int
    rejected: int
    unchanged: int


def publish_all(places: Places, population: Path) -> Published:
    """Have each agent deliver once and give the sums; raises `PartyFailed`."""
    with ThreadPoolExecutor(len(AGENCIES)) as pool:
        done = list(
            pool.map(lambda agency: _publish(places, agency, population), AGENCIES)
        )
    return Published(
        sum(each.accepted for each in done),
        sum(each.rejected for each in done),
        sum(each.unchanged for each in done),
    )


def _publish(places: Places, agency: Agency, population: Path) -> Published:
    folder = places.agency(agency.slug)
    delivered = folder / agency.file
    if not delivered.exists():
        shutil.copy(population / agency.file, delivered)
    said = run(["signal-source", *_run(folder), "--once"], folder)
    deliveries = [json.loads(line) for line in said.splitlines() if '"profile"' in line]
    summary = deliveries[-1]
    return Published(summary["accepted"], summary["rejected"], summary["unchanged"])


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
