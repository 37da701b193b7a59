"""Export the town's ledger and verify the export offline, with the index's commands."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.town.commands import attempt, run
from deploy.town.places import Places
from deploy.town.processes import PartyFailed
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
    run(["signal-index", "export", *settings, "--into", str(into)], places.index)
    return into


def verify_export(places: Places, export: Path) -> Verdict:
    """Verify an export; raises `PartyFailed` where it cannot be judged."""
    key = places.index / "keys" / "checkpoint.vkey"
    command = ["signal-index", "verify", str(export), "--key", str(key)]
    command += ["--witness", str(places.witness / "witness.vkey"), "--json"]
    code, printed, complained = attempt(command, export.parent)
    if code not in {HOLDS, FALSE}:
        raise PartyFailed(f"verify gave {code}: {printed}{complained}")
    said = json.loads(printed)
    holds = code == HOLDS and said["verified"] is True
    return Verdict(holds, said["sentence"], int(said.get("entries", 0)))
