"""A source takes over another's signals, in one act by two persons."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from keys.bsn import Bsn
from signal_index.notice import sign_withdrawal
from signal_index.store.connect import reading
from signal_index.store.erasure import erase_over
from signal_index.store.signals import find_known
from signal_index.tables.signals import signal
from signal_index.wire.values import Label, Oin
from tests.builders import a_contact_holder, a_notice, a_withdrawal, anew
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.policy_officers import approve, let_pass, open_entries, send
from tests.source_administrators import an_administrator
from tests.store_builders import owning
from tests.transfer_builders import DEBTS, a_successor, a_transfer
from tests.trial_builders import put_in_trial, take_back
from tests.world import Agency, World
from tests.world_registry import AGENCIES, TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
HOURS = a_contact_holder().model_dump(mode="json", by_alias=True)["officeHours"]


async def ask(world: World, body: object, **claims: object) -> dict[str, Any]:
    status, asked = await send(world, "/transfers", body, **claims)
    assert status == 201, asked
    return asked


async def carry_out(world: World, asked: dict[str, Any]) -> None:
    status, given = await approve(world, {"id": asked["approvalId"]})
    assert status == 200, given


async def flags(world: World, number: Bsn = ONE) -> list[dict[str, Any]]:
    (part,) = await world.look_up([number])
    found: list[dict[str, Any]] = part["flags"]
    return found


async def own(world: World, agency: Agency, path: str) -> list[dict[str, Any]]:
    answer = await world.send("GET", path, world.a_source_token(agency))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_after_two_persons_the_flag_is_of_who_took_over_with_its_contact(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    successor = await a_successor(world)
    world.clock.forward(timedelta(seconds=17))
    asked = await ask(world, a_transfer(world, successor))
    _, waiting = await send(world, "/transfers")
    assert [one["shown"] for one in waiting["items"]] == [asked["shown"]]
    (flag,) = await flags(world)
    assert flag["organisation"] == "Bureau debt-help"  # one person alone moves nothing
    await carry_out(world, asked)
    (flag,) = await flags(world)
    assert flag["organisation"] == "Schuldhulp Samen"
    contact = a_contact_holder().model_dump(mode="json")
    assert flag["contactHolder"]["phone"] == contact["phone"]
    _, found = await send(world, "/transfers")
    assert [(one["state"], one["signals"]) for one in found["items"]] == [
        ("approved", 2)
    ]


async def _own_flags(world: World) -> list[tuple[object, ...]]:
    answer = await world.send("GET", "/own-lookups", world.a_token())
    return [
        (one["organisation"], one["shownBy"], one["again"], one["contact"] is not None)
        for lookup in answer.json()["items"]
        for one in lookup["flags"]
    ]


async def _open_calls(world: World) -> int:
    count: int = (await world.send("GET", "/catalogue", world.a_token())).json()[
        "openCalls"
    ]
    return count


@pytest.mark.parametrize("named", [False, True])
async def test_who_looked_before_calls_who_took_over_and_calls_once(
    world: World, *, named: bool
) -> None:
    """With a contact holder of the successor's own, or with those that came along."""
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE])
    world.clock.forward(timedelta(minutes=6))
    successor = await a_successor(world)
    more = {"contactHolder": str(successor.contact)} if named else {}
    await carry_out(world, await ask(world, a_transfer(world, successor, **more)))
    world.index.standing.forget()
    moved = ("Schuldhulp Samen", "Bureau debt-help", False, True)
    assert await _own_flags(world) == [moved]
    world.clock.forward(timedelta(minutes=6))
    (part,) = await world.look_up([ONE])
    assert part["before"]["changes"] == [
        "Overgegaan: schuldhulp (Bureau debt-help naar Schuldhulp Samen)"
    ]
    assert await _own_flags(world) == [
        ("Schuldhulp Samen", None, False, True),
        ("Schuldhulp Samen", "Bureau debt-help", True, False),
    ]
    assert await _open_calls(world) == 1
    world.clock.forward(timedelta(minutes=6))
    (part,) = await world.look_up([ONE])
    assert part["before"]["changes"] == []


async def test_what_did_not_pass_on_is_called_for_where_it_was(world: World) -> None:
    """Of a team that splits off: another contact holder's flags stay where they are."""
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE])
    world.clock.forward(timedelta(minutes=6))
    first, other = world.debt_help.contact, uuid4()
    await world.put_contact(world.debt_help, a_contact_holder(), contact=other)
    world.debt_help.contact = other
    await world.publish(world.debt_help, [TWO])
    world.debt_help.contact = first
    successor = await a_successor(world)
    body = a_transfer(world, successor, contacts=[str(other)])
    await carry_out(world, await ask(world, body))
    world.index.standing.forget()
    assert await _own_flags(world) == [("Bureau debt-help", None, False, True)]


