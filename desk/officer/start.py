"""Where officers begin: their first page, by role."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from desk.callers import LoggedIn, LoggedInApprover
from desk.navigation import find_officers_start, find_start

router: Final = APIRouter()
SEE_OTHER: Final = 303


@router.get("/start")
async def go_to_start(_request: Request, caller: LoggedIn) -> Response:
    """Lead a person who just logged in to where their work is."""
    return RedirectResponse(find_start(caller.person), SEE_OTHER)


@router.get("/officer")
async def go_to_officers_start(_request: Request, caller: LoggedInApprover) -> Response:
    """Lead an officer to the first page of their menu."""
    return RedirectResponse(find_officers_start(caller.person), SEE_OTHER)
