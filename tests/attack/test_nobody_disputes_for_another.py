"""Somebody wants to dispute, or have checked, what stood in no view of theirs.

With the token of the page for citizens alone; with a mark of another line, of another
view, another municipality or an earlier day; with a mark of their own making.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from keys.base64url import encode_b64u
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.portal_builders import ask_check, dispute, prove_own, view_own
from tests.tokens import officer_claims
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        await opened.publish(opened.debt_help, [ONE, TWO])
        await opened.look_up([ONE])
        yield opened


async def test_a_line_of_anothers_view_is_disputed_by_nobody(world: World) -> None:
    own, other = await view_own(world, ONE), await view_own(world, TWO)
    signal = other["signals"][0]
    marks = [one["mark"] for one in own["marks"]]
    marks += [encode_b64u(bytes(32))]
    for mark in marks:
        refused = await dispute(world, own, signal, mark=mark)
        assert refused.status_code == 403, refused.text
        assert refused.json()["type"].endswith("/view-over")
    for mark in marks:
        line = {"entryId": other["reportId"]}
        assert (await ask_check(world, own, line, mark=mark)).status_code == 403
    assert await count_entries(world, "correction") == 0
    assert await count_entries(world, "review") == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"of": str(uuid4())},
        {"madeAt": "2026-11-30T00:00:00Z"},
        {"source": "00000001999999999000"},
    ],
)
async def test_a_mark_is_of_its_view_moment_and_source(
    world: World, changed: dict[str, str]
) -> None:
    view = await view_own(world, ONE)
    refused = await dispute(world, view, view["signals"][0], **changed)
    assert refused.status_code == 403, refused.text


async def test_a_view_of_before_speaks_no_more(world: World) -> None:
    view = await view_own(world, ONE)
    world.clock.forward(timedelta(hours=1, seconds=1))
    assert (await dispute(world, view, view["signals"][0])).status_code == 403
    assert (await ask_check(world, view, view["lookups"][0])).status_code == 403


async def test_what_stood_in_no_view_is_proven_to_nobody(world: World) -> None:
    """And one line of elsewhere among one's own, and nothing is proven."""
    other = (await view_own(world, ONE))["marks"]
    own = await view_own(world, TWO)
    own = await view_own(world, TWO)  # in which the first look stands
    (look,) = [one["entryId"] for one in own["checks"]]
    mine = [one for one in own["marks"] if one["about"] == look]
    signal = next(one for one in own["marks"] if one["about"] != look)
    for lines in (
        [*mine, *other],
        [*mine, {"about": other[-1]["about"], "mark": mine[0]["mark"]}],
        [{"about": look, "mark": signal["mark"]}],
        [signal],
        [{"about": look, "mark": encode_b64u(bytes(32))}],
    ):
        refused = await prove_own(world, own, lines=lines)
        assert refused.status_code == 403, refused.text
        assert "tlog-proof" not in refused.text
    for changed in ({"of": str(uuid4())}, {"madeAt": "2026-11-30T00:00:00Z"}):
        assert (await prove_own(world, own, **changed)).status_code == 403
    claims = officer_claims(world.clock(), roles=["citizen-portal"], scope="own-view")
    assert (await prove_own(world, own, claims=claims)).status_code == 403
    world.clock.forward(timedelta(hours=1, seconds=1))
    assert (await prove_own(world, own)).status_code == 403


async def test_the_mark_of_a_check_has_no_lookup_checked(world: World) -> None:
    await view_own(world, ONE)
    view = await view_own(world, ONE)
    (look,) = view["checks"]
    assert (await ask_check(world, view, look)).status_code == 403


async def test_an_officer_or_generalist_speaks_for_no_citizen(world: World) -> None:
    view = await view_own(world, ONE)
    now = world.clock()
    for claims in (
        officer_claims(now),
        officer_claims(now, roles=["citizen-portal"], scope="own-view"),
        officer_claims(now, roles=["generalist"], scope="lookup own-view"),
    ):
        refused = await dispute(world, view, view["signals"][0], claims=claims)
        assert refused.status_code == 403, refused.text
        assert not refused.json()["type"].endswith("/view-over")


async def test_a_mark_tells_nothing_of_its_line(world: World) -> None:
    """Of one signal, two views have two marks: nobody links views by them."""
    first, second = await view_own(world, ONE), await view_own(world, ONE)
    marks = [{one["mark"] for one in view["marks"]} for view in (first, second)]
    assert marks[0]
    assert marks[0].isdisjoint(marks[1])