async def test_both_persons_see_what_passes_on_and_why_before_it_does(
    small: World, tmp_path: Path
) -> None:
    await small.publish(small.debt_help, [ONE, TWO])
    desk = CitizensDesk(small, tmp_path)
    (signal,) = (await desk.report(ONE))["signals"]
    await desk.enter_correction(signal)
    successor = await a_successor(small)
    asked = await ask(small, a_transfer(small, successor, reason="team-split"))
    _, found = await send(small, "/transfers", by="bram")
    (waiting,) = found["items"]
    for one in (asked, waiting):
        passing = one["passing"]
        assert (passing["signals"], passing["corrections"]) == (2, 1)
        (contact,) = passing["contacts"]
        assert contact["id"] == str(small.debt_help.contact)
        assert (contact["signals"], contact["officeHours"]) == (2, HOURS)
        assert one["reason"] == "team-split"
    given = next(one for one in found["sources"] if one["oin"] == small.debt_help.oin)
    (contact,) = given["contacts"]
    assert (contact["signals"], given["corrections"]) == (2, 1)
    assert contact["phone"] == a_contact_holder().model_dump(mode="json")["phone"]
    await carry_out(small, asked)
    _, found = await send(small, "/transfers")
    assert found["items"][0]["passing"] is None
    whats = [what for _, what in await open_entries(small, "administration")]
    assert [one["reason"] for one in whats if "reason" in one] == ["team-split"]


async def test_both_persons_see_whom_people_will_call_whosever_that_is(
    small: World,
) -> None:
    """Who signals for the source named a contact holder of its own."""
    await small.publish(small.debt_help, [ONE])
    submitter = small.income_support
    await put_in_trial(small, submitter)  # no source between which signals pass
    async with owning(small.engine) as conn:
        await conn.execute(update(signal).values(contact_holder=submitter.contact))
    asked = await ask(small, a_transfer(small, await a_successor(small)))
    _, found = await send(small, "/transfers", by="bram")
    for one in (asked, found["items"][0]):
        (contact,) = one["passing"]["contacts"]
        assert contact["id"] == str(submitter.contact)
        assert (contact["function"], bool(contact["phone"])) == (
            "Consulent",
            True,
        )


async def test_a_refusal_says_why_and_an_approval_does_not(small: World) -> None:
    await small.publish(small.debt_help, [ONE])
    asked = await ask(small, a_transfer(small, await a_successor(small)))
    path = f"/approvals/{asked['approvalId']}/decision"
    body = {"decision": "approved", "reason": "too-wide"}
    assert (await send(small, path, body, by="bram"))[0] == 400
    body = {"decision": "refused", "reason": "too-wide"}
    status, refused = await send(small, path, body, by="bram")
    assert (status, refused["state"], refused["reason"]) == (200, "refused", "too-wide")
    (told,) = [
        what
        for _, what in await open_entries(small, "approval")
        if what["act"] == "approval-refused"
    ]
    assert told["reason"] == "too-wide"


async def test_a_named_contact_holder_takes_over_from_all(small: World) -> None:
    await small.publish(small.debt_help, [ONE])
    successor = await a_successor(small)
    body = a_transfer(small, successor, contactHolder=str(successor.contact))
    await carry_out(small, await ask(small, body))
    (flag,) = await flags(small)
    assert flag["contactHolder"]["function"] == "Loket"


