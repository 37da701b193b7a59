"""A holder of the town leaves, and a new one takes its place: elsewhere, other pins.

The acts are those of docs/key-replace.md, in their order, with commands, files and
processes of their own; nobody restarts. Somebody looks up all the while. That everybody
took the new holder up is seen with one of the others stopped: nothing is answered then
without it. Raises `CheckFailed` where not.
"""

import asyncio
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Final

import httpx

from deploy.town.case_system import CaseSystem
from deploy.town.ceremony import INDEX_PINS, settle_holder, share_anew
from deploy.town.citizens import open_own, settle_citizens
from deploy.town.completeness import ask_before_it_left
from deploy.town.demanding import demand
from deploy.town.parties import UWV
from deploy.town.people import People
from deploy.town.places import HOLDERS, Places
from deploy.town.processes import Processes
from deploy.town.renewing import (
    REST_SECONDS,
    change_over,
    go_first,
    look_up,
    put_in_place,
    settle,
)
from deploy.town.run import holder_party
from deploy.town.settings_files import write_agency, write_holder, write_settings

LEAVES: Final = 3
STAY: Final = tuple(place for place in HOLDERS if place != LEAVES)
STOPS: Final = STAY[0]
"""Stopped for a moment, so that nothing is answered without who is new."""
NEW: Final = "holder-4"
TOLD_WITHIN_SECONDS: Final = 60.0


async def replace_holder(
    places: Places, processes: Processes, case_system: CaseSystem, people: People
) -> tuple[Places, int]:
    """Have another holder take the place of one that leaves, at work.

    Gives the town as it is then, and the lookups meanwhile.
    """
    after, person = places.with_holder(LEAVES, NEW), people.find_with("bijstand")

    async def replace() -> None:
        await _replace(places, after, processes)

    done = await change_over(after, case_system, person, replace)
    await _do_without_another(after, processes, case_system, people)
    return after, done.total()


async def _replace(places: Places, after: Places, processes: Processes) -> None:
    names, leaves = after.holder_names, places.holder_name(LEAVES)
    waiting = await asyncio.to_thread(
        share_anew, places.keys, names, "replace", lost=leaves
    )
    pins, new_pins = places.keys / "pins.json", places.keys / "pins-2.json"
    shutil.copyfile(waiting / "pins.json", new_pins)  # each client, from a hand
    await asyncio.to_thread(settle_holder, places.keys, names, LEAVES)
    after.holder(LEAVES).mkdir()
    listed = "organisations.toml"
    shutil.copyfile(places.holder(STAY[0]) / listed, after.holder(LEAVES) / listed)
    write_holder(after, LEAVES)
    party = holder_party(after, LEAVES)
    await asyncio.to_thread(processes.start_together, [party])
    put_in_place(places.keys / INDEX_PINS, new_pins.read_bytes())
    former = (places.keys / "key-config.json").read_bytes()
    serial = await go_first(places, waiting)
    for place in STAY:
        await settle(after, place, serial)
    write_settings(after)  # where who is new answers: desks, page, agencies, index
    write_agency(after, UWV)
    await asyncio.to_thread(ask_before_it_left, places, LEAVES, former)
    processes.stop(leaves)
    new_pins.replace(pins)


async def _do_without_another(
    places: Places, processes: Processes, case_system: CaseSystem, people: People
) -> None:
    """Stop one who stayed: desk, page and index must do with who is new."""
    stopped = places.holder_name(STOPS)
    processes.stop(stopped)
    _, flags = await look_up(case_system, people.find_with("bijstand"))
    demand(flags, "a desk shows no flag by who is new")
    known, *_ = settle_citizens(places, people)
    async with httpx.AsyncClient(timeout=30) as http:
        page = await open_own(places, http, known)
    demand(page.status_code == 200, "the page for citizens does not ask who is new")
    await _wait_until_told(places.holder(LEAVES) / "budgets.db")
    await asyncio.to_thread(processes.start_together, [holder_party(places, STOPS)])


async def _wait_until_told(record: Path) -> None:
    """Wait until the index has told who is new whom to refuse."""
    deadline = time.monotonic() + TOLD_WITHIN_SECONDS
    while True:
        with sqlite3.connect(f"file:{record}?mode=ro", uri=True) as found:
            if found.execute("SELECT at FROM refused_at").fetchone():
                return
        demand(time.monotonic() < deadline, "the index told who is new nothing")
        await asyncio.sleep(REST_SECONDS)
