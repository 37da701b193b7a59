"""A citizen's own view gives what an officer's report gives, and is recorded first."""

from __future__ import annotations

from typing import Any

import pytest

from signal_index.api.own_views import VIEW_STEP
from signal_index.ledger import note_key
from signal_index.proof import Group, parse_tlog_proof, verify_proof_file
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.portal_builders import an_own_view, ask_own_view, prove_own, view_own
from tests.world import LEDGER_ORIGIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
OF_THE_REPORT = {"reference", "receivedOn"}
OF_THE_VIEW = {"padding", "marks", "messageNames", "reasons", "whose"}
OF_THE_MOMENT = {"reportId", "madeAt", "checks"}


def without(said: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


async def test_a_citizen_sees_what_the_officers_report_of_them_says(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE, TWO])
    report = await desk.report(ONE)
    view = await view_own(world, ONE)
    assert view["signals"]
    assert view["lookups"]
    for line in report["lookups"]:
        line["proof"] = None  # of a view they are asked for
    assert without(view, OF_THE_VIEW | OF_THE_MOMENT) == without(
        report, OF_THE_REPORT | OF_THE_MOMENT
    )


async def test_a_view_is_recorded_about_its_citizen_and_stands_in_the_next(
    desk: CitizensDesk,
) -> None:
    first = await view_own(desk.world, ONE)
    (recorded,) = await open_entries(desk.world, "own-view")
    assert {"act", "login", "req", "tickets"} <= set(recorded[Group.WHAT] or {})
    assert recorded[Group.WHO] == {"sub": "portal"}
    why = recorded[Group.WHY] or {}
    assert (why["purpose"], why["legalBasis"]) == ("citizen-rights", "avg-15")
    assert recorded[Group.PERSON] is not None
    (check,) = (await view_own(desk.world, ONE))["checks"]
    assert (check["entryId"], check["kind"]) == (first["reportId"], "own-view")
    assert (await view_own(desk.world, TWO))["checks"] == []


async def test_who_looked_has_a_proof_of_it(desk: CitizensDesk) -> None:
    await desk.world.look_up([ONE])
    await desk.sequence()
    await view_own(desk.world, ONE)
    await desk.sequence()
    view = await view_own(desk.world, ONE)
    answer = await prove_own(desk.world, view)
    assert answer.status_code == 200, answer.text
    lookup, look = view["lookups"][0]["entryId"], view["checks"][0]["entryId"]
    proofs = {one["entryId"]: one["proof"] for one in answer.json()["proofs"]}
    assert set(proofs) == {lookup, look}
    assert find_groups(proofs[lookup]) == {
        *(Group.ABOUT, Group.WHY, Group.WHAT, Group.DECISION)
    }
    assert find_groups(proofs[look]) == {Group.ABOUT}
    assert len(answer.content) == VIEW_STEP


async def test_what_no_tree_holds_yet_has_no_proof_and_is_no_fault(
    desk: CitizensDesk,
) -> None:
    await desk.world.look_up([ONE])
    view = await view_own(desk.world, ONE)
    (one,) = (await prove_own(desk.world, view)).json()["proofs"]
    assert (one["entryId"], one["proof"]) == (view["lookups"][0]["entryId"], None)


def find_groups(proof: str) -> set[Group]:
    origin = f"{LEDGER_ORIGIN}/2026"
    key = note_key(CHECKPOINT_KEY, origin)
    opened = verify_proof_file(parse_tlog_proof(proof), [key], origin=origin)
    return {one.group for one in opened.groups}


async def test_the_same_tickets_show_nothing_again(desk: CitizensDesk) -> None:
    body = await an_own_view(desk.world, ONE)
    assert (await ask_own_view(desk.world, body)).status_code == 200
    again = await ask_own_view(desk.world, body)
    assert again.status_code == 403
    assert again.json()["type"].endswith("/ticket-invalid")
    assert len(await open_entries(desk.world, "own-view")) == 1
    assert len(await open_entries(desk.world, "ticket-refused")) == 1


async def test_views_of_much_and_of_nothing_are_equally_long(
    desk: CitizensDesk,
) -> None:
    world = desk.world
    for agency in (world.debt_help, world.income_support, world.veilig_thuis):
        await world.publish(agency, [ONE])
    for _ in range(5):
        await world.look_up([ONE])
    await desk.sequence()
    lengths = []
    for number in (ONE, TWO):
        answer = await ask_own_view(world, await an_own_view(world, number))
        lengths.append(len(answer.content))
    assert lengths == [VIEW_STEP, VIEW_STEP]
