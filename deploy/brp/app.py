"""Answer one kind of question of BRP API Personen 2.x about invented persons.

Only what a caller names in `fields` is given, only with the right key, and nothing of
a question or an answer is logged.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

QUERY: Final = "ZoekMetGeslachtsnaamEnGeboortedatum"
Person = Mapping[str, Any]


def create_app(persons: Sequence[Person], key: str) -> Starlette:
    """Give the application for a register of these persons."""

    async def find(request: Request) -> Response:
        given = request.headers.get("x-api-key", "").encode()
        if not hmac.compare_digest(given, key.encode()):
            return JSONResponse({"title": "Niet correct geauthenticeerd."}, 401)
        question = await request.json()
        if question.get("type") != QUERY or not question.get("fields"):
            return JSONResponse({"title": "Deze vraag kent de BRP niet."}, 400)
        found = [
            select(one, question["fields"])
            for one in persons
            if is_asked(one, question["geslachtsnaam"], question["geboortedatum"])
        ]
        return JSONResponse({"type": QUERY, "personen": found})

    async def be_well(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/personen", find, methods=["POST"]),
        Route("/health", be_well),
    ]
    return Starlette(routes=routes)


def is_asked(person: Person, surname: str, born: str) -> bool:
    """Tell whether a person has this surname, in any case, and this birth date."""
    has = str(person["naam"]["geslachtsnaam"])
    day = person["geboorte"]["datum"]["datum"]
    return has.casefold() == surname.casefold() and day == born


def select(person: Person, fields: Sequence[str]) -> dict[str, Any]:
    """Give the fields that are named, a path each; what is not there stays away."""
    given: dict[str, Any] = {}
    for field in fields:
        group, _, member = field.partition(".")
        if group not in person:
            continue
        if not member:
            given[group] = person[group]
        elif member in person[group]:
            given.setdefault(group, {})[member] = person[group][member]
    return given
