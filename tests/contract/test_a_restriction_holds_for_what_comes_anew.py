"""What a source gives anew in place of a restricted signal is restricted as well.

An outbox that was lost tells every case by another reference; a case that ended by
mistake is opened anew; another organisation takes a case over. None of these ends what
the citizen asked for (GDPR art. 18). On both databases.
"""

from __future__ import annotations

from typing import Any

import pytest

from signal_index.ledger import Group
from signal_index.wire.signals import Notice
from tests.builders import anew
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.policy_officers import approve, send
from tests.transfer_builders import a_successor, a_transfer, withdraw
from tests.world import Agency

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def restrict_one(desk: CitizensDesk) -> tuple[dict[str, Any], Notice]:
    """Have a signal, and a correction that keeps it out of lookups."""
    (notice,) = await desk.world.publish(desk.world.debt_help, [ONE])
    (shown,) = (await desk.report(ONE))["signals"]
    return await desk.enter_correction(shown, restrict=True), notice


async def take_back(desk: CitizensDesk, notice: Notice) -> None:
    answer = await withdraw(desk.world, desk.world.debt_help, notice)
    assert answer.status_code == 200, answer.text


async def release(
    desk: CitizensDesk, made: dict[str, Any], agency: Agency | None = None
) -> None:
    assert (await desk.answer(made, agency=agency)).status_code == 204
    path = f"/corrections/{made['id']}/release"
    said = {"citizenTold": True, "answer": "facts-correct"}
    sent = await desk.send("POST", path, said)
    assert sent.status_code == 204, sent.text


async def flags_of(desk: CitizensDesk) -> int:
    (part,) = await desk.world.look_up([ONE])
    return len(part["flags"])


async def held_by(desk: CitizensDesk) -> list[int]:
    """How many signals each correction keeps out of lookups, by the officer's list."""
    found = (await desk.send("GET", "/corrections")).json()["items"]
    return sorted(one["restrictedSignals"] for one in found)


async def standing(desk: CitizensDesk, agency: Agency) -> list[list[str]]:
    """What stands of each correction that waits, as this agency reads it."""
    token = desk.world.a_source_token(agency)
    answer = await desk.world.send("GET", "/own-corrections", token)
    return [one["standing"] for one in answer.json()["items"]]


async def pass_on(desk: CitizensDesk) -> Agency:
    successor = await a_successor(desk.world)
    status, asked = await send(
        desk.world, "/transfers", a_transfer(desk.world, successor)
    )
    assert status == 201, asked
    assert asked["passing"]["corrections"] == 1
    decided = await approve(desk.world, {"id": asked["approvalId"]})
    assert decided[0] == 200
    return successor


async def test_a_new_reference_after_a_lost_outbox_is_restricted_until_the_release(
    desk: CitizensDesk,
) -> None:
    made, notice = await restrict_one(desk)
    await desk.world.publish(desk.world.debt_help, [ONE])
    assert (await flags_of(desk), await held_by(desk)) == (0, [2])
    await take_back(desk, notice)
    assert (await flags_of(desk), await held_by(desk)) == (0, [1])
    await release(desk, made)
    assert (await flags_of(desk), await held_by(desk)) == (1, [0])


async def test_a_case_that_ended_and_is_opened_anew_is_restricted_still(
    desk: CitizensDesk,
) -> None:
    made, notice = await restrict_one(desk)
    await take_back(desk, notice)
    assert await held_by(desk) == [0]
    again = anew(notice, version=3)
    answer = await desk.world.send_batch(desk.world.debt_help, [again], [ONE])
    assert answer.json()["results"][0]["outcome"] == "accepted"
    assert (await flags_of(desk), await held_by(desk)) == (0, [1])
    await release(desk, made)
    assert await flags_of(desk) == 1


async def test_after_the_release_what_comes_anew_shows(desk: CitizensDesk) -> None:
    made, notice = await restrict_one(desk)
    await release(desk, made)
    await take_back(desk, notice)
    await desk.world.publish(desk.world.debt_help, [ONE])
    assert await flags_of(desk) == 1


async def test_the_source_reads_which_of_its_own_references_stands_now(
    desk: CitizensDesk,
) -> None:
    _, notice = await restrict_one(desk)
    debts, income = desk.world.debt_help, desk.world.income_support
    await desk.world.publish(debts, [TWO])
    await desk.world.publish(income, [ONE])
    assert await standing(desk, debts) == [[str(notice.reference)]]
    await take_back(desk, notice)
    assert await standing(desk, debts) == [[]]
    (again,) = await desk.world.publish(debts, [ONE])
    assert await standing(desk, debts) == [[str(again.reference)]]
    assert await standing(desk, income) == []


@sqlite_only
async def test_a_signal_that_comes_to_be_about_this_person_is_restricted(
    desk: CitizensDesk,
) -> None:
    await restrict_one(desk)
    (other,) = await desk.world.publish(desk.world.debt_help, [TWO])
    moved = anew(other, version=2)
    await desk.world.send_batch(desk.world.debt_help, [moved], [ONE])
    assert await flags_of(desk) == 0


@sqlite_only
async def test_a_signal_that_stood_beside_it_goes_on_to_show(
    desk: CitizensDesk,
) -> None:
    first, beside = await desk.world.publish(desk.world.debt_help, [ONE, ONE])
    shown = {"source": first.source, "reference": str(first.reference)}
    await desk.enter_correction(shown, restrict=True)
    assert await flags_of(desk) == 1
    newer = anew(beside, version=2)
    await desk.world.send_batch(desk.world.debt_help, [newer], [ONE])
    assert await flags_of(desk) == 1


@sqlite_only
async def test_of_another_person_source_or_kind_nothing_is_restricted(
    desk: CitizensDesk,
) -> None:
    await restrict_one(desk)
    await desk.world.publish(desk.world.debt_help, [TWO])
    await desk.world.publish(desk.world.income_support, [ONE])
    assert await flags_of(desk) == 1
    (part,) = await desk.world.look_up([TWO])
    assert len(part["flags"]) == 1


async def test_what_two_corrections_keep_back_shows_after_the_last_is_released(
    desk: CitizensDesk,
) -> None:
    first, _ = await restrict_one(desk)
    (again,) = await desk.world.publish(desk.world.debt_help, [ONE])
    shown = {"source": again.source, "reference": str(again.reference)}
    second = await desk.enter_correction(shown, restrict=True)
    await release(desk, second)
    assert (await flags_of(desk), await held_by(desk)) == (0, [2, 2])
    await release(desk, first)
    assert await flags_of(desk) == 2


async def test_a_restriction_passes_on_with_what_came_in_its_place(
    desk: CitizensDesk,
) -> None:
    made, notice = await restrict_one(desk)
    await desk.world.publish(desk.world.debt_help, [ONE])
    await take_back(desk, notice)
    successor = await pass_on(desk)
    await desk.world.publish(desk.world.debt_help, [ONE])
    assert await flags_of(desk) == 0
    await desk.world.publish(successor, [ONE])
    assert await flags_of(desk) == 0
    await release(desk, made, successor)
    assert await flags_of(desk) == 3


@sqlite_only
async def test_the_entry_says_that_something_came_restricted_and_the_answer_does_not(
    desk: CitizensDesk,
) -> None:
    """What a publication answers depends on no other signal."""
    await restrict_one(desk)
    await desk.world.publish(desk.world.debt_help, [ONE])
    entries = await open_entries(desk.world, "publication")
    said = [(one[Group.WHAT] or {}).get("restricted") for one in entries]
    assert (said.count(None), said.count(1)) == (1, 1)
