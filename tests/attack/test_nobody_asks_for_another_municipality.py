"""A provider says that somebody is of another municipality: its word is not enough.

Where an organisation may ask stands in the registry, by that municipality's own word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from keys.municipality import MunicipalityCode
from policy.vocabulary import Establishment
from signal_index.errors import RegistrationConflict
from signal_index.store.admissions import AdmissionRecord, admit
from signal_index.store.establishments import establish
from signal_index.store.registry import Change
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.store_builders import owning
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ELSEWHERE = "9902"
TOKEN = {"municipality": ELSEWHERE}


async def _ask_elsewhere(world: World) -> tuple[int, str]:
    """Ask for the other municipality, with a token that says so; status and problem."""
    body = await world.ask([a_bsn(1)], municipality=ELSEWHERE)
    answer = await world.send("POST", "/lookups", world.a_token(**TOKEN), body)
    return answer.status_code, str(answer.json().get("type", "")).rpartition("/")[2]


async def _open_elsewhere(world: World) -> None:
    """Establish there what a lookup asks for, so that only the caller is in the way."""
    made = Establishment(
        opens=world.index.catalogue.parse_purpose("schuldhulp-toegang"),
        municipality=MunicipalityCode(ELSEWHERE),
        by_role="college",
        on=date(2026, 1, 1),
    )
    async with owning(world.engine) as conn:
        await establish(conn, made, now=world.clock())
    world.index.standing.forget()


async def _admit(world: World, **changed: object) -> Change:
    said = {
        "organisation": LOOKUP_OIN,
        "municipality": ELSEWHERE,
        "by_role": "college",
        "on": world.clock().date(),
        **changed,
    }
    async with owning(world.engine) as conn:
        done = await admit(conn, AdmissionRecord(**said), now=world.clock())  # type: ignore[arg-type]
    world.index.standing.forget()
    return done


async def test_a_claim_moves_nobody_into_another_municipality(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _open_elsewhere(world)
        refused = await _ask_elsewhere(world)
    assert refused == (403, "municipality-not-admitted")


async def test_a_municipality_that_admits_an_organisation_is_asked_for(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await _open_elsewhere(world)
        done: Sequence[Change] = [await _admit(world) for _ in range(2)]
        answered = await _ask_elsewhere(world)
    assert done == [Change.ADDED, Change.UNCHANGED]
    assert answered == (200, "")


async def test_each_municipality_is_told_of_its_own_sources(tmp_path: Path) -> None:
    """What is remembered of sources for one question is not the answer to another."""
    async with open_world(tmp_path) as world:
        await _open_elsewhere(world)
        await _admit(world)
        here, elsewhere = {}, {}
        for _ in range(2):
            body = await world.ask([a_bsn(1)])
            here = (await world.send("POST", "/lookups", world.a_token(), body)).json()
            body = await world.ask([a_bsn(1)], municipality=ELSEWHERE)
            token = world.a_token(**TOKEN)
            elsewhere = (await world.send("POST", "/lookups", token, body)).json()
    assert here["answers"][0]["sources"] != []
    assert elsewhere["answers"][0]["sources"] == []


async def test_an_admission_of_tomorrow_lets_nobody_ask_today(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _open_elsewhere(world)
        await _admit(world, on=world.clock().date() + timedelta(days=1))
        refused = await _ask_elsewhere(world)
    assert refused == (403, "municipality-not-admitted")


async def test_an_admission_is_not_told_anew_with_other_facts(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _admit(world)
        for changed in ({"by_role": "burgemeester"}, {"municipality": "9901"}):
            with pytest.raises(RegistrationConflict):
                await _admit(world, **changed)


@pytest.mark.parametrize("path", ["/own-registration", "/signals", "/notices"])
async def test_a_source_is_of_no_municipality_that_did_not_admit_it(
    tmp_path: Path, path: str
) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_source_token(world.debt_help, **TOKEN)
        answer = await world.send("GET", path, token)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/municipality-not-admitted")
