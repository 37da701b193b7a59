"""Somebody adds a route and forgets to say who may call it."""

from __future__ import annotations

import io
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router

from keys.events import EventLog
from signal_index import api
from signal_index.api import callers
from signal_index.api.callers import Anyone, Person
from signal_index.api.routing import NamedRoute, Routes
from signal_index.api.subjects import SUBJECTS
from signal_index.app import build_app
from tests.holders_builders import FakeClock
from tests.world import World, open_world

CALLERS = frozenset(
    {
        callers.AnyoneCaller,
        callers.PersonCaller,
        callers.ActivePersonCaller,
        callers.SourceCaller,
        callers.SourceAdministratorCaller,
        callers.HandSignallerCaller,
        callers.LedgerCaller,
        callers.AuditorCaller,
        callers.PrivacyOfficerCaller,
        callers.DataProtectionOfficerCaller,
        callers.OfficerCaller,
        callers.CitizenPortalCaller,
        callers.ApproverCaller,
        callers.MunicipalPrivacyOfficerCaller,
        callers.MunicipalOfficerCaller,
        callers.MunicipalApproverCaller,
    }
)
# What anybody may call is listed here too, so that it never grows unseen.
PUBLIC = {
    "/about/{organisation}",
    "/health",
    "/openapi.json",
    "/problems/{slug}",
    "/ledger/checkpoint",
    "/ledger/{year}/checkpoint",
    "/ledger/{year}/tile/{path:path}",
}
ROUTES = [named for subject in SUBJECTS for named in subject.named]


def test_no_routes_lie_unserved() -> None:
    names = [f"{api.__name__}.{one.name}" for one in iter_modules(api.__path__)]
    members = [one for name in names for one in vars(import_module(name)).values()]
    made = [one for one in members if isinstance(one, Routes)]
    assert [one.tag for one in made if one not in SUBJECTS] == []


def test_each_route_names_a_caller_that_we_know() -> None:
    assert len(ROUTES) > 50
    assert [named for named in ROUTES if named.caller not in CALLERS] == []


def test_only_what_is_listed_is_public() -> None:
    public = {named.path for named in ROUTES if named.caller is callers.AnyoneCaller}
    assert public == PUBLIC


def test_a_route_without_a_caller_cannot_be_made() -> None:
    async def forgotten(request: Request) -> Response:
        del request
        return Response()

    with pytest.raises(TypeError):
        Routes("x").get("/forgotten", "Vergeten")(forgotten)


def test_a_route_with_two_callers_cannot_be_made() -> None:
    async def torn(request: Request, caller: Person, other: Anyone) -> Response:
        del request, caller, other
        return Response()

    with pytest.raises(TypeError):
        Routes("x").get("/torn", "Verscheurd")(torn)


def test_nothing_is_served_beside_these_but_the_address_for_reports() -> None:
    log = EventLog(io.StringIO(), FakeClock())
    app = build_app("https://index.test/problems", log)
    router = app._routes
    assert isinstance(router, Router)
    served = {getattr(route, "path", "") for route in router.routes}
    named = {f"/v1{one.path}" for one in ROUTES}
    assert served - named == {"/.well-known/security.txt"}


async def _ask_as_nobody(world: World, named: NamedRoute) -> int:
    path = named.path.replace("{year}", "2026").replace("{path:path}", "0/000")
    path = re.sub(r"\{\w+\}", "6f1c2d3e-0000-4000-8000-000000000000", path)
    body: object = None if named.method == "GET" else {}
    return (await world.send(named.method, path, "", body)).status_code


@pytest.mark.anyio
async def test_each_route_that_is_not_public_refuses_who_is_not_logged_in(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        said = {
            (named.method, named.path): await _ask_as_nobody(world, named)
            for named in ROUTES
        }
    refused = {asked for asked, status in said.items() if status == 401}
    assert refused == {(n.method, n.path) for n in ROUTES if n.path not in PUBLIC}
