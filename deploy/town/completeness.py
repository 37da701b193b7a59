"""Hold the town's own day against its holders and desk, with the commands for it.

Each party makes its part as it would anywhere else: the index opens and exports, the
desk hands out its receipts, the auditor asks each holder. The day is not over, so that
what can still come is left open (`--so-far`).
"""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.town.ceremony import KEY_ORIGIN
from deploy.town.commands import attempt, run
from deploy.town.ledger_tools import export_ledger
from deploy.town.parties import SUPERVISOR
from deploy.town.places import HOLDERS, Places
from deploy.town.processes import PartyFailed
from keys import clock

FITS, FOUND = 0, 1
OPENED, RECEIPTS = "opened.gz", "receipts.jsonl"


@dataclass(frozen=True)
class Reconciled:
    """What the tool said of the day: codes found, and how much was judged."""

    found: list[str]
    sentence: str
    judged: dict[str, Any]


def reconcile_today(places: Places) -> Reconciled:
    """Gather every party's part of today and judge it; `PartyFailed` if it cannot be.

    First what the index opens, then the tree, then the others: so that nothing which
    was opened can lack in what came after it.
    """
    folder = places.folder / "reconcile"
    folder.mkdir(mode=0o700)
    day = clock.now().date().isoformat()
    _write(places.index, "signal-index disclose", day, "index.toml", folder / OPENED)
    export = export_ledger(places, folder / "ledger")
    auditor = _write_auditor(places)
    with ThreadPoolExecutor() as pool:
        receipts = folder / RECEIPTS
        jobs = [
            pool.submit(
                _write, places.desk, "signal-desk receipts", day, "desk.toml", receipts
            )
        ]
        jobs += [
            pool.submit(_ask, auditor, places.holder_name(at), day, folder)
            for at in HOLDERS
        ]
        for job in jobs:
            job.result()
    return _judge(places, day, export, folder)


def _write(folder: Path, command: str, day: str, settings: str, into: Path) -> None:
    name, verb = command.split()
    options = ["--settings", settings, "--into", str(into)]
    run([name, verb, day, *options], folder)


def _write_auditor(places: Places, config: str = "../key-config.json") -> Path:
    """Write who the supervisor is to the holders, and where they are."""
    folder = places.keys / "auditor"
    holders = "\n".join(
        f'{places.holder_name(i)} = "{places.holder_url(i)}"' for i in HOLDERS
    )
    (folder / "auditor.toml").write_text(
        f'organisation = "{SUPERVISOR}"\n'
        'request_key = "request-key.jwk"\n'
        f'key_config = "{config}"\n'
        'pins = "../pins.json"\n'
        f'accepted_origin = "{KEY_ORIGIN}"\n'
        f"[holders]\n{holders}\n"
    )
    return folder


def ask_before_it_left(places: Places, leaves: int, former: bytes) -> None:
    """Have the auditor ask a holder that leaves, and keep the config of before.

    While the pins of before are there still: later nobody could read what it stated.
    """
    folder = _left(places)
    folder.mkdir(mode=0o700)
    (folder / "key-config.json").write_bytes(former)
    shutil.copyfile(places.keys / "pins.json", folder / "pins.json")
    auditor = _write_auditor(places, str(folder / "key-config.json"))
    day = clock.now().date().isoformat()
    _ask(auditor, places.holder_name(leaves), day, folder)


def _left(places: Places) -> Path:
    return places.folder / "left"


def _ask(auditor: Path, holder: str, day: str, folder: Path) -> None:
    into = folder / f"{holder}.jwt"
    options = ["--settings", "auditor.toml", "--holder", holder]
    command = ["signal-keys", "statement", day, *options]
    run([*command, "--into", str(into), "--json"], auditor)


def _judge(places: Places, day: str, export: Path, folder: Path) -> Reconciled:
    keys, left = places.index / "keys", _left(places)
    pins = folder / "pins.json"
    shutil.copyfile(places.keys / pins.name, pins)
    given = {
        "ledger": export,
        "opened": folder / OPENED,
        "receipts": folder / RECEIPTS,
        "key": keys / "checkpoint.vkey",
        "receipt-key": keys / "receipt.public.jwk",
        "key-config": places.keys / "key-config.json",
        "pins": pins,
        "accepted-origin": KEY_ORIGIN,
        "report": folder / "report.json",
    }
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    if left.exists():  # a holder was replaced today: it gave tickets too
        shutil.copyfile(left / pins.name, folder / "pins-before.json")
        options += ["--key-config", left / "key-config.json"]
    for statement in (*folder.glob("holder-*.jwt"), *left.glob("holder-*.jwt")):
        options += ["--statements", statement]
    command = ["signal-index", "reconcile", day, "--so-far", *map(str, options)]
    code, said, _ = attempt(command, folder)
    if code not in {FITS, FOUND} or not (folder / "report.json").exists():
        raise PartyFailed(f"reconcile gave {code}: {said}")
    report = json.loads((folder / "report.json").read_text("utf-8"))
    sentence = said.strip().splitlines()[-1]
    found = [one["code"] for one in report["findings"]]
    return Reconciled(found, sentence, report["judged"])
