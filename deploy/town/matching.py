"""Two agencies hear of each other without a person: who leads, what was agreed, done.

The Kredietbank and the Werkplein know some of the same people. The daily run is started
by its command, and each reads and answers with its own `signal-source matches`.
"""

import json
from typing import Any, Final

from deploy.town.commands import run
from deploy.town.demanding import demand
from deploy.town.places import Places

LEADS: Final = "debt-help"
FOLLOWS: Final = "income-support"
_SETTINGS: Final = ("--settings", "agency.toml")


def find_matches(places: Places) -> None:
    """Have the index look for the matches of this day now."""
    run(["signal-index", "loop", "match", "--settings", "index.toml"], places.index)


def read_matches(places: Places, slug: str) -> list[dict[str, Any]]:
    """Give what an agency reads of its matches, those that are done among them."""
    command = ["signal-source", "matches", "list", "--all", "--json", *_SETTINGS]
    said = json.loads(run(command, places.agency(slug)))
    demand(said["unreadable"] == 0, "there are matches that do not open")
    found: list[dict[str, Any]] = said["items"]
    return found


def say_of_match(places: Places, slug: str, match: str, act: str) -> None:
    """Have an agency say something of the match that it read under this name."""
    command = ["signal-source", "matches", act, match, *_SETTINGS]
    run(command, places.agency(slug))


def match_agencies(places: Places) -> int:
    """Find matches, and bring one from its lead to its end; gives how many there are.

    Raises `CheckFailed` where one side does not read what the other said.
    """
    find_matches(places)
    ours = read_matches(places, LEADS)
    demand(bool(ours), "two agencies know the same people and hear of nobody")
    theirs = read_matches(places, FOLLOWS)
    demand(
        all(one["case"] for one in (*ours, *theirs)), "a match does not name its case"
    )
    before = {one["match"] for one in theirs}
    say_of_match(places, LEADS, ours[0]["match"], "take-lead")
    (led,) = [x for x in read_matches(places, FOLLOWS) if x["match"] not in before]
    demand(led["lead"] == "other", "one took the lead and the other does not read it")
    say_of_match(places, FOLLOWS, led["match"], "agreed")
    (agreed,) = [one for one in read_matches(places, LEADS) if one["step"]]
    demand(agreed["stage"] == "agreed", "what was agreed is not read")
    say_of_match(places, LEADS, agreed["match"], "done")
    (done,) = [one for one in read_matches(places, FOLLOWS) if one["step"]]
    demand(done["stage"] == "done", "what is done is not read")
    return len(ours)
