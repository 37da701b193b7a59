"""Who writes in the database ends what a citizen asked: the ledger tells otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from keys.months import add_months
from signal_index.days import day_of
from signal_index.store.connect import transaction
from signal_index.store.registered import Difference, compare_registered
from signal_index.upkeep.expiry import CITIZEN_RIGHTS_MONTHS, find_closed
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.policy_officers import approve, send
from tests.portal_builders import ask_check, view_own
from tests.transfer_builders import a_successor, a_transfer
from tests.world import World

pytestmark = pytest.mark.anyio


async def differences(world: World) -> Sequence[Difference]:
    """What differs of what was asked, on the world's own day."""
    kept, closed = 2022, find_closed(day_of(world.clock()))
    async with transaction(world.engine) as conn:
        found = await compare_registered(
            conn, world.index.keys, first_kept_year=kept, closed=closed
        )
    asked = {"access-request", "correction", "contact-label-request"}
    asked |= {"transfer", "review", "finding"}
    return [one for one in found.differences if one.thing[0] in asked]


async def a_signal(world: World) -> dict[str, object]:
    (notice,) = await world.publish(world.debt_help, [a_bsn(1)])
    return {"source": world.debt_help.oin, "reference": str(notice.reference)}


async def close(desk: CitizensDesk, request: dict[str, object]) -> None:
    path = f"/access-requests/{request['id']}/closing"
    assert (await desk.send("POST", path, {"closing": "answered"})).is_success


async def test_a_request_that_was_closed_by_sql_is_named_before_and_after(
    world: World, desk: CitizensDesk
) -> None:
    request = await desk.register()
    other = await desk.register()
    extension = {"reason": "complex"}
    path = f"/access-requests/{other['id']}/extension"
    assert (await desk.send("POST", path, extension)).is_success
    await close(desk, other)
    assert await differences(world) == []
    thing = ("access-request", str(request["id"]))
    await world.run_sql(
        "UPDATE access_request SET closing = 'answered', "
        "closed_at = '2020-01-01 00:00:00' WHERE closing IS NULL"
    )
    assert await differences(world) == [
        Difference(thing, "changed", ("closedAt", "closing"))
    ]
    await world.run_sql("DELETE FROM access_request WHERE closed_at < '2021-01-01'")
    assert await differences(world) == [Difference(thing, "gone")]


async def test_a_correction_that_was_answered_by_sql_is_named_before_and_after(
    world: World, desk: CitizensDesk
) -> None:
    made = await desk.enter_correction(await a_signal(world), restrict=True)
    assert await differences(world) == []
    thing = ("correction", str(made["id"]))
    await world.run_sql(
        "UPDATE correction SET answer = 'facts-correct', answered_on = '2020-01-01', "
        "released_on = '2020-01-01'"
    )
    members = ("answer", "answeredOn", "released", "releasedOn")
    assert await differences(world) == [Difference(thing, "changed", members)]
    await world.run_sql("DELETE FROM correction")
    assert await differences(world) == [Difference(thing, "gone")]


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ("signal SET state = 'active' WHERE state = 'restricted'", ("shown",)),
        ("correction SET received_on = '2020-01-01'", ("receivedOn",)),
        ("correction SET due_on = '2030-01-01'", ("dueOn",)),
        ("correction SET reference = 'AAA-AAA'", ("reference",)),
        (
            "correction SET signal_reference = '00000000000040008000000000000001'",
            ("signalReference",),
        ),
        ("correction SET entered_on = '2020-01-01'", ("enteredOn",)),
        ("correction SET restricted_on = '2020-01-01'", ("restrictedOn",)),
    ],
)
async def test_a_restriction_that_was_undone_or_redated_by_sql_is_named(
    world: World, desk: CitizensDesk, change: str, members: tuple[str, ...]
) -> None:
    made = await desk.enter_correction(await a_signal(world), restrict=True)
    assert await differences(world) == []
    await world.run_sql(f"UPDATE {change}")
    thing = ("correction", str(made["id"]))
    assert await differences(world) == [Difference(thing, "changed", members)]


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ("identity_check = 'at-the-desk'", ("identityCheck",)),
        ("received_on = '2020-01-01'", ("receivedOn",)),
        ("due_on = '2030-01-01'", ("dueOn",)),
        ("reference = 'AAA-AAA'", ("reference",)),
        ("reported_at = '2026-01-01 00:00:00'", ("reportedAt",)),
    ],
)
async def test_a_request_that_was_redated_or_put_otherwise_by_sql_is_named(
    world: World, desk: CitizensDesk, change: str, members: tuple[str, ...]
) -> None:
    request = await desk.register()
    assert await differences(world) == []
    await world.run_sql(f"UPDATE access_request SET {change}")  # noqa: S608 - ours
    thing = ("access-request", str(request["id"]))
    assert await differences(world) == [Difference(thing, "changed", members)]


