"""A citizen wants messages: recorded about them, and told of days that are over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from signal_index.proof import Group
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.portal_builders import (
    ask_due,
    begin_messages,
    end_messages,
    view_own,
)

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
DAY = timedelta(days=1)


async def begin(desk: CitizensDesk) -> str:
    answer = await begin_messages(desk.world, await view_own(desk.world, ONE))
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def day_of(desk: CitizensDesk, back: int = 0) -> date:
    return desk.world.clock().date() - back * DAY


async def test_a_wish_is_recorded_and_stands_in_view_and_report(
    desk: CitizensDesk,
) -> None:
    token = await begin(desk)
    view = await view_own(desk.world, ONE)
    assert (await end_messages(desk.world, view)).status_code == 204
    first, second = await open_entries(desk.world, "own-wish")
    acts = {(one[Group.WHAT] or {})["act"] for one in (first, second)}
    assert acts == {"message-begun", "message-ended"}
    assert first[Group.PERSON] is not None
    for said in (await view_own(desk.world, ONE), await desk.report(ONE)):
        kinds = [one["kind"] for one in said["checks"]]
        assert {"own-wish-message-begun", "own-wish-message-ended"} <= set(kinds)
    assert token not in str(first) + str(second)


async def test_a_message_is_due_about_a_day_on_which_somebody_looked(
    desk: CitizensDesk,
) -> None:
    token = await begin(desk)
    await desk.world.look_up([ONE])
    looked = day_of(desk)
    desk.world.clock.forward(DAY)
    due, quiet = [
        (await ask_due(desk.world, day, [token])).json()["items"]
        for day in (looked, looked - DAY)
    ]
    assert [one["isDue"] for one in (*due, *quiet)] == [True, False]
    view = await view_own(desk.world, ONE)
    assert due[0]["name"] in view["messageNames"]
    other = await view_own(desk.world, TWO)
    assert due[0]["name"] not in other["messageNames"]


async def test_a_day_that_is_not_over_or_long_past_is_not_told_of(
    desk: CitizensDesk,
) -> None:
    token = await begin(desk)
    for back in (0, -1, 8):
        refused = await ask_due(desk.world, day_of(desk, back), [token])
        assert refused.status_code == 400, refused.text
    assert (await ask_due(desk.world, day_of(desk, 7), [token])).status_code == 200


async def test_after_its_last_day_a_wish_says_nothing(desk: CitizensDesk) -> None:
    token = await begin(desk)
    desk.world.clock.forward(timedelta(days=360))
    (kept,) = (await ask_due(desk.world, day_of(desk, 1), [token])).json()["items"]
    assert kept["name"] is not None
    desk.world.clock.forward(timedelta(days=10))
    (over,) = (await ask_due(desk.world, day_of(desk, 1), [token])).json()["items"]
    assert over == {"isDue": False, "name": None}
