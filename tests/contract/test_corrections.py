"""A correction reaches the source, its state the citizen; on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from signal_index.ledger import Group
from signal_index.store.connect import transaction
from signal_index.store.signals import find_known
from tests.builders import a_day, anew
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE = a_bsn(1)


@pytest.fixture
async def desk(desk: CitizensDesk) -> CitizensDesk:
    await desk.world.publish(desk.world.debt_help, [ONE])
    return desk


async def the_signal(desk: CitizensDesk) -> dict[str, Any]:
    (signal,) = (await desk.report(ONE))["signals"]
    found: dict[str, Any] = signal
    return found


async def waiting(desk: CitizensDesk) -> list[dict[str, Any]]:
    """What the debt-help agency finds waiting for it."""
    token = desk.world.a_source_token(desk.world.debt_help)
    answer = await desk.world.send("GET", "/own-corrections", token)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def flags_shown(desk: CitizensDesk) -> int:
    (part,) = await desk.world.look_up([ONE])
    return len(part["flags"])


async def test_a_correction_reaches_the_source_with_a_term_of_a_month(
    desk: CitizensDesk,
) -> None:
    signal = await the_signal(desk)
    await desk.enter_correction(signal)
    (found,) = await waiting(desk)
    assert found["signalReference"] == signal["reference"]
    assert found["reasonLabel"] == "De inwoner heeft geen contact met deze organisatie"
    assert (found["receivedOn"], found["dueOn"]) == ("2026-11-23", "2026-12-23")
    assert not found["isLate"]
    desk.world.clock.moment += timedelta(days=31)
    (late,) = await waiting(desk)
    assert late["isLate"]


async def test_the_state_of_a_correction_stands_in_the_report(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    report = await desk.report(ONE)
    (shown,) = report["corrections"]
    assert (shown["answerText"], shown["dueOn"]) == (None, "2026-12-23")
    assert report["signals"][0]["isDisputed"]
    assert (await desk.answer(made)).status_code == 204
    (shown,) = (await desk.report(ONE))["corrections"]
    assert shown["answerText"].startswith("De organisatie vindt dat het klopt")


async def test_an_answer_shows_also_when_the_source_has_withdrawn_the_signal(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    await desk.answer(made, "withdrawn")
    async with transaction(desk.world.engine) as conn:
        await conn.execute(text("DELETE FROM signal"))
    report = await desk.report(ONE)
    assert report["signals"] == []
    assert len(report["corrections"]) == 1


async def test_a_source_changes_its_answer_until_the_citizen_reads_it(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    said = ("changed", "facts-correct", "changed", "changed")
    for step, answer in enumerate(said):
        assert (await desk.answer(made, answer, step=step)).status_code == 204
    assert await waiting(desk) == []
    (seen,) = (await desk.send("GET", "/corrections")).json()["items"]
    assert (seen["answer"], seen["step"], seen["mayAnswer"]) == ("changed", 3, True)
    assert seen["answersBefore"] == ["Aangepast", "Het klopt zoals het is"]
    await desk.report(ONE)
    assert (await desk.answer(made, step=3)).status_code == 409
    (seen,) = (await desk.send("GET", "/corrections")).json()["items"]
    assert (seen["answer"], seen["mayAnswer"]) == ("changed", False)


async def test_a_source_answers_ten_times_and_then_hears_that_the_last_one_stays(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    for step in range(10):
        said = ("facts-correct", "changed")[step % 2]
        assert (await desk.answer(made, said, step=step)).status_code == 204
    again = await desk.answer(made, "changed", step=10)
    refused = await desk.answer(made, "facts-correct", step=10)
    assert (again.status_code, refused.status_code) == (204, 409)
    assert refused.json()["type"].endswith("/answered-too-often")
    (seen,) = (await desk.send("GET", "/corrections")).json()["items"]
    assert (seen["answer"], seen["step"], seen["mayAnswer"]) == ("changed", 10, False)
    assert len(seen["answersBefore"]) == 9


async def test_of_two_who_answer_at_once_the_second_is_told(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    both = [desk.answer(made, one) for one in ("changed", "facts-correct")]
    sent = await asyncio.gather(*both)
    assert sorted(one.status_code for one in sent) == [204, 409]
    (refused,) = [one.json() for one in sent if one.status_code == 409]
    assert refused["type"].endswith("/answer-changed")
    (seen,) = (await desk.send("GET", "/corrections")).json()["items"]
    assert seen["step"] == 1


async def test_a_release_is_of_the_answer_that_the_citizen_was_told(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk), restrict=True)
    path = f"/corrections/{made['id']}/release"
    told = {"citizenTold": True, "answer": "changed"}
    await desk.answer(made, "changed")
    await desk.answer(made, step=1)
    refused = await desk.send("POST", path, told)
    assert refused.json()["type"].endswith("/answer-changed")
    assert (
        await desk.send("POST", path, {**told, "answer": "facts-correct"})
    ).status_code == 204
    assert (await desk.answer(made, "changed", step=2)).status_code == 409


async def test_a_source_answers_only_what_concerns_it(desk: CitizensDesk) -> None:
    made = await desk.enter_correction(await the_signal(desk))
    refused = await desk.answer(made, agency=desk.world.income_support)
    assert refused.status_code == 404


async def test_about_one_signal_one_correction_waits_at_a_time(
    desk: CitizensDesk,
) -> None:
    signal = await the_signal(desk)
    made = await desk.enter_correction(signal)
    body = {
        "source": signal["source"],
        "signalReference": signal["reference"],
        "reason": "own-situation",
        "receivedOn": a_day(0).isoformat(),
        "restrict": False,
    }
    again = await desk.send("POST", "/corrections", body)
    assert again.json()["type"].endswith("/correction-open")
    await desk.answer(made)
    assert (await desk.send("POST", "/corrections", body)).status_code == 201


async def test_a_restricted_signal_shows_in_no_lookup_until_it_is_released(
    desk: CitizensDesk,
) -> None:
    assert await flags_shown(desk) == 1
    made = await desk.enter_correction(await the_signal(desk), restrict=True)
    assert await flags_shown(desk) == 0
    assert (await desk.report(ONE))["signals"][0]["state"] == "restricted"
    path = f"/corrections/{made['id']}/release"
    told = {"citizenTold": True, "answer": "facts-correct"}
    early = await desk.send("POST", path, told)
    assert early.json()["type"].endswith("/nothing-to-release")
    await desk.answer(made)
    assert await flags_shown(desk) == 0
    untold = await desk.send("POST", path, {**told, "citizenTold": False})
    assert untold.status_code == 400
    assert (await desk.send("POST", path, told)).status_code == 204
    assert await flags_shown(desk) == 1


async def test_a_new_version_from_the_source_does_not_end_a_restriction(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    (notice,) = await world.publish(world.income_support, [ONE])
    signals = (await desk.report(ONE))["signals"]
    (own,) = [one for one in signals if one["source"] == world.income_support.oin]
    await desk.enter_correction(own, restrict=True)
    newer = anew(notice, version=2, validUntil=notice.validUntil - timedelta(1))
    answer = await world.send_batch(world.income_support, [newer], [ONE])
    assert answer.json()["results"][0]["outcome"] == "accepted"
    signals = (await desk.report(ONE))["signals"]
    (own,) = [one for one in signals if one["source"] == world.income_support.oin]
    assert own["state"] == "restricted"


async def test_what_a_citizen_disputes_is_known_as_restricted_when_it_is_withdrawn(
    desk: CitizensDesk,
) -> None:
    signal = await the_signal(desk)
    source, reference = signal["source"], UUID(signal["reference"])

    async def is_restricted() -> bool:
        async with transaction(desk.world.engine) as conn:
            known, _ = (await find_known(conn, source, [reference]))[reference]
        return known.restricted

    assert not await is_restricted()
    await desk.enter_correction(signal, restrict=True)
    assert await is_restricted()


async def test_each_step_is_recorded_and_no_entry_names_the_person(
    desk: CitizensDesk,
) -> None:
    made = await desk.enter_correction(await the_signal(desk), restrict=True)
    await desk.answer(made, "changed")
    path = f"/corrections/{made['id']}/release"
    told = {"citizenTold": True, "answer": "changed"}
    await desk.send("POST", path, told)
    entries = await open_entries(desk.world, "correction")
    assert {str((one[Group.WHAT] or {})["act"]) for one in entries} == {
        "correction-entered",
        "correction-answered",
        "restriction-released",
    }
    assert all(one[Group.PERSON] is None for one in entries)


async def test_a_signal_that_is_not_there_cannot_be_disputed(
    desk: CitizensDesk,
) -> None:
    signal = {"source": desk.world.debt_help.oin, "reference": str(uuid4())}
    body = {
        "source": signal["source"],
        "signalReference": signal["reference"],
        "reason": "no-contact",
        "receivedOn": a_day(0).isoformat(),
        "restrict": False,
    }
    answer = await desk.send("POST", "/corrections", body)
    assert answer.json()["type"].endswith("/unknown-signal")


JUNK: list[tuple[str, object]] = [
    ("source", "123"),
    ("signalReference", "x"),
    ("reason", "free text"),
    ("receivedOn", a_day(1).isoformat()),
    ("restrict", "yes"),
]


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
async def test_junk_in_a_correction_is_named_by_its_field(desk: CitizensDesk) -> None:
    good = {
        "source": desk.world.debt_help.oin,
        "signalReference": str(uuid4()),
        "reason": "no-contact",
        "receivedOn": a_day(0).isoformat(),
        "restrict": False,
    }
    for field, value in JUNK:
        answer = await desk.send("POST", "/corrections", {**good, field: value})
        assert answer.status_code == 400, (field, value)
        assert answer.json()["errors"][0]["field"] == field, (field, value)