async def test_of_a_team_that_splits_off_only_its_signals_go(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    other = uuid4()
    said = a_contact_holder(function=Label("Regisseur"))
    await world.put_contact(world.debt_help, said, contact=other)
    first, world.debt_help.contact = world.debt_help.contact, other
    await world.publish(world.debt_help, [TWO])
    world.debt_help.contact = first
    successor = await a_successor(world)
    body = a_transfer(world, successor, contacts=[str(other)])
    await carry_out(world, await ask(world, body))
    (stays,), (goes,) = await flags(world, ONE), await flags(world, TWO)
    assert stays["organisation"] == "Bureau debt-help"
    assert goes["organisation"] == "Schuldhulp Samen"
    assert goes["contactHolder"]["function"] == "Regisseur"


async def test_the_first_source_cannot_tell_them_again_whatever_the_version(
    world: World,
) -> None:
    agency = world.debt_help
    (notice,) = await world.publish(agency, [ONE])
    await carry_out(
        world, await ask(world, a_transfer(world, await a_successor(world)))
    )
    again = anew(notice, version=9)
    answer = await world.send_batch(agency, [again], [ONE])
    (result,) = answer.json()["results"]
    assert result["problem"]["type"].endswith("/signal-transferred")
    gone = a_withdrawal(notice, version=9)
    token = sign_withdrawal(agency.key, gone, iss=Oin(agency.oin), now=world.clock())
    path = f"/signals/{notice.reference}/withdrawal"
    bearer = world.a_source_token(agency)
    refused = await world.send("POST", path, bearer, {"withdrawal": token})
    assert refused.status_code == 409
    (flag,) = await flags(world)
    assert flag["organisation"] == "Schuldhulp Samen"


async def test_the_successor_tells_a_new_version_and_ends_it(small: World) -> None:
    (notice,) = await small.publish(small.debt_help, [ONE])
    successor = await a_successor(small)
    await carry_out(small, await ask(small, a_transfer(small, successor)))
    (taken,) = await own(small, successor, "/signals")
    assert (taken["reference"], taken["takenOverFrom"]) == (
        str(notice.reference),
        small.debt_help.oin,
    )
    newer = a_notice(
        successor.contact,
        source=Oin(successor.oin),
        category=DEBTS,
        reference=notice.reference,
        version=notice.version + 1,
    )
    answer = await small.send_batch(successor, [newer], [ONE])
    assert [one["outcome"] for one in answer.json()["results"]] == ["accepted"]
    (flag,) = await flags(small)
    assert flag["contactHolder"]["function"] == "Loket"
    gone = a_withdrawal(newer)
    token = sign_withdrawal(
        successor.key, gone, iss=Oin(successor.oin), now=small.clock()
    )
    path = f"/signals/{notice.reference}/withdrawal"
    bearer = small.a_source_token(successor)
    await small.send("POST", path, bearer, {"withdrawal": token})
    assert await flags(small) == []


async def test_a_new_version_does_not_erase_from_whom_it_was_taken_over(
    small: World, tmp_path: Path
) -> None:
    (notice,) = await small.publish(small.debt_help, [ONE])
    successor = await a_successor(small)
    await carry_out(small, await ask(small, a_transfer(small, successor)))
    own = {"source": Oin(successor.oin), "category": DEBTS, "version": 2}
    newer = a_notice(successor.contact, reference=notice.reference, **own)
    answer = await small.send_batch(successor, [newer], [ONE])
    assert [one["outcome"] for one in answer.json()["results"]] == ["accepted"]
    (signal,) = (await CitizensDesk(small, tmp_path).report(ONE))["signals"]
    assert signal["takenOverFrom"] == "Bureau debt-help"


async def test_the_first_source_sees_who_took_over_each_signal(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    successor = await a_successor(world)
    await carry_out(world, await ask(world, a_transfer(world, successor)))
    assert await own(world, world.debt_help, "/signals") == []
    (ending,) = await own(world, world.debt_help, "/signal-endings")
    assert ending["reference"] == str(notice.reference)
    assert (ending["reason"], ending["successor"]) == ("transferred", successor.oin)
    assert ending["endedOn"] == world.clock().date().isoformat()


async def test_the_citizen_reads_both_names_and_a_correction_goes_along(
    world: World, tmp_path: Path
) -> None:
    await world.publish(world.debt_help, [ONE])
    desk = CitizensDesk(world, tmp_path)
    (signal,) = (await desk.report(ONE))["signals"]
    await desk.enter_correction(signal)
    successor = await a_successor(world)
    await carry_out(world, await ask(world, a_transfer(world, successor)))
    (signal,) = (await desk.report(ONE))["signals"]
    assert signal["organisation"] == "Schuldhulp Samen"
    assert signal["takenOverFrom"] == "Bureau debt-help"
    assert signal["isDisputed"]
    assert len(await own(world, successor, "/own-corrections")) == 1
    assert await own(world, world.debt_help, "/own-corrections") == []


async def test_the_entry_names_both_and_how_many_and_which_by_digest(
    small: World,
) -> None:
    await small.publish(small.debt_help, [ONE, TWO])
    successor = await a_successor(small)
    await carry_out(small, await ask(small, a_transfer(small, successor)))
    whats = [what for _, what in await open_entries(small, "administration")]
    (moved,) = [one for one in whats if one.get("act") == "signals-transferred"]
    assert (moved["source"], moved["successor"], moved["signals"]) == (
        small.debt_help.oin,
        successor.oin,
        2,
    )
    assert len(moved["references"]) == 64


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"successor": AGENCIES["income-support", "bijstand"]}, "categories"),
        ({"source": "00000001000000009999"}, "source"),
        ({"categories": ["bijstand"]}, "categories"),
        ({"contacts": [str(UUID(int=7))]}, "contacts"),
        ({"contactHolder": str(UUID(int=7))}, "contactHolder"),
    ],
)
async def test_what_cannot_be_taken_over_is_refused_by_its_field(
    small: World, changed: dict[str, object], field: str
) -> None:
    body = a_transfer(small, await a_successor(small), **changed)
    status, said = await send(small, "/transfers", body)
    assert status == 400
    assert [one["field"] for one in said["errors"]] == [field]


