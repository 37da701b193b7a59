"""What a route reaches: the portal's parts, who reads here, and what they chose."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request

from keys.pinned_keys import PinnedKey
from portal.asking import Asking
from portal.languages import Language, find_language
from portal.login import Login
from portal.message_store import MessageStore
from portal.pages import Period
from portal.settings import PortalSettings
from portal.views import Views
from signal_index.wire.citizen_reports import OwnView

VIEW_COOKIE: Final = "__Host-portal-view"
LOGIN_COOKIE: Final = "__Host-portal-login"
LANGUAGE_COOKIE: Final = "__Host-portal-language"
SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Portal:
    """Everything a route may reach."""

    settings: PortalSettings
    login: Login
    asking: Asking
    views: Views
    ledger_key: PinnedKey
    messages: MessageStore | None


def portal_of(request: Request) -> Portal:
    """Give the portal's parts."""
    portal: Portal = request.app.state.portal
    return portal


def view_cookie(request: Request) -> str | None:
    """Give the cookie that opens the view of this browser, if it has one."""
    return request.cookies.get(VIEW_COOKIE)


def find_view(request: Request) -> OwnView:
    """Give the view that this browser may read, or raise `NotLoggedIn`."""
    return portal_of(request).views.get(view_cookie(request))


def language_of(request: Request) -> Language:
    """Give the language that was chosen in this browser."""
    return find_language(request.cookies.get(LANGUAGE_COOKIE))


def read_period(request: Request) -> Period:
    """Read the chosen days; what is no day chooses nothing."""
    return _read_day(request, "van"), _read_day(request, "tot")


def write_period(period: Period) -> dict[str, str]:
    """Write the chosen days as an address names them; nothing where none was chosen."""
    since, until = period
    if since is None and until is None:
        return {}
    return {"van": str(since or ""), "tot": str(until or "")}


def _read_day(request: Request, name: str) -> date | None:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return None
