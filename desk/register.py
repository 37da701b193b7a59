"""The population register beside the desk: who may ask it, and at which path it is.

Where `register_path` is set, the page asks the organisation's gateway for names, at
that path of the desk's own origin. The proxy in front leads it there: what is asked and
answered never reaches this process. All that it is asked is who stands at the page, by
that proxy, with the cookie and the page's own token alone.

Proven by tests/unit/desk/test_register.py and
tests/browser/test_whose_number_it_is.py.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from desk.callers import CSRF_HEADER, LoggedIn, verify_csrf
from desk.desk import desk_of
from desk.errors import RoleMissing, SettingsRefused
from desk.roles import GENERALISTS

router: Final = APIRouter()
CHECK: Final = "/session/register"
USER_HEADER: Final = "X-User"


@router.get(CHECK)
async def tell_who_asks(request: Request, caller: LoggedIn) -> Response:
    """Answer 204 with the user's id: a generalist, at our own page. No body is read.

    The id is percent-encoded, for the gateway's own log. Raises `CsrfMismatch`,
    `RoleMissing`; 404 where the organisation has no gateway.
    """
    if not desk_of(request).settings.register_path:
        raise HTTPException(404)
    verify_csrf(caller.csrf or "", request.headers.get(CSRF_HEADER, ""))
    if GENERALISTS.isdisjoint(caller.person.roles):
        raise RoleMissing
    return Response(status_code=204, headers={USER_HEADER: quote(caller.person.sub)})


def verify_path_is_free(path: str, routers: Iterable[APIRouter]) -> None:
    """Raise `SettingsRefused` where the desk itself answers under the register's path.

    A number that is meant for the register would then end here.
    """
    routes = (route for each in routers for route in each.routes)
    taken = {str(getattr(route, "path", "")).split("/")[1] for route in routes}
    first = path.partition("/")[2].partition("/")[0]
    if path and first in taken | {"static"}:
        raise SettingsRefused(f"register_path: the desk itself uses /{first}")
