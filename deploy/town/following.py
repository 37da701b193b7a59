"""Following a case without a person: nothing changed, somebody joins, it says so."""

from typing import Any, Final

from deploy.town.case_system import CaseSystem, LookupQuestion, build_body
from deploy.town.demanding import demand
from keys.base64url import encode_b64u

CATEGORY: Final = "casusregie"
CASE: Final = "Z-2026-007007"


async def follow_a_case(case_system: CaseSystem, number: str) -> int:
    """Follow somebody, be told that another organisation joined, and end it.

    Gives how many follows told of a change. Raises `CheckFailed` where a step does not
    give what it must: nothing before, one after, nothing left.
    """
    found = await case_system.pseudonymise([number])
    (part,) = (await case_system.ask(build_body(found, LookupQuestion()))).answers
    pseudonym = encode_b64u(found.pseudonyms[0].encoded)
    made = await case_system.follow(part["entryId"], pseudonym)
    demand(made.status == 201, f"following gave {made.status}")
    demand(await _told(case_system) == [False], "something changed before it did")
    await _signal(case_system, number)
    told = await _told(case_system)
    demand(told == [True], "nobody was told that somebody joined")
    ended = await case_system.end_follow(made.body["id"])
    demand(ended.status == 204, f"ending a follow gave {ended.status}")
    demand(await _told(case_system) == [], "what was ended is followed still")
    return len(told)


async def _told(case_system: CaseSystem) -> list[bool | None]:
    items: list[dict[str, Any]] = (await case_system.read_follows()).body["items"]
    return [one["changed"] for one in items]


async def _signal(case_system: CaseSystem, number: str) -> None:
    """Have the team say by hand that it coordinates for this citizen."""
    options = (await case_system.read_hand_signals("hand-signal-options")).body
    (place,) = [one for one in options["places"] if one["category"] == CATEGORY]
    contact = options["contacts"][0]["id"]
    given = await case_system.signal_by_hand(number, place, contact, CASE)
    demand(given.status == 200, f"a signal by hand gave {given.status}")
