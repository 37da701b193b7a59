"""Have the four agencies publish their files, each by its own `signal-source`."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sources.profiles
from deploy.town.found import program
from deploy.town.parties import AGENCIES, Agency
from deploy.town.places import Places
from deploy.town.processes import run_command

PROFILES = Path(sources.profiles.__path__[0])


@dataclass(frozen=True)
class Published:
    """What came of the deliveries, summed."""

    accepted: int
    rejected: int
    unchanged: int


def publish_all(places: Places, population: Path) -> Published:
    """Publish each agency's file and give the sums; raises `PartyFailed`."""
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
    command = [program("signal-source"), "publish", "--settings", "agency.toml"]
    profile = ["--profile", str(PROFILES / agency.profile)]
    said = run_command([*command, *profile, "--json", agency.file], folder)
    summary = json.loads(said.splitlines()[-1])
    return Published(summary["accepted"], summary["rejected"], summary["unchanged"])
