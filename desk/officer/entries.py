"""One entry of the ledger, with its proof to download."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from desk.callers import LoggedInOfficer
from desk.desk import desk_of
from desk.headers import allow_form
from desk.index import verify_done
from desk.pages import render
from desk.roles import PRIVACY_OFFICER
from signal_index.wire.ledger_entries import LedgerEntry

router: Final = APIRouter()


@router.get("/officer/entries/{entry}")
async def show_entry(
    request: Request, caller: LoggedInOfficer, entry: UUID
) -> HTMLResponse:
    """Give what an officer may see of an entry; the index records the look."""
    desk = desk_of(request)
    path = f"/v1/entries/{entry}"
    found = await desk.index.fetch(LedgerEntry, path, caller.access_token)
    page = render(
        request,
        "officer/entry.html",
        title=desk.texts.get("entry.title"),
        person=caller.person,
        csrf=caller.csrf,
        entry=found,
        may_judge=not PRIVACY_OFFICER.isdisjoint(caller.person.roles),
    )
    allow_form(page)
    return page


@router.get("/officer/entries/{entry}/proof")
async def download_proof(
    request: Request, caller: LoggedInOfficer, entry: UUID
) -> Response:
    """Give the entry's proof as a file that anybody can check without us."""
    index = desk_of(request).index
    path = f"/v1/entries/{entry}/proof"
    passed = await index.pass_on(path, caller.access_token)
    verify_done(passed)
    name = f"bewijs-{entry}.tlog-proof"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(passed.body, media_type="text/plain", headers=headers)
