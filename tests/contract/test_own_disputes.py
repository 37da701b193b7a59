"""A citizen says of their own view what is wrong, and reads what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from keys.months import add_months
from signal_index.proof import Group
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.portal_builders import ask_check, dispute, view_own

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE = a_bsn(1)


async def test_what_a_citizen_disputes_its_source_answers_and_they_read_it(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    await world.publish(world.debt_help, [ONE])
    view = await view_own(world, ONE)
    said = await dispute(world, view, view["signals"][0])
    assert said.status_code == 201, said.text
    entered = said.json()
    assert (entered["kind"], entered["answerText"]) == ("correction", None)
    received = date.fromisoformat(entered["receivedOn"])
    assert date.fromisoformat(entered["dueOn"]) == add_months(received, 1)

    token = world.a_source_token(world.debt_help)
    page = (await world.send("GET", "/own-corrections", token)).json()
    (own,) = page["items"]
    assert own["reference"] == entered["reference"]
    assert "facts-correct" in [one["code"] for one in page["answers"]]
    assert (await desk.answer(own)).status_code == 204

    (told,) = (await view_own(world, ONE))["corrections"]
    assert (
        told["answerText"] == "De organisatie vindt dat het klopt en past het niet aan."
    )
    assert {**told, "answerText": None, "answeredOn": None} == entered


async def test_a_dispute_is_recorded_as_the_pages_and_hides_no_signal(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    await world.publish(world.debt_help, [ONE])
    view = await view_own(world, ONE)
    await dispute(world, view, view["signals"][0])
    (recorded,) = await open_entries(world, "correction")
    what = recorded[Group.WHAT] or {}
    assert (what["act"], what["restricted"]) == ("correction-entered", False)
    assert recorded[Group.WHO] == {"sub": "portal"}
    assert recorded[Group.PERSON] is None
    (signal,) = (await view_own(world, ONE))["signals"]
    assert (signal["state"], signal["isDisputed"]) == ("active", True)


async def test_one_signal_is_disputed_once_while_it_waits(desk: CitizensDesk) -> None:
    world = desk.world
    await world.publish(world.debt_help, [ONE])
    view = await view_own(world, ONE)
    await dispute(world, view, view["signals"][0])
    again = await dispute(world, view, view["signals"][0], reason="own-situation")
    assert again.status_code == 409
    assert again.json()["type"].endswith("/correction-open")


async def test_a_lookup_that_a_citizen_asks_about_is_judged_and_told(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    await world.look_up([ONE])
    view = await view_own(world, ONE)
    assert view["lookups"][0]["review"] is None
    asked = await ask_check(world, view, view["lookups"][0])
    assert asked.status_code == 201, asked.text
    world.clock.forward(timedelta(days=1))
    first = await view_own(world, ONE)
    await ask_check(world, first, first["lookups"][0])  # a second time changes nothing
    (waiting,) = [one["review"] for one in (await view_own(world, ONE))["lookups"]]
    assert waiting == asked.json()
    assert (waiting["verdict"], waiting["askedOn"]) != (None, None)

    (review,) = (await desk.send("GET", "/reviews")).json()["items"]
    assert review["rules"] == ["citizen"]
    path = f"/reviews/{review['id']}"
    body = {"verdict": "not-in-order", "finding": "no-task", "text": None}
    assert (await desk.send("POST", f"{path}/judgement", body)).status_code == 204
    # Until a second officer agrees it is nobody's verdict.
    assert await verdict(desk) is None
    agreed: dict[str, Any] = {"agrees": True, "text": None}
    other = await desk.send("POST", f"{path}/second-look", agreed, sub="privacy-2")
    assert other.status_code == 204, other.text
    assert await verdict(desk) == "not-in-order"
    report = await desk.report(ONE)
    assert report["lookups"][0]["review"]["verdict"] == "not-in-order"
    late = await view_own(world, ONE)
    closed = await ask_check(world, late, late["lookups"][0])
    assert closed.json()["type"].endswith("/review-closed")


async def test_a_check_that_goes_on_is_told_only_to_who_asked_for_it(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    await world.look_up([ONE])
    (entry,) = [one["entryId"] for one in (await view_own(world, ONE))["lookups"]]
    picked = await desk.send("POST", "/reviews", {"entryId": entry})
    assert picked.status_code == 201
    assert (await view_own(world, ONE))["lookups"][0]["review"] is None


async def test_a_citizen_reads_in_which_role_somebody_looked_and_no_other(
    desk: CitizensDesk,
) -> None:
    await desk.world.look_up([ONE])
    (line,) = (await view_own(desk.world, ONE))["lookups"]
    assert line["roles"] == ["generalist"]


async def test_a_citizen_reads_no_team_unless_the_policy_says_so(
    desk: CitizensDesk,
) -> None:
    await desk.world.look_up([ONE])
    (line,) = (await view_own(desk.world, ONE))["lookups"]
    (report,) = (await desk.report(ONE))["lookups"]
    assert (line["team"], report["team"]) == (None, None)


async def verdict(desk: CitizensDesk) -> str | None:
    (line,) = (await view_own(desk.world, ONE))["lookups"]
    said: str | None = line["review"]["verdict"]
    return said
