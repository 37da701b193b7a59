"""What a page asks of the life of its session.

One session, several tabs: a tab that nobody touches must not end what another tab is
used for. So no tab ends anything. It tells the desk that somebody works in it, asks for
how long nobody did, and leaves when the desk says that the session is over.
"""

from typing import Final

from fastapi import APIRouter, Request

from desk.callers import CSRF_HEADER, AnyVisitor, Life, LivingSession, verify_csrf
from desk.desk import desk_of
from desk.errors import NotLoggedIn, SessionReplaced

router: Final = APIRouter(prefix="/session")


@router.post("/active")
async def stay_active(request: Request, visitor: AnyVisitor) -> Life:
    """Note that someone works: reading the session is what keeps it alive."""
    if visitor.session is None:
        raise SessionReplaced if visitor.is_replaced else NotLoggedIn
    verify_csrf(visitor.session.csrf, request.headers.get(CSRF_HEADER, ""))
    now = int(desk_of(request).clock().timestamp())
    return Life(unused=0, left=visitor.session.ends_at - now)


@router.get("/use")
async def tell_use(life: LivingSession) -> Life:
    """Tell for how long the session lives; asking is no use of it."""
    return life
