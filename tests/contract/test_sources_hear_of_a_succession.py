"""Who hears of signals that passed to another source, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from keys.instants import write_instant
from signal_index.identifiers import floor_minute
from signal_index.returning import Body, NoticeKind, Shown, Told
from signal_index.store.connect import transaction
from signal_index.store.notices import put_in_box
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Label, Phone
from tests.builders import a_contact_holder, anew
from tests.contact_builders import CALLED, a_call_back, whom
from tests.holders_builders import a_bsn
from tests.notice_builders import acknowledge, lead, read, read_page, switch_on
from tests.policy_officers import approve, send
from tests.transfer_builders import a_successor, a_transfer
from tests.world import Agency, World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


@pytest.fixture
async def world(world: World) -> World:
    await switch_on(world)
    return world


@pytest.fixture
async def small(small: World) -> World:
    await switch_on(small)
    return small


async def pass_on(world: World, to: Agency, **changed: object) -> None:
    status, asked = await send(world, "/transfers", a_transfer(world, to, **changed))
    assert status == 201, asked
    status, given = await approve(world, {"id": asked["approvalId"]})
    assert status == 200, given


async def say(world: World, entry: str, outcome: str = "contact-made") -> None:
    path, body = f"/lookups/{entry}/outcome", {"outcome": outcome, "flag": 0}
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text
    await lead(world)


async def hears(world: World, agency: Agency, kind: str) -> list[dict[str, Any]]:
    return [one for one in await read(world, agency, "all") if one["kind"] == kind]


def references(found: list[dict[str, Any]]) -> list[str]:
    return sorted(shown["reference"] for one in found for shown in one["signals"])


async def test_both_hear_of_each_signal_who_had_it_and_who_has_it(
    world: World,
) -> None:
    given = await world.publish(world.debt_help, [ONE, TWO, THREE])
    own = a_contact_holder(phone=Phone("+31182555100"))
    id_ = name_own_number(world.debt_help.oin)
    assert (await world.put_contact(world.debt_help, own, contact=id_)).is_success
    world.index.standing.forget()
    successor = await a_successor(world)
    await pass_on(world, successor)
    await lead(world)
    meant = sorted(str(one.reference) for one in given)
    for agency, call in ((world.debt_help, None), (successor, "+31182555100")):
        found = await hears(world, agency, "succession")
        assert references(found) == meant
        assert found[0]["facts"] == {
            "source": world.debt_help.oin,
            "sourceName": "Bureau debt-help",
            "successor": successor.oin,
            "successorName": "Schuldhulp Samen",
            "signals": "3",
        }
        called = found[0]["callBack"]
        assert (called and called["phone"]) == call
        assert found[0]["saidAt"] == write_instant(floor_minute(world.clock()))
    assert await read(world, world.income_support) == []


async def test_an_outcome_of_an_older_lookup_reaches_the_successor_alone(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    (part,) = await world.look_up([ONE])
    await lead(world)
    (told,) = await read(world, world.debt_help)
    await acknowledge(world, world.debt_help, [told["id"]])
    successor = await a_successor(world)
    await pass_on(world, successor)
    await say(world, part["entryId"])
    assert await hears(world, world.debt_help, "outcome") == []
    (outcome,) = await hears(world, successor, "outcome")
    assert outcome["outcome"] == "contact-made"
    assert references([outcome]) == [str(notice.reference)]
    assert outcome["lookedUp"]["organisation"] == "Gemeente Voorbeeld"


async def test_whatever_a_lookup_showed_the_successor_gets_as_many_rows(
    small: World,
) -> None:
    """Who counts rows sees no hit: after a transfer each outcome is a row more."""
    await small.publish(small.debt_help, [ONE])
    parts = [*(await small.look_up([ONE])), *(await small.look_up([TWO]))]
    await lead(small)
    successor = await a_successor(small)
    await pass_on(small, successor)
    await lead(small)
    counts = []
    for part in parts:
        path = f"/lookups/{part['entryId']}/outcome"
        body = {"outcome": "contact-made", "flag": 0 if part["flags"] else None}
        before = len((await read_page(small, successor))["items"])
        answer = await small.send("POST", path, small.a_token(), body)
        assert answer.status_code == 204, answer.text
        await lead(small)
        counts.append(len((await read_page(small, successor))["items"]) - before)
    assert counts == [1, 1]


async def test_what_was_not_fetched_yet_is_told_to_the_successor_too(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE], callBack=a_call_back())
    await world.look_up([TWO])
    await lead(world)
    successor = await a_successor(world)
    await pass_on(world, successor)
    await lead(world)
    (told,) = await hears(world, successor, "looked-up")
    assert whom(told["callBack"]) == CALLED
    assert references([told]) == [str(notice.reference)]
    page = await read_page(world, successor)
    kinds = sorted(one["kind"] for one in page["items"])
    assert kinds == ["cover", "looked-up", "succession"]  # a row for each, hit or miss


async def test_what_stayed_with_the_first_source_is_told_to_nobody_else(
    small: World,
) -> None:
    await small.publish(small.debt_help, [ONE])
    await small.look_up([ONE])
    await lead(small)
    other = uuid4()
    said = a_contact_holder(function=Label("Regisseur"))
    await small.put_contact(small.debt_help, said, contact=other)
    first, small.debt_help.contact = small.debt_help.contact, other
    (goes,) = await small.publish(small.debt_help, [TWO])
    small.debt_help.contact = first
    successor = await a_successor(small)
    await pass_on(small, successor, contacts=[str(other)])
    await lead(small)
    found = await read(small, successor)
    assert [one["kind"] for one in found] == ["succession"]
    assert references(found) == [str(goes.reference)]


async def test_a_lookup_or_correction_on_its_way_goes_to_whose_signal_it_is(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE])
    async with transaction(world.engine) as conn:
        more = {"reference": "C-1", "dueOn": "2026-12-01"}
        body = Body(NoticeKind.CORRECTION, (Shown(notice.reference),), more=more)
        told = Told(world.debt_help.oin, body)
        await put_in_box(conn, "9901", told, world.index.keys, now=world.clock())
    successor = await a_successor(world)
    await pass_on(world, successor)
    await lead(world)
    for kind in ("looked-up", "correction"):
        assert await hears(world, world.debt_help, kind) == []
        assert references(await hears(world, successor, kind)) == [
            str(notice.reference)
        ]


async def test_already_known_to_the_first_source_does_not_silence_the_successor(
    small: World,
) -> None:
    await small.publish(small.debt_help, [ONE])
    (part,) = await small.look_up([ONE])
    await lead(small)
    await say(small, part["entryId"], "already-known")
    await acknowledge(
        small,
        small.debt_help,
        [one["id"] for one in await read(small, small.debt_help)],
    )
    successor = await a_successor(small)
    await pass_on(small, successor)
    await lead(small)
    assert await hears(small, successor, "looked-up") == []
    await small.look_up([ONE])
    await lead(small)
    assert len(await hears(small, successor, "looked-up")) == 1


async def test_a_signal_that_comes_back_is_its_first_sources_again(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    (part,) = await world.look_up([ONE])
    await lead(world)
    successor = await a_successor(world)
    await pass_on(world, successor)
    back = {"source": successor.oin, "successor": world.debt_help.oin}
    world.clock.forward(timedelta(minutes=1))
    await pass_on(world, world.debt_help, **back)
    await lead(world)
    await say(world, part["entryId"])
    assert len(await hears(world, world.debt_help, "outcome")) == 1
    assert await hears(world, successor, "outcome") == []
    again = anew(notice, version=notice.version + 1)
    answer = await world.send_batch(world.debt_help, [again], [ONE])
    assert [one["outcome"] for one in answer.json()["results"]] == ["accepted"]
    world.clock.forward(timedelta(minutes=1))
    await pass_on(world, successor)
    (flag,) = (await world.look_up([ONE]))[0]["flags"]
    assert flag["organisation"] == "Schuldhulp Samen"
