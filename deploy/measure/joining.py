"""Measure an agency's first day: from its invitation to the first flag that is shown.

Every party is played by its own command, in a town that runs; nothing is started again.
The clock runs over all of it, waits included, and stops when a generalist's lookup
shows the first flag; that this flag is right is judged afterwards.
"""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.measure.asking import Asked, prepare_lookups
from deploy.measure.citizens import JOINED_FROM, number_citizens
from deploy.measure.judging import verify_answers
from deploy.measure.load import send_block
from deploy.measure.starting import count_child_cpu
from deploy.measure.town import MeasuredTown
from deploy.town.joining import invite, join, make_live, take_in
from deploy.town.parties import NEWCOMER
from deploy.town.processes import PartyFailed
from keys import clock

RECORDS = 25
WAY = ("join", "doctor", "profile init", "check", "rehearse", "publish")
"""What the agency types, in this order: the six commands of its guide."""
KNOWN_WITHIN_SECONDS = 30.0
"""The index reads who takes part every ten seconds, a holder every second."""


@dataclass(frozen=True)
class FirstDay:
    """How long it took, the CPU of all commands, and how many the agency gave."""

    seconds: float
    cpu_seconds: float
    commands: int

    def encode(self) -> dict[str, object]:
        """Give the figures under their names."""
        return {
            "firstDaySeconds": round(self.seconds, 1),
            "commandsCpuSeconds": round(self.cpu_seconds, 1),
            "agencyCommands": self.commands,
        }


class AgencyDay:
    """The commands that the agency gives, as its guide has them, each counted."""

    def __init__(self, town: MeasuredTown, folder: Path) -> None:
        self.town = town
        self.folder = folder
        self.commands = 1  # `join`, which makes this folder

    def run(self, *words: str) -> None:
        """Run one command to its end; it must be the next one of the way."""
        self._count(words)
        self.town.run(["signal-source", *words], self.folder)

    def ask_doctor(self) -> None:
        """Wait until everybody knows the agency; asked again, it is one command."""
        self._count(("doctor",))
        deadline = time.monotonic() + KNOWN_WITHIN_SECONDS
        while True:
            try:
                self.town.run(["signal-source", "doctor"], self.folder)
            except PartyFailed:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def _count(self, words: Sequence[str]) -> None:
        if not " ".join(words).startswith(WAY[self.commands]):
            raise PartyFailed(f"the guide says {WAY[self.commands]}, not {words[0]}")
        self.commands += 1


async def measure_joining(town: MeasuredTown) -> FirstDay:
    """Let a new agency join and deliver; gives the time until its first flag."""
    places = town.places
    folder = places.agency(NEWCOMER.slug)
    known = number_citizens(RECORDS, start=JOINED_FROM)
    started, before = time.perf_counter(), count_child_cpu()
    told = invite(places, NEWCOMER, town.run)
    take_in(places, NEWCOMER, join(places, NEWCOMER, told, town.run), town.run)
    day = AgencyDay(town, folder)
    day.ask_doctor()
    _write_file(folder / NEWCOMER.file, known)
    day.run(
        *("profile", "init", NEWCOMER.file, "--out", "profile.toml"),
        *("--category", NEWCOMER.categories[0], "--informed", "informed-by-letter"),
        *("--function", "Klantmanager Inkomen", "--phone", "0182 555 101"),
        *("--verified", clock.now().date().isoformat()),
    )
    profile = ("--profile", "profile.toml")
    day.run("check", NEWCOMER.file, *profile)
    day.run("rehearse", *profile, "--file", NEWCOMER.file)
    day.run("publish", NEWCOMER.file, *profile)
    make_live(places, NEWCOMER, by=town.run)
    lookups = await prepare_lookups(town, [Asked(known[0], known=True)])
    requests = [lookup.request for lookup in lookups]
    block = await send_block(town.index.address, requests, connections=1)
    seconds = time.perf_counter() - started
    verify_answers(town, lookups, block.answers)
    return FirstDay(seconds, count_child_cpu() - before, day.commands)


def _write_file(path: Path, numbers: list[str]) -> None:
    start = (clock.now() - timedelta(days=100)).strftime("%Y-%m-%d")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("BSN", "Dossiernummer", "Begindatum", "Gemeentecode"))
        for place, bsn in enumerate(numbers):
            writer.writerow((bsn, f"NS-2026-{place:04d}", start, "9901"))
