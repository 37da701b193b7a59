"""What comes back to an agency: its agent runs, a citizen is looked up, it hears of it.

How long it takes is measured from the answer of the lookup to the moment at which the
agency's own command shows the notice with its own case number.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Final

from deploy.town.case_system import CaseSystem
from deploy.town.commands import run
from deploy.town.places import Places
from deploy.town.processes import PartyFailed, Processes
from deploy.town.publishing import agent_parties

SLUG: Final = "income-support"
KIND: Final = "looked-up"
WITHIN_SECONDS: Final = 60.0


@dataclass(frozen=True)
class CameBack:
    """How many notices the agency read, and how long the newest was on its way."""

    notices: int
    seconds: float


async def hear_of_lookup(
    places: Places, processes: Processes, case_system: CaseSystem, known: str
) -> CameBack:
    """Look somebody up whom the agency signals, and wait until it reads that.

    Raises `PartyFailed` where it does not within a minute, or does not know the case.
    """
    (agent,) = [one for one in agent_parties(places) if one.name == f"agent-{SLUG}"]
    processes.start(agent)
    try:
        before = {one["id"] for one in _read(places)}
        reply = await case_system.look_up([known])
        began = time.monotonic()
        while time.monotonic() - began < WITHIN_SECONDS:
            new = [one for one in _read(places) if one["id"] not in before]
            if new:
                _verify(new)
                return CameBack(len(new), round(time.monotonic() - began, 1))
            await asyncio.sleep(0.5)
    finally:
        processes.stop(agent.name)
    raise PartyFailed(f"{SLUG} heard nothing of a lookup that gave {reply.status}")


def _read(places: Places) -> list[dict[str, object]]:
    folder = places.agency(SLUG)
    command = ["signal-source", "notices", "list", "--json", "--settings"]
    said = run([*command, "agency.toml"], folder)
    found: list[dict[str, object]] = json.loads(said)
    return [one for one in found if one["kind"] == KIND]


def _verify(new: list[dict[str, object]]) -> None:
    """Hold that a notice names the agency's own case and whom to call back."""
    said = json.dumps(new)
    if '"case": null' in said or '"callBack": null' in said:
        raise PartyFailed("a notice names no case, or nobody to call back")
