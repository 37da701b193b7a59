"""Two sources that signal one person hear of each other, and say what comes of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from signal_index.ledger import Group
from signal_index.upkeep.match_records import LEAST
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.match_builders import (
    name_cases,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump, read
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.matching]
ONE, TWO = a_bsn(1), a_bsn(2)


async def test_two_hear_of_each_other_and_one_takes_the_lead(world: World) -> None:
    (debt,) = await world.publish(world.debt_help, [ONE])
    (income,) = await world.publish(world.income_support, [ONE])
    await world.publish(world.income_support, [TWO])
    assert await read_matches(world, world.debt_help) == []
    assert await run_matches(world) == 1
    (mine,) = await read_matches(world, world.debt_help)
    (theirs,) = await read_matches(world, world.income_support)
    assert (mine["reference"], theirs["reference"]) == (
        str(debt.reference),
        str(income.reference),
    )
    assert mine["id"] != theirs["id"]
    assert mine["partner"]["organisation"] == "Bureau income-support"
    assert mine["partner"]["contactHolder"]["phone"]
    assert (mine["stage"], mine["lead"], mine["step"]) == ("open", None, 0)
    (told,) = await read(world, world.debt_help)
    assert (told["kind"], [one["reference"] for one in told["signals"]]) == (
        "match",
        [str(debt.reference)],
    )
    led = await say(world, world.debt_help, mine, "take-lead")
    assert led.status_code == 200, led.text
    assert (led.json()["lead"], led.json()["step"]) == ("own", 1)
    again = await say(world, world.debt_help, mine, "take-lead")
    assert again.json() == led.json()
    late = await say(world, world.income_support, theirs, "take-lead")
    assert late.status_code == 409
    assert late.json()["type"].endswith("/match-changed")
    (theirs,) = await read_matches(world, world.income_support)
    assert (theirs["lead"], theirs["lastStepBy"]) == ("other", "other")
    for act in ("agreed", "done"):
        done = await say(world, world.income_support, theirs, act)
        assert done.status_code == 200, done.text
        theirs = done.json()
    assert (theirs["stage"], theirs["followUpBy"]) == ("done", None)
    assert theirs["agreedOn"] == theirs["lastStepOn"]
    over = await say(world, world.income_support, theirs, "not-agreed")
    assert (over.status_code, over.json()["type"].rpartition("/")[2]) == (
        409,
        "match-over",
    )
    whats = [one[Group.WHAT] or {} for one in await open_entries(world, "match")]
    said = Counter("cover" if one.get("cover") else one.get("act") for one in whats)
    found = {None: 1, "cover": LEAST - 1}
    assert said == {"agreed": 1, "done": 1, "take-lead": 1, **found}
    sealed = "x" * 126
    await name_cases(world, world.debt_help, sealed)
    (mine,) = await read_matches(world, world.debt_help)
    (theirs,) = await read_matches(world, world.income_support)
    assert (mine["case"], theirs["case"]) == (sealed, None)
    world.clock.forward(timedelta(days=200))
    await run_matches(world, erase=True)
    assert [await dump(world, one) for one in ("match_sheet", "match_step")] == [[], []]
