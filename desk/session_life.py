"""What a page asks of the life of its session.

One session, several tabs: a tab that nobody touches must not end what another tab is
used for. So no tab ends anything. It tells the desk that somebody works in it, asks for
how long nobody did, and leaves when the desk says that the session is over.
"""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from desk.callers import CSRF_HEADER, AnyVisitor, UnusedSeconds, verify_csrf
from desk.errors import NotLoggedIn

router: Final = APIRouter(prefix="/session")


@router.post("/active")
async def stay_active(request: Request, visitor: AnyVisitor) -> Response:
    """Note that someone works: reading the session is what keeps it alive."""
    if visitor.csrf is None:
        raise NotLoggedIn
    verify_csrf(visitor.csrf, request.headers.get(CSRF_HEADER, ""))
    return Response(status_code=204)


@router.get("/use")
async def tell_use(unused: UnusedSeconds) -> dict[str, int]:
    """Tell for how many seconds nobody used the session; asking is no use of it."""
    return {"unused": unused}
