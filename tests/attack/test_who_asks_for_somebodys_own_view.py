"""Somebody wants to read of a citizen by the road that is the citizen's alone.

The index hears of no citizen who logged in: it takes the word of the one machine that
holders gave tickets for it. So nobody else may have that word, nobody's other tickets
do, and what an embargo keeps out is kept out there like on paper.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from keys.base64url import encode_b64u
from keys.client import pseudonymise
from keys.errors import HolderBudgetSpent, HolderRefused
from keys.request import Act
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import SOURCE_OIN, a_bsn, some_holders
from tests.portal_builders import an_own_view, ask_own_view, view_own
from tests.tokens import officer_claims, source_claims
from tests.world import World, open_world
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": ["generalist"]},
        {"roles": []},
        {"scope": "lookup ledger"},
        {"org": TEAM_OIN, "client_id": "desk-team"},
        {"org": SOURCE_OIN, "client_id": f"agent-{SOURCE_OIN[-4:]}"},
        {"client_id": "desk"},
        {"client_id": "desk", "sub": "desk"},
        {"client_id": "elsewhere"},
    ],
)
async def test_nobody_but_the_portals_machine_gets_a_view(
    world: World, changed: dict[str, object]
) -> None:
    body = await an_own_view(world, ONE)
    answer = await ask_own_view(world, body, **changed)
    assert answer.status_code == 403
    assert "signals" not in answer.text


async def test_an_officer_or_a_source_that_claims_the_role_gets_none(
    world: World,
) -> None:
    now, roles = world.clock(), ["citizen-portal"]
    for claims in (
        officer_claims(now, roles=roles, scope="own-view ledger"),
        source_claims(now, roles=roles, scope="own-view publish"),
    ):
        body = await an_own_view(world, ONE)
        answer = await world.send("POST", "/own-views", world.issuer.sign(claims), body)
        assert answer.status_code == 403, answer.text


@pytest.mark.parametrize("act", [Act.LOOKUP, Act.OFFICER_SEARCH])
async def test_tickets_of_another_act_show_no_view(world: World, act: Act) -> None:
    given = await world.holders.look_up([ONE], "portal", act)
    body = await an_own_view(
        world,
        ONE,
        tickets=list(given.tickets),
        pseudonym=encode_b64u(given.pseudonyms[0].encoded),
    )
    answer = await ask_own_view(world, body)
    assert answer.json()["type"].endswith("/ticket-invalid")


async def test_tickets_of_a_view_open_no_report_of_an_officer(
    world: World, tmp_path: Path
) -> None:
    desk = CitizensDesk(world, tmp_path)
    request = await desk.register()
    given = await world.holders.view_own(ONE, desk.officer)
    body = {**await desk.person(ONE), "tickets": list(given.tickets)}
    answer = await desk.send("POST", f"/access-requests/{request['id']}/report", body)
    assert answer.json()["type"].endswith("/ticket-invalid")


async def test_a_desks_key_asks_holders_for_no_view_and_a_portals_for_no_lookup(
    world: World,
) -> None:
    with pytest.raises(HolderRefused):
        await world.holders.look_up([ONE], "user-1", Act.OWN_VIEW)
    transport = world.holders.transport(world.holders.portal, "portal")
    for act in (Act.LOOKUP, Act.OFFICER_SEARCH, Act.ARCHIVE, Act.PUBLISH):
        with pytest.raises(HolderRefused):
            await pseudonymise(transport, world.holders.config, [ONE], act)


async def test_who_has_the_portals_key_guesses_no_faster_under_other_names() -> None:
    holders = some_holders(per_portal=4)
    for number in range(1, 5):
        await holders.view_own(a_bsn(number), f"portal-{number}")
    with pytest.raises(HolderBudgetSpent):
        await holders.view_own(a_bsn(5), "portal-5")
    assert (await holders.look_up([ONE])).pair  # nobody looks up less for it


async def test_what_is_under_embargo_shows_in_no_view_by_length_or_statement(
    tmp_path: Path,
) -> None:
    """Two citizens with the same signals: of one Veilig Thuis is under embargo."""
    async with open_world(tmp_path) as world:
        desk = CitizensDesk(world, tmp_path)
        await world.publish(world.debt_help, [ONE, TWO])
        await world.publish(world.veilig_thuis, [ONE])
        await desk.place_embargo(ONE)
        world.clock.forward(timedelta(minutes=1))
        await view_own(world, a_bsn(3))  # what a worker reads now and then, it has
        statements: list[str] = []
        event.listen(
            world.engine.sync_engine,
            "before_cursor_execute",
            lambda _c, _u, statement, *_: statements.append(statement),
        )
        seen = []
        for number in (ONE, TWO):
            body = await an_own_view(world, number)
            statements.clear()
            answer = await ask_own_view(world, body)
            asked = [one[:60] for one in statements]
            said = answer.json()
            kinds = [one["category"] for one in said["signals"]]
            seen.append((kinds, said["checks"], len(answer.content), asked))
        for one, other in zip(*seen, strict=True):
            assert one == other
        assert seen[0][0] == ["schuldhulpverlening"]


async def test_a_view_of_somebody_unknown_is_a_view_of_nothing(world: World) -> None:
    view = await view_own(world, a_bsn(99))
    assert (view["signals"], view["lookups"], view["corrections"]) == ([], [], [])
