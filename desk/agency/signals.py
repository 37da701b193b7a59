"""An agency's own signals: how many stand where, and which ended by whose word."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedInSourceAdministrator
from desk.desk import Desk, desk_of
from desk.pages import render
from signal_index.wire.contact_holders import ContactHolders
from signal_index.wire.signals import (
    OwnSignal,
    OwnSignals,
    SignalCounts,
    SignalEndings,
)
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
SHOWN: Final = "50"


@router.get("/agency/signals")
async def show_signals(
    request: Request,
    caller: LoggedInSourceAdministrator,
    cursor: str | None = None,
    reference: str = "",
) -> HTMLResponse:
    """Show counts, what ended lately, the signals by page, and one by its reference."""
    desk = desk_of(request)
    fetch, token = desk.index.fetch, caller.access_token
    page = {"limit": SHOWN} | ({"cursor": cursor} if cursor else {})
    counts = await fetch(SignalCounts, "/v1/signal-counts", token)
    signals = await fetch(OwnSignals, "/v1/signals", token, query=page)
    endings = await fetch(
        SignalEndings, "/v1/signal-endings", token, query={"limit": SHOWN}
    )
    contacts = await fetch(ContactHolders, "/v1/contact-holders", token)
    return render(
        request,
        "agency/signals.html",
        title=desk.texts.get("signals.title"),
        person=caller.person,
        csrf=caller.csrf,
        counts=counts.items,
        signals=signals,
        endings=endings,
        functions={one.id: one.function for one in contacts.items},
        is_first=cursor is None,
        typed=reference.strip().lower(),
        search=await _search(desk, token, reference),
    )


@dataclass(frozen=True, slots=True)
class Search:
    """What was found under a reference; `is_reference`: whether it was one at all."""

    is_reference: bool
    found: OwnSignal | None = None


async def _search(desk: Desk, token: str, typed: str) -> Search | None:
    """Find one of the organisation's own signals by its reference; None: not asked.

    Pages are in the order of references: the one after its predecessor is it, or it is
    not there.
    """
    if not typed.strip():
        return None
    try:
        wanted = read_uuid(typed.strip().lower())
    except ValueError:
        return Search(is_reference=False)
    page = {"limit": "1"}
    if wanted.int:
        page["cursor"] = str(UUID(int=wanted.int - 1))
    listed = await desk.index.fetch(OwnSignals, "/v1/signals", token, query=page)
    found = next((one for one in listed.items if one.reference == wanted), None)
    return Search(is_reference=True, found=found)
