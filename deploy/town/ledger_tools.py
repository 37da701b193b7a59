"""Export the town's ledger and verify the export offline, with the index's commands."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.town.found import program
from deploy.town.places import Places
from deploy.town.processes import PartyFailed, run_command
from keys import clock

HOLDS, FALSE = 0, 1


@dataclass(frozen=True)
class Verdict:
    """What the offline verifier said."""

    holds: bool
    sentence: str
    entries: int


def export_ledger(places: Places, into: Path) -> Path:
    """Write this year's ledger to a new folder and give it."""
    into.parent.mkdir(parents=True, exist_ok=True)
    settings = ["--settings", "index.toml", "--year", str(clock.now().year)]
    command = [program("signal-index"), "export", *settings, "--into", str(into)]
    run_command(command, places.index)
    return into


def verify_export(places: Places, export: Path) -> Verdict:
    """Verify an export; raises `PartyFailed` where it cannot be judged."""
    key = places.index / "keys" / "checkpoint.vkey"
    command = [program("signal-index"), "verify", str(export), "--key", str(key)]
    command += ["--witness", str(places.witness / "witness.vkey")]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--json"],
        cwd=export.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {HOLDS, FALSE}:
        raise PartyFailed(f"verify gave {done.returncode}: {done.stdout}{done.stderr}")
    said = json.loads(done.stdout)
    holds = done.returncode == HOLDS and said["verified"] is True
    return Verdict(holds, said["sentence"], int(said.get("entries", 0)))