async def test_a_longer_term_and_a_report_are_as_the_ledger_says(
    world: World, desk: CitizensDesk
) -> None:
    await world.publish(world.debt_help, [a_bsn(1)])
    await desk.report(a_bsn(1))
    assert await differences(world) == []
    request = await desk.register()
    path = f"/access-requests/{request['id']}/extension"
    assert (await desk.send("POST", path, {"reason": "complex"})).is_success
    assert await differences(world) == []
    await world.run_sql("UPDATE access_request SET reported_at = '2020-01-01 00:00:00'")
    found = await differences(world)
    assert {one.members for one in found} == {("reportedAt",)}


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ("named = '{}'", ("named",)),
        ("reason = 'team-split'", ("reason",)),
        ("carried_out_at = '2020-01-01 00:00:00'", ("carriedOutAt",)),
        ("signals = 0", ("signals",)),
    ],
)
async def test_a_hand_over_that_was_put_otherwise_by_sql_is_named(
    world: World, change: str, members: tuple[str, ...]
) -> None:
    """Whom to call of a flag that was shown before follows from its row."""
    await a_signal(world)
    body = a_transfer(world, await a_successor(world))
    _, asked = await send(world, "/transfers", body)
    status, given = await approve(world, {"id": asked["approvalId"]})
    assert status == 200, given
    assert await differences(world) == []
    thing = ("transfer", str(asked["id"]))
    await world.run_sql(f"UPDATE signal_transfer SET {change}")  # noqa: S608 - ours
    assert await differences(world) == [Difference(thing, "changed", members)]
    await world.run_sql(
        "UPDATE signal_transfer SET carried_out_at = NULL, signals = NULL,"
        " references_digest = NULL, named = NULL"
    )
    assert await differences(world) == [Difference(thing, "gone")]


async def test_a_verdict_that_was_put_otherwise_by_sql_is_named(world: World) -> None:
    """A citizen reads the verdict of a lookup that they asked to look at."""
    await world.publish(world.debt_help, [a_bsn(1)])
    await world.look_up([a_bsn(1)])
    view = await view_own(world, a_bsn(1))
    said = await ask_check(world, view, view["lookups"][0])
    assert said.status_code == 201, said.text
    assert await differences(world) == []
    await world.run_sql(
        "UPDATE review SET state = 'closed', verdict = 'in-order', closed_at = due_at,"
        " asked_on = '2020-01-01'"
    )
    (one,) = await differences(world)
    assert (one.how, one.members) == ("changed", ("askedOn", "closed", "verdict"))
    await world.run_sql("DELETE FROM review_act", "DELETE FROM review_ground")
    await world.run_sql("DELETE FROM review")
    assert [one.how for one in await differences(world)] == ["gone"]


async def test_what_its_source_and_the_officer_said_is_as_the_ledger_says(
    world: World, desk: CitizensDesk
) -> None:
    made = await desk.enter_correction(await a_signal(world), restrict=True)
    assert (await desk.answer(made)).is_success
    assert (await desk.answer(made)).is_success
    path = f"/corrections/{made['id']}/release"
    said = {"answer": "facts-correct", "citizenTold": True}
    assert (await desk.send("POST", path, said)).is_success
    assert await differences(world) == []


async def test_what_was_over_long_enough_may_be_erased(
    world: World, desk: CitizensDesk
) -> None:
    made = await desk.enter_correction(await a_signal(world))
    assert (await desk.answer(made)).is_success
    await close(desk, await desk.register())
    for table in ("correction", "access_request"):
        await world.run_sql(f"DELETE FROM {table}")  # noqa: S608 - ours
    assert {one.how for one in await differences(world)} == {"gone"}
    last = add_months(day_of(world.clock()), CITIZEN_RIGHTS_MONTHS)
    world.clock.forward(timedelta(days=(last - day_of(world.clock())).days + 1))
    assert await differences(world) == []


async def test_a_word_that_was_asked_for_and_deleted_is_named(world: World) -> None:
    label = {"organisation": world.debt_help.oin, "label": "Klantmanager team Zuid"}
    asked = await world.send("POST", "/contact-labels", world.an_officer(), label)
    assert asked.is_success, asked.text
    assert await differences(world) == []
    await world.run_sql("UPDATE contact_label_request SET label = 'Iets anders'")
    assert {one.how for one in await differences(world)} == {"gone", "not-recorded"}
    await world.run_sql("DELETE FROM contact_label_request")
    assert [one.how for one in await differences(world)] == ["gone"]
