"""An agency's own signals: how many stand where, and which ended by whose word."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedInSourceAdministrator
from desk.desk import desk_of
from desk.pages import render
from signal_index.wire.contact_holders import ContactHolders
from signal_index.wire.signals import OwnSignals, SignalCounts, SignalEndings

router: Final = APIRouter()
SHOWN: Final = "50"


@router.get("/agency/signals")
async def show_signals(
    request: Request,
    caller: LoggedInSourceAdministrator,
    cursor: str | None = None,
) -> HTMLResponse:
    """Show counts, what ended lately, and the signals page by page."""
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
    )