async def test_signals_in_trial_are_not_shown_by_another_name(small: World) -> None:
    await put_in_trial(small, small.debt_help)
    await small.publish(small.debt_help, [ONE])
    successor = await a_successor(small)
    status, said = await send(small, "/transfers", a_transfer(small, successor))
    assert (status, said["errors"][0]["field"]) == (400, "source")


async def test_a_source_taken_back_to_trial_meanwhile_gives_nothing(
    small: World,
) -> None:
    await small.publish(small.debt_help, [ONE])
    asked = await ask(small, a_transfer(small, await a_successor(small)))
    await take_back(small, small.debt_help)
    status, said = await approve(small, {"id": asked["approvalId"]})
    assert (status, said["type"].rpartition("/")[2]) == (409, "transfer-outdated")
    _, found = await send(small, "/transfers")
    assert found["items"][0]["signals"] is None


async def test_two_persons_of_the_municipality_and_one_a_privacy_officer(
    small: World,
) -> None:
    await small.publish(small.debt_help, [ONE])
    body = a_transfer(small, await a_successor(small))
    team = {"org": TEAM_OIN, "client_id": "desk-team"}
    assert (await send(small, "/transfers", body, **team))[0] == 403
    source = an_administrator(small, small.debt_help)
    assert (await small.send("POST", "/transfers", source, body)).status_code == 403
    role = "municipality-administrator"
    asked = await ask(small, body, role=role)
    waiting = {"id": asked["approvalId"]}
    assert (await approve(small, waiting, by="anke"))[0] == 403
    assert (await approve(small, waiting, role=role))[0] == 403
    assert (await approve(small, waiting, **team))[0] in {403, 404}
    assert (await flags(small))[0]["organisation"] == "Bureau debt-help"
    await carry_out(small, asked)
    assert (await flags(small))[0]["organisation"] == "Schuldhulp Samen"


async def test_after_two_years_the_upkeep_forgets_who_had_it(small: World) -> None:
    (notice,) = await small.publish(small.debt_help, [ONE])
    successor = await a_successor(small)
    await carry_out(small, await ask(small, a_transfer(small, successor)))
    kinds = []
    for days in (700, 40):
        let_pass(small, timedelta(days=days))
        async with owning(small.engine) as conn:
            await erase_over(conn, small.clock().date(), date(2020, 1, 1))
        async with reading(small.engine) as conn:
            known = await find_known(conn, small.debt_help.oin, [notice.reference])
        kinds.append([one.kind for one, _ in known.values()])
    assert kinds == [["transferred"], []]


async def test_a_reference_that_the_successor_has_is_told_and_nothing_passes_on(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    (notice,) = await world.publish(world.debt_help, [TWO])
    successor = await a_successor(world)
    body = a_transfer(world, successor)
    asked = await ask(world, body)
    mine = {"source": Oin(successor.oin), "category": DEBTS}
    same = a_notice(successor.contact, reference=notice.reference, **mine)
    await world.send_batch(successor, [same], [TWO])
    other = {**body, "contactHolder": str(successor.contact)}
    for status, said in (
        await approve(world, {"id": asked["approvalId"]}),
        await send(world, "/transfers", other),
    ):
        assert (status, said["type"].rpartition("/")[2]) == (409, "transfer-collides")
        assert said["references"] == [str(notice.reference)]
    assert len(await own(world, world.debt_help, "/signals")) == 2
    _, found = await send(world, "/transfers")
    assert [(one["state"], one["signals"]) for one in found["items"]] == [
        ("open", None)
    ]
    gone, now = a_withdrawal(same), world.clock()
    token = sign_withdrawal(successor.key, gone, iss=Oin(successor.oin), now=now)
    path, bearer = f"/signals/{same.reference}/withdrawal", {"withdrawal": token}
    await world.send("POST", path, world.a_source_token(successor), bearer)
    await carry_out(world, asked)
    assert len(await own(world, successor, "/signals")) == 2
