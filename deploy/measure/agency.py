"""Measure an agency's own program: a large delivery, the same again, a comparison.

- End to end: reading, two holders' evaluations with their proofs checked, signing, and
  an index on PostgreSQL, all on this machine.
- Unchanged: the same file with a million rows, from an outbox that knows it.
- Index alone: signed batches that were made before, sent over HTTP by two hands.
"""

import csv
import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.measure.budgets import AGENCY_OF, Spender
from deploy.measure.citizens import number_citizens
from deploy.measure.town import MeasuredTown
from deploy.town.found import program
from deploy.town.parties import MUNICIPALITY

MIB = 1024
DELIVERED_BY = AGENCY_OF[Spender.SOURCES]
APART = 5_000_000  # far from the numbers that other parts publish
_PROFILE = f"""
name = "measured"
format = "csv"
category = "{DELIVERED_BY.categories[0]}"
municipalities = ["{MUNICIPALITY}"]
valid_months = 12
informed = "informed-by-letter"
default_contact = "TEAM"

[csv]
delimiter = ";"
encoding = "utf-8"
dates = ["%Y-%m-%d"]

[csv.columns]
case_number = "Zaak"
bsn = "Nummer"
start = "Begin"

[contacts.TEAM]
function = "Leerplichtambtenaar"
phone = "0182 555 010"
last_verified = 2026-11-01
"""


class RecordsRefused(Exception):
    """Not every record of the file was accepted."""


class CommandFailed(Exception):
    """An agency's command did not end well; holds the end of what it said."""


@dataclass(frozen=True)
class AgencyCosts:
    """What an agency's program takes."""

    records: int
    end_to_end: float
    unchanged_rows: int
    unchanged: float
    compared: float
    memory_mib: float

    def encode(self) -> dict[str, object]:
        """Give the figures under the names of the project's targets."""
        return {
            "records": self.records,
            "endToEndSeconds": round(self.end_to_end, 1),
            "unchangedRows": self.unchanged_rows,
            "unchangedSeconds": round(self.unchanged, 2),
            "reconcileEqualSeconds": round(self.compared, 2),
            "memoryMiB": round(self.memory_mib, 1),
        }


def measure_agency(town: MeasuredTown, records: int) -> AgencyCosts:
    """Deliver, deliver the same again, and compare; in the agency's own folder."""
    folder = town.places.agency(DELIVERED_BY.slug)
    (folder / "measured.toml").write_text(_PROFILE, "utf-8")
    _write_file(folder / "measured.csv", records)
    publish = ("publish", "measured.csv", "--profile", "measured.toml", "--json")
    end_to_end, memory = _run(folder, publish)
    _demand(folder, "accepted", records)
    unchanged, _ = _run(folder, publish)
    _demand(folder, "unchanged", records)
    compared, _ = _run(folder, ("reconcile", "--profile", "measured.toml", "--json"))
    return AgencyCosts(records, end_to_end, records, unchanged, compared, memory)


def _run(folder: Path, verb: Sequence[str]) -> tuple[float, float]:
    """Run one of the agency's commands: seconds, and the most memory in MiB."""
    command = [program("signal-source"), *verb, "--settings", "agency.toml"]
    started = time.perf_counter()
    with (folder / "measured.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        said = (folder / "measured.log").read_text("utf-8")[-800:]
        raise CommandFailed(f"{verb[0]}: {said}")
    return seconds, used.ru_maxrss / MIB


def _demand(folder: Path, name: str, records: int) -> None:
    said = (folder / "measured.log").read_text("utf-8").splitlines()[-1]
    found = json.loads(said)[name]
    if found != records:
        raise RecordsRefused(f"{name}: {found} of {records}")


def _write_file(path: Path, records: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("Zaak", "Nummer", "Begin"))
        for place, number in enumerate(number_citizens(records, start=APART)):
            writer.writerow((f"LP-2026-{place:06d}", number, "2026-03-02"))
