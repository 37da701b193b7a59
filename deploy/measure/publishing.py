"""Measure publishing end to end: one agency's file, by its own `signal-source`.

Reading, blinding, two holders' evaluations, checking their proofs, combining, signing,
and an index that stores and records: the time is that of the whole command.
"""

import csv
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.measure.budgets import AGENCY_OF, Spender
from deploy.measure.citizens import number_citizens
from deploy.measure.town import MeasuredTown
from deploy.town.parties import MUNICIPALITY
from deploy.town.settings_files import PROFILES
from keys import clock
from sources.population.csv_files import INCOME_HEADER

PUBLISHED_BY = AGENCY_OF[Spender.PUBLISH]


class PublishingFailed(Exception):
    """Not every record of the file was accepted."""


@dataclass(frozen=True)
class Publishing:
    """How many records were published, and in how many seconds."""

    records: int
    seconds: float


def measure_publishing(town: MeasuredTown, records: int) -> Publishing:
    """Publish a file of so many records, every one of another citizen."""
    folder = town.places.agency(PUBLISHED_BY.slug)
    _write_file(folder / PUBLISHED_BY.file, records)
    command = ["signal-source", "publish", PUBLISHED_BY.file, "--json"]
    command += ["--settings", "agency.toml"]
    command += ["--profile", str(PROFILES / PUBLISHED_BY.profile)]
    started = time.perf_counter()
    said = town.run(command, folder)
    seconds = time.perf_counter() - started
    summary = json.loads(said.splitlines()[-1])
    if summary["accepted"] != records:
        raise PublishingFailed(f"{summary['accepted']} of {records} were accepted")
    return Publishing(records, seconds)


def _write_file(path: Path, records: int) -> None:
    start = (clock.now() - timedelta(days=100)).strftime("%Y%m%d")
    with path.open("w", encoding="windows-1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(INCOME_HEADER)
        for place, bsn in enumerate(number_citizens(records)):
            case = f"PW-2026-{place:06d}"
            writer.writerow([bsn, case, "1", start, "", MUNICIPALITY, "TEAM-NOORD"])
