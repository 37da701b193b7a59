"""Measure an agency's own program: a large delivery, the same again, a comparison.

- End to end: reading, two holders' evaluations with their proofs checked, signing, and
  an index on PostgreSQL, all on this machine.
- Unchanged: the same file again, and its rows in another order.
- Index alone: signed batches that were made before, sent over HTTP by two hands.
"""

import csv
import hashlib
import json
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

LOOK_EVERY = 0.1
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
    other_order: float
    compared: float
    memory_mib: float

    def encode(self) -> dict[str, object]:
        """Give the figures under the names of the project's targets."""
        return {
            "records": self.records,
            "endToEndSeconds": round(self.end_to_end, 1),
            "unchangedRows": self.unchanged_rows,
            "unchangedSeconds": round(self.unchanged, 2),
            "otherOrderSeconds": round(self.other_order, 2),
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
    _shuffle(folder / "measured.csv")
    other_order, _ = _run(folder, publish)
    _demand(folder, "unchanged", records)
    compared, _ = _run(folder, ("reconcile", "--profile", "measured.toml", "--json"))
    return AgencyCosts(
        records, end_to_end, records, unchanged, other_order, compared, memory
    )


def _run(folder: Path, verb: Sequence[str]) -> tuple[float, float]:
    """Run one of the agency's commands: seconds, and the most memory in MiB."""
    command = [program("signal-source"), *verb, "--settings", "agency.toml"]
    started = time.perf_counter()
    with (folder / "measured.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        most = 0.0
        while process.poll() is None:
            most = max(most, _find_most_memory(process.pid))
            time.sleep(LOOK_EVERY)
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        said = (folder / "measured.log").read_text("utf-8")[-800:]
        raise CommandFailed(f"{verb[0]}: {said}")
    return seconds, most


def _find_most_memory(process: int) -> float:
    """Give the most MiB a process had so far; what it was forked from had others.

    That is why it is not asked of `wait4`: a child's begins with its parent's.
    """
    try:
        said = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in said.splitlines() if line.startswith("VmHWM"))
    return next((int(line[1]) / MIB for line in lines), 0.0)


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


def _shuffle(path: Path) -> None:
    """Write the rows in another order, under the same header."""
    header, *rows = path.read_text("utf-8").splitlines(keepends=True)
    rows.sort(key=lambda row: hashlib.sha256(row.encode()).digest())
    path.write_text("".join([header, *rows]), "utf-8")
