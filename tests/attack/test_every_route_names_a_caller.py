"""Somebody adds a route and forgets to say who may call it."""

from __future__ import annotations

import inspect
from typing import get_type_hints

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from signal_index.api import callers
from signal_index.app import build_api

CALLERS = frozenset(
    {
        callers.AnyoneCaller,
        callers.PersonCaller,
        callers.ActivePersonCaller,
        callers.SourceCaller,
        callers.LedgerCaller,
        callers.AuditorCaller,
    }
)
# What anybody may call is listed here too, so that it never grows unseen.
PUBLIC = {
    "/health",
    "/openapi.json",
    "/ledger/checkpoint",
    "/ledger/{year}/checkpoint",
    "/ledger/{year}/tile/{path:path}",
}


def _callers_of(route: APIRoute) -> list[type]:
    hints = get_type_hints(route.endpoint)
    return [hint for hint in hints.values() if hint in CALLERS]


def _routes(api: FastAPI) -> list[APIRoute]:
    routes = [route for route in api.routes if isinstance(route, APIRoute)]
    assert len(routes) == len(api.routes), "a route that is none of ours"
    return routes


ROUTES = _routes(build_api())


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.path))
def test_each_route_names_exactly_one_caller(route: APIRoute) -> None:
    assert len(_callers_of(route)) == 1


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.path))
def test_each_caller_is_really_asked_for(route: APIRoute) -> None:
    asked = {one.call for one in route.dependant.dependencies}
    known = {
        callers.anyone,
        callers.person,
        callers.active_person,
        callers.source,
        callers.ledger_reader,
        callers.auditor,
    }
    assert len(asked & known) == 1


def test_only_what_is_listed_is_public() -> None:
    found = {
        route.path for route in ROUTES if callers.AnyoneCaller in _callers_of(route)
    }
    assert found == PUBLIC


def test_a_route_without_a_caller_would_be_seen() -> None:
    async def forgotten(request: Request) -> Response:
        del request
        return Response()

    api = build_api()
    api.add_api_route("/forgotten", forgotten)
    assert _callers_of(_routes(api)[-1]) == []


def test_an_id_in_a_path_is_text_that_we_parse_ourselves() -> None:
    for route in ROUTES:
        for name, parameter in inspect.signature(route.endpoint).parameters.items():
            if name not in {"request", "caller"}:
                assert parameter.annotation == "str"
