"""Somebody who is no officer, or not of here, asks for what an officer may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from starlette.requests import Request

from signal_index.api import callers
from signal_index.errors import (
    AssuranceTooLow,
    CallerNotAllowed,
    CallerSuspended,
    MunicipalityNotAdmitted,
    SignalIndexError,
)
from signal_index.store.accounts import suspend_account
from tests.store_builders import owning
from tests.world import World, open_world
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
Found = (
    callers.PrivacyOfficerCaller
    | callers.DataProtectionOfficerCaller
    | callers.ApproverCaller
)
FINDERS: Mapping[str, Callable[[Request], Awaitable[Found]]] = {
    "privacy-officer": callers.privacy_officer,
    "data-protection-officer": callers.data_protection_officer,
    "municipality-administrator": callers.approver,
}


def _request(world: World, token: str) -> Request:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "app": world.app, "headers": headers})


async def test_an_officer_of_the_municipality_sees_all_of_it(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        found = await callers.officer(_request(world, world.an_officer()))
    assert found.scope.covers("9901", TEAM_OIN)
    assert not found.scope.covers("9902", TEAM_OIN)
    assert not found.scope.covers(None, None)


async def test_an_officer_of_a_team_sees_that_team_alone(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.an_officer(org=TEAM_OIN, client_id="desk-team")
        found = await callers.privacy_officer(_request(world, token))
    assert found.scope.covers("9901", TEAM_OIN)
    assert not found.scope.covers("9901", "00000001000000000001")


@pytest.mark.parametrize("role", FINDERS)
async def test_each_role_opens_its_own_routes(tmp_path: Path, role: str) -> None:
    async with open_world(tmp_path) as world:
        found = await FINDERS[role](_request(world, world.an_officer(role)))
    assert role in found.caller.roles


REFUSED: dict[str, tuple[dict[str, object], type[SignalIndexError]]] = {
    "another role": ({"roles": ["generalist"]}, CallerNotAllowed),
    "no role": ({"roles": []}, CallerNotAllowed),
    "no scope for the ledger": ({"scope": "openid lookup"}, CallerNotAllowed),
    "a machine": ({"sub": "desk"}, CallerNotAllowed),
    "another municipality": ({"municipality": "9902"}, MunicipalityNotAdmitted),
    "a weak login": ({"loa": "low"}, AssuranceTooLow),
    "a login without a level": ({"loa": None}, AssuranceTooLow),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("role", FINDERS)
async def test_whoever_lacks_one_thing_is_refused(
    tmp_path: Path, role: str, case: str
) -> None:
    changed, error = REFUSED[case]
    async with open_world(tmp_path) as world:
        token = world.an_officer(role, **changed)
        with pytest.raises(error):
            await FINDERS[role](_request(world, token))


@pytest.mark.parametrize(
    "role", ["data-protection-officer", "municipality-administrator", "auditor"]
)
async def test_only_a_privacy_officer_is_a_privacy_officer(
    tmp_path: Path, role: str
) -> None:
    async with open_world(tmp_path) as world:
        with pytest.raises(CallerNotAllowed):
            await callers.privacy_officer(_request(world, world.an_officer(role)))


async def test_an_administrator_may_approve_but_sees_no_entries(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        token = world.an_officer("municipality-administrator")
        with pytest.raises(CallerNotAllowed):
            await callers.officer(_request(world, token))


async def test_a_suspended_officer_is_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        async with owning(world.engine) as conn:
            await suspend_account(
                conn, "00000001000000000001", "privacy-officer-1", now=world.clock()
            )
        world.index.standing.forget()
        with pytest.raises(CallerSuspended):
            await callers.officer(_request(world, world.an_officer()))
