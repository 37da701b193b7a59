"""How the loop closes, played without a person: what comes back after a signal.

- Somebody signals by hand, is seen, and ends it again.
- An agency hears of a lookup, with its own case number (`coming_back`).
- What came of each flag is said, changed, and found back.
- Two agencies that know the same people hear of each other (`matching`).
- A case is followed, and says that something changed (`following`).
- Two agencies merge: a flag shows under the new name, and both hear of it.

Each raises `CheckFailed` where anything does not hold.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx
from rich.console import Console

from deploy.town.case_system import CaseSystem
from deploy.town.coming_back import hear_of_lookup
from deploy.town.demanding import CheckFailed, demand
from deploy.town.following import begin_follow, hear_of_change
from deploy.town.login import fetch_client_token
from deploy.town.matching import match_agencies
from deploy.town.parties import REGIONAL_BANK, Agency
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.processes import Processes
from deploy.town.provider import agency_client
from deploy.town.regional_bank import (
    CATEGORY,
    SUCCESSOR,
    find_clients,
    merge_into_successor,
    publish_clients,
)

BY_HAND: Final = "casusregie"
HAND_CASE: Final = "Z-2026-004401"
SHOWN_FOR_WMO: Final = frozenset({"bijstand", "schuldhulpverlening"})
"""What wmo-onderzoek shows of the agencies' categories (see `signal-policy matrix`)."""
HEARD_WITHIN_SECONDS: Final = 120.0


@dataclass
class Loop:
    """What came back after a signal or a lookup; seconds until a notice was read."""

    handSignals: int = 0  # noqa: N815 - the names on the line
    outcomes: int = 0
    notices: int = 0
    noticeSeconds: float = 0  # noqa: N815
    matches: int = 0
    follows: int = 0
    successions: int = 0


async def close_loop(
    console: Console,
    places: Places,
    processes: Processes,
    case_system: CaseSystem,
    people: People,
) -> Loop:
    """Play all of it, and give how much of each there was: none is nothing."""
    loop = Loop()
    known = people.find_with(*SHOWN_FOR_WMO)
    back = await hear_of_lookup(places, processes, case_system, known)
    loop.notices, loop.noticeSeconds = back.notices, back.seconds
    console.print(f"the agency read of a lookup after {back.seconds} s")
    loop.outcomes = await say_outcomes(case_system, known)
    console.print(f"{loop.outcomes} flags with what came of them, one changed")
    loop.handSignals = await signal_by_hand(case_system, people.unknown[-5])
    console.print(f"{loop.handSignals} signalled by hand, seen, and ended again")
    loop.matches = match_agencies(places)
    console.print(f"{loop.matches} matches, one from its lead to its end")
    follow = await begin_follow(case_system, find_clients(people)[-1])
    loop.successions = await merge(places, case_system, people)
    console.print(f"{loop.successions} flags passed to the agency that took over")
    loop.follows = await hear_of_change(case_system, follow)
    console.print(f"{loop.follows} case that was followed said that something changed")
    for name, count in vars(loop).items():
        demand(
            count > 0 or name == "noticeSeconds", f"the loop did not close: no {name}"
        )
    return loop


async def say_outcomes(case_system: CaseSystem, known: str) -> int:
    """Say of each flag what came of it, change one, and find it back."""
    reply = await case_system.look_up([known])
    (answer,) = reply.answers
    entry, places = answer["entryId"], range(len(answer["flags"]))
    said = [(place, "not-reachable") for place in places] + [(0, "contact-made")]
    for place, outcome in said:
        status = await case_system.say_outcome(entry, place, outcome)
        demand(status == 204, f"an outcome gave {status}")
    listed = (await case_system.list_own_lookups()).body["items"]
    (own,) = [one for one in listed if one["entryId"] == entry]
    found = {flag["place"]: flag["contactOutcome"] for flag in own["flags"]}
    demand(found == dict(said), "what came of a flag is not what was said last")
    return len(found)


async def signal_by_hand(case_system: CaseSystem, number: str) -> int:
    """Give a signal from the case system, see it, end it, and see it no more."""
    options = (await case_system.read_hand_signals("hand-signal-options")).body
    (place,) = [one for one in options["places"] if one["category"] == BY_HAND]
    contact = options["contacts"][0]["id"]
    given = await case_system.signal_by_hand(number, place, contact, HAND_CASE)
    demand(given.status == 200, f"a signal by hand gave {given.status}: {given.body}")
    listed = (await case_system.read_hand_signals()).body["items"]
    mine = [one for one in listed if one["caseReference"] == HAND_CASE]
    demand(len(mine) == 1, "a signal by hand is not listed by its own case number")
    shown = [one["category"] for one in await _flags(case_system, number)]
    demand(shown == [BY_HAND], "a signal by hand does not show")
    ended = await case_system.end_hand_signal(mine[0]["reference"])
    demand(ended.status == 204, f"ending a signal by hand gave {ended.status}")
    demand(not await _flags(case_system, number), "it shows after it ended")
    return len(mine)


async def merge(places: Places, case_system: CaseSystem, people: People) -> int:
    """Let the small bank merge, see each flag under the new name; both hear of it.

    What the small bank's machine still delivers afterwards brings nothing back.
    """
    clients = find_clients(people)
    before = await _names(case_system, clients)
    demand(before == [REGIONAL_BANK.name] * len(clients), "its flags do not show")
    await merge_into_successor(places)
    after = await _names(case_system, clients)
    demand(after == [SUCCESSOR.name] * len(clients), "flags have not their new name")
    again = publish_clients(places, people)
    demand(not again.accepted, "the first agency told anew what it had passed on")
    demand(await _names(case_system, clients) == after, "a flag came back twice")
    heard = [await _hear(places, one) for one in (REGIONAL_BANK, SUCCESSOR)]
    demand(heard[0] == heard[1], "the two heard of other signals")
    demand(len(heard[0]) == len(clients), "not each signal's source heard of it")
    return len(after)


async def _flags(case_system: CaseSystem, number: str) -> list[dict[str, Any]]:
    reply = await case_system.look_up([number])
    demand(reply.status == 200, f"a lookup gave {reply.status}")
    flags: list[dict[str, Any]] = reply.answers[0]["flags"]
    return flags


async def _names(case_system: CaseSystem, numbers: tuple[str, ...]) -> list[str]:
    reply = await case_system.look_up(numbers)
    demand(reply.status == 200, f"a lookup gave {reply.status}")
    flags = [flag for answer in reply.answers for flag in answer["flags"]]
    return [one["organisation"] for one in flags if one["category"] == CATEGORY]


async def _hear(places: Places, agency: Agency) -> set[str]:
    """Give the references of which an agency is told that they passed on.

    Of all notices: its own delivery meanwhile may have fetched and acknowledged it.
    """
    client = agency_client(places, agency.slug)
    token = await fetch_client_token(places.issuer, client, "publish")
    url = f"{places.index_url}/v1/notices?state=all&limit=1000"
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=30) as http:
        while time.monotonic() - began < HEARD_WITHIN_SECONDS:
            answer = await http.get(url, headers={"Authorization": f"Bearer {token}"})
            told = [x for x in answer.json()["items"] if x["kind"] == "succession"]
            if told:
                return {one["reference"] for x in told for one in x["signals"]}
            await asyncio.sleep(0.3)
    raise CheckFailed(f"{agency.name} heard nothing of the transfer")
