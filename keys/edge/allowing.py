"""Which methods an address takes: all of them, whichever route is asked first.

A router tells only of the first route whose path fits (RFC 9110, 15.5.6 wants all).
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope


def list_allowed(routes: Iterable[BaseRoute], scope: Scope) -> str:
    """List the methods of every route at a request's path, for the header `Allow`."""
    found = {
        method
        for route in routes
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return ", ".join(sorted(found))


async def answer_wrong_method(request: Request, _error: Exception) -> Response:
    """Answer 405 with every method that is taken here, as a handler of Starlette."""
    allow = list_allowed(request.app.routes, request.scope)
    return Response(status_code=405, headers={"Allow": allow})
