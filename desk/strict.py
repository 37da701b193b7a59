"""A route that reads JSON as the index does: nothing doubled, no NaN, no endless depth.

FastAPI's own reader keeps the last of two members with one name; whoever checked the
first would have checked something else than what goes on.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_json


class _Unreadable(HTTPException):
    """Carries why a body is no JSON of ours through FastAPI."""

    def __init__(self, fact: InvalidField) -> None:
        super().__init__(400)
        self.fact = fact


class _StrictRequest(Request):
    async def json(self) -> Any:  # noqa: ANN401 - as in Starlette
        try:
            return parse_json(await self.body())
        except InvalidField as error:
            raise _Unreadable(error) from error


class StrictRoute(APIRoute):
    """Answers a body that is no JSON of ours as any other body that does not fit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's own handler."""
        answer = super().get_route_handler()

        async def answer_strictly(request: Request) -> Response:
            try:
                return await answer(_StrictRequest(request.scope, request.receive))
            except _Unreadable as error:
                why = {"type": error.fact.code, "loc": ("body",)}
                raise RequestValidationError([why]) from None

        return answer_strictly
