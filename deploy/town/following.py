"""Following a case without a person: it tells what others changed, not oneself."""

from typing import Any, Final

from deploy.town.case_system import CaseSystem, LookupQuestion, build_body
from deploy.town.demanding import demand

CATEGORY: Final = "casusregie"
CASE: Final = "Z-2026-007007"


async def begin_follow(case_system: CaseSystem, number: str) -> str:
    """Follow somebody, and be told nothing of what one's own team does; give its id.

    Raises `CheckFailed` where a step does not give what it must.
    """
    found = await case_system.pseudonymise([number])
    (part,) = (await case_system.ask(build_body(found, LookupQuestion()))).answers
    made = await case_system.follow(part["entryId"], found)
    demand(made.status == 201, f"following gave {made.status}")
    demand(await _told(case_system) == [False], "something changed before it did")
    await _signal(case_system, number)
    demand(await _told(case_system) == [False], "one's own act was told as a change")
    return str(made.body["id"])


async def hear_of_change(case_system: CaseSystem, follow: str) -> int:
    """Be told that another organisation came, and end it: how many follows told so.

    Raises `CheckFailed` where nobody was told, or where what ended is followed still.
    """
    told = await _told(case_system)
    demand(told == [True], "nobody was told that another organisation came")
    ended = await case_system.end_follow(follow)
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
