"""What a notice asks for is not asked any more once it was done, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.builders import a_contact_holder, a_day, anew
from tests.hand_builders import a_hand_notice, a_hand_signaller, give, open_hand_signals
from tests.holders_builders import a_bsn
from tests.match_builders import both_publish, open_matching, read_matches, run_matches
from tests.match_builders import say as say_of_match
from tests.notice_builders import lead, read, say_of_flag, switch_on
from tests.policy_officers import approve, send
from tests.transfer_builders import a_successor, a_transfer, withdraw
from tests.world import Agency, World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await switch_on(world)
    return world


async def settled(
    world: World, kind: str, agency: Agency | None = None
) -> dict[str, Any]:
    """What the newest notice of a kind says was done; empty while it asks."""
    found = await read(world, agency or world.debt_help, "all")
    return next(one["settled"] or {} for one in found if one["kind"] == kind)


async def enter_correction(world: World, reference: object) -> str:
    """Have an officer enter what a citizen disputes; gives the kind of its notice."""
    reason = next(iter(world.index.catalogue.correction_reasons.values()))
    body = {
        "source": world.debt_help.oin,
        "signalReference": str(reference),
        "reason": reason.id,
        "receivedOn": world.clock().date().isoformat(),
        "restrict": False,
    }
    answer = await world.send("POST", "/corrections", world.an_officer(), body)
    assert answer.status_code == 201, answer.text
    await lead(world)
    return reason.kind


async def answer(world: World) -> None:
    token = world.a_source_token(world.debt_help)
    (own,) = (await world.send("GET", "/own-corrections", token)).json()["items"]
    path = f"/own-corrections/{own['id']}/answer"
    said = {"answer": "facts-correct", "step": 0}
    done = await world.send("POST", path, token, said)
    assert done.status_code == 204, done.text


async def pass_on(world: World, to: Agency) -> None:
    status, asked = await send(world, "/transfers", a_transfer(world, to))
    assert status == 201, asked
    status, given = await approve(world, {"id": asked["approvalId"]})
    assert status == 200, given
    await lead(world)


async def test_a_correction_says_when_and_by_whom_it_was_answered(
    world: World,
) -> None:
    first, second = await world.publish(world.debt_help, [ONE, TWO])
    kind = await enter_correction(world, first.reference)
    assert not await settled(world, kind)
    reason = next(iter(world.index.catalogue.correction_reasons.values()))
    (told,) = await read(world, world.debt_help, "all")
    assert told["facts"]["reasonLabel"] == reason.label, "what is wrong"
    await answer(world)
    label = world.index.catalogue.correction_answers["facts-correct"].label
    assert await settled(world, kind) == {
        "how": "answered",
        "on": world.clock().date().isoformat(),
        "by": "Bureau debt-help",
        "label": label,
    }
    world.clock.forward(timedelta(hours=1))
    await enter_correction(world, second.reference)
    assert not await settled(world, kind), "another one, of another signal"


async def test_a_correction_that_another_answers_now_says_who(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    kind = await enter_correction(world, notice.reference)
    await read(world, world.debt_help)
    await pass_on(world, await a_successor(world))
    said = await settled(world, kind)
    assert (said["how"], said["by"]) == ("passed-on", "Schuldhulp Samen")


async def test_a_contact_holder_was_confirmed_or_is_named_no_more(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    world.clock.forward(timedelta(days=170))
    await lead(world, due=True)
    assert not await settled(world, "contact-stale-soon")
    today = world.clock().date()
    await world.put_contact(world.debt_help, a_contact_holder(lastVerified=today))
    said = await settled(world, "contact-stale-soon")
    assert (said["how"], said["on"]) == ("confirmed", today.isoformat())
    world.clock.forward(timedelta(days=170))
    await lead(world, due=True)
    assert (await withdraw(world, world.debt_help, notice)).status_code == 200
    assert (await settled(world, "contact-stale-soon"))["how"] == "unused"


async def test_a_signal_was_told_for_longer_or_ended(world: World) -> None:
    notices = await world.publish(world.debt_help, [ONE], validUntil=a_day(5))
    await lead(world, due=True)
    assert not await settled(world, "signal-expires-soon")
    (first,) = notices
    longer = anew(first, version=first.version + 1, validUntil=a_day(200))
    assert (await world.send_batch(world.debt_help, [longer], [ONE])).is_success
    said = await settled(world, "signal-expires-soon")
    assert (said["how"], said["on"]) == ("prolonged", a_day(200).isoformat())
    assert (await withdraw(world, world.debt_help, longer)).status_code == 200
    assert (await settled(world, "signal-expires-soon"))["how"] == "ended"


@pytest.mark.parametrize("does", ["ends", "passes"])
async def test_a_citizen_says_that_it_ended_and_then_it_did(
    small: World, does: str
) -> None:
    await switch_on(small)
    (notice,) = await small.publish(small.debt_help, [ONE])
    (part,) = await small.look_up([ONE])
    await lead(small)
    await say_of_flag(small, part["entryId"], "citizen-says-ended", 0)
    await lead(small)
    assert not await settled(small, "outcome")
    if does == "ends":
        await withdraw(small, small.debt_help, notice)
        assert (await settled(small, "outcome"))["how"] == "ended"
        return
    await pass_on(small, await a_successor(small))
    said = await settled(small, "outcome")
    assert (said["how"], said["by"]) == ("passed-on", "Schuldhulp Samen")


async def _sealed(world: World) -> dict[str, bytes]:
    async with world.engine.connect() as conn:
        rows = await conn.execute(text("SELECT id, sealed FROM return_notice"))
        return {str(row.id): bytes(row.sealed) for row in rows}


async def test_a_citizen_says_that_it_ended_and_the_source_that_it_goes_on(
    world: World,
) -> None:
    """On one day, and asked again once it is said again; no row stands out by it."""
    await open_hand_signals(world)
    agency = world.debt_help
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    parts = await world.look_up([ONE, TWO])
    await lead(world)
    said = (parts[0]["entryId"], "citizen-says-ended", 0)
    await say_of_flag(world, *said)
    await lead(world)
    assert not await settled(world, "outcome")
    before = await _sealed(world)
    await read(world, world.income_support, "all")
    path = f"/hand-signals/{notice.reference}/confirmation"
    done = await world.send("POST", path, a_hand_signaller(world, agency), {})
    assert done.status_code == 204, done.text
    today = world.clock().date().isoformat()
    goes_on = {"how": "goes-on", "on": today, "by": None, "label": None}
    assert await settled(world, "outcome") == goes_on
    async with world.engine.connect() as conn:
        asked = text("SELECT id FROM return_notice WHERE source = :oin")
        own = {str(one) for one in await conn.scalars(asked, {"oin": agency.oin})}
    after = await _sealed(world)
    assert {one for one in own if after[one] != before[one]} == own
    world.clock.forward(timedelta(hours=1))
    for outcome in ("contact-made", "citizen-says-ended"):
        world.clock.forward(timedelta(minutes=1))
        await say_of_flag(world, parts[0]["entryId"], outcome, 0)
        await lead(world)
    assert not await settled(world, "outcome")


async def test_an_outcome_that_asks_nothing_is_never_done(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    (part,) = await world.look_up([ONE])
    await lead(world)
    await say_of_flag(world, part["entryId"], "contact-made", 0)
    await lead(world)
    await withdraw(world, world.debt_help, notice)
    assert not await settled(world, "outcome")
    assert not await settled(world, "looked-up")


async def test_a_match_says_who_took_the_lead_and_what_came_of_it(
    world: World,
) -> None:
    await open_matching(world)
    await both_publish(world)
    await run_matches(world)
    await lead(world)
    assert not await settled(world, "match")
    (theirs,) = await read_matches(world, world.income_support)
    led = await say_of_match(world, world.income_support, theirs, "take-lead")
    for agency in (world.debt_help, world.income_support):
        said = await settled(world, "match", agency)
        assert (said["how"], said["by"]) == ("lead-taken", "Bureau income-support")
    await say_of_match(world, world.income_support, led.json(), "agreed")
    assert (await settled(world, "match"))["how"] == "agreed"


async def test_a_match_that_no_list_shows_says_nothing_new(world: World) -> None:
    await open_matching(world)
    await world.publish(world.debt_help, [ONE])
    (theirs,) = await world.publish(world.income_support, [ONE])
    await run_matches(world)
    await lead(world)
    (match,) = await read_matches(world, world.debt_help)
    assert not await settled(world, "match")
    await say_of_match(world, world.debt_help, match, "agreed")
    assert (await withdraw(world, world.income_support, theirs)).status_code == 200
    assert await read_matches(world, world.debt_help) == []
    assert not await settled(world, "match")


async def test_one_act_of_succession_is_one_notice_to_each_source(
    world: World,
) -> None:
    people = [a_bsn(number) for number in range(1, 28)]
    given = await world.publish(world.debt_help, people)
    successor = await a_successor(world)
    await pass_on(world, successor)
    meant = {str(one.reference) for one in given}
    for agency in (world.debt_help, successor):
        (told,) = await read(world, agency)
        assert told["kind"] == "succession"
        assert told["facts"]["signals"] == "27"
        assert {one["reference"] for one in told["signals"]} == meant
