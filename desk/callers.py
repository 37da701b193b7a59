"""Who calls: each route states in its signature what it wants of its caller.

- `LivingSession`: the page of a live session, which asks for how long it lives;
- `LoggedIn`: a person with a session at this desk (cookie), with a live access token;
- `ReadingCaller`: a session, or the access token of a case system's user (Bearer);
- `ChangingCaller`: the same, and with a session the page's own token in X-CSRF-Token;
- `LoggedInOfficer` and the like: a person with a session and one of these roles;
- `SendingOfficer` and the like: the same, and the page's own token came along, in the
  form (field `csrf`) or in X-CSRF-Token.

A request that carries an Authorization header is judged by it alone: the cookie is not
looked at, so a page of elsewhere cannot borrow it. Where a page of elsewhere sent the
browser here, the session is looked at and not used (`desk.own_pages`).
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request

from desk.cookies import session_cookie
from desk.desk import desk_of
from desk.errors import (
    AccessTokenRefused,
    CsrfMismatch,
    LoginRefused,
    NotLoggedIn,
    RoleMissing,
    SessionEnded,
    SessionReplaced,
)
from desk.navigation import INVOLVED, OFFICER
from desk.own_pages import is_foreign
from desk.pages import Shown
from desk.roles import (
    APPROVERS,
    DATA_PROTECTION_OFFICER,
    HAND_SIGNALLERS,
    NOTICE_READERS,
    OFFICERS,
    PRIVACY_OFFICER,
    SOURCE_ADMINISTRATORS,
)
from desk.sealing import CookieSecret
from desk.sessions import Session
from desk.texts import Names
from desk.tokens import Person

CSRF_HEADER: Final = "X-CSRF-Token"
BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone at a page that needs no login; perhaps logged in."""

    session: Session | None = field(default=None, repr=False)
    is_replaced: bool = False
    """Whether this browser's session ended by a login of the same person elsewhere."""

    @property
    def person(self) -> Person | None:
        """Give who is logged in."""
        return self.session.person if self.session else None

    @property
    def csrf(self) -> str | None:
        """Give the page's own token."""
        return self.session.csrf if self.session else None


@dataclass(frozen=True, slots=True)
class Life:
    """For how many seconds nobody used a session, and how many it has at most."""

    unused: int
    left: int


@dataclass(frozen=True, slots=True)
class Caller:
    """A person for whom the desk may ask something."""

    person: Person
    access_token: str = field(repr=False)
    csrf: str | None = field(default=None, repr=False)
    authenticated_at: int = 0
    """When this session's person proved who they are; 0 where that is not known."""


async def find_visitor(request: Request) -> Visitor:
    """Give who is at the page; nobody when the session is gone."""
    try:
        _, session = await _read_session(request)
    except SessionReplaced:
        return Visitor(is_replaced=True)
    except (NotLoggedIn, SessionEnded):
        return Visitor()
    request.state.shown = await _show(request, session)
    return Visitor(session)


async def find_life(request: Request) -> Life:
    """Give for how long this page's own session lives, and leave it unused.

    Raises `NotLoggedIn`, `SessionEnded`; `CsrfMismatch` for another session's page.
    """
    desk = desk_of(request)
    session, unused = await desk.sessions.look_at(session_cookie(request))
    verify_csrf(session.csrf, request.headers.get(CSRF_HEADER, ""))
    return Life(unused, session.ends_at - int(desk.clock().timestamp()))


async def get_logged_in(request: Request) -> Caller:
    """Give the person with a session, or raise `NotLoggedIn` / `SessionEnded`."""
    _, session = await _live_session(request)
    return Caller(
        session.person, session.access_token, session.csrf, session.authenticated_at
    )


async def get_reading_caller(request: Request) -> Caller:
    """Give the caller of a route that changes nothing."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return await _bearer_caller(request, authorization)
    return await get_logged_in(request)


async def get_changing_caller(request: Request) -> Caller:
    """Give the caller of a route with effects; a session proves it is our page.

    Proven by tests/attack/test_a_foreign_page_cannot_use_a_session.py.
    """
    caller = await get_reading_caller(request)
    if caller.csrf is not None:
        verify_csrf(caller.csrf, request.headers.get(CSRF_HEADER, ""))
    return caller


def verify_csrf(expected: str, given: str) -> None:
    """Raise `CsrfMismatch` unless the page's own token came along."""
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise CsrfMismatch


def by_role(roles: frozenset[str]) -> Callable[[Request], Awaitable[Caller]]:
    """Give what finds a person with a session and one of these roles.

    Raises `RoleMissing` for anybody else who is logged in.
    """

    async def find(request: Request) -> Caller:
        caller = await get_logged_in(request)
        if roles.isdisjoint(caller.person.roles):
            raise RoleMissing
        return caller

    return find


def sending_by_role(roles: frozenset[str]) -> Callable[[Request], Awaitable[Caller]]:
    """Give what finds such a person for a route with effects: from our own page.

    Proven by tests/attack/test_a_foreign_page_cannot_use_a_session.py.
    """
    find_logged_in = by_role(roles)

    async def find(request: Request) -> Caller:
        caller = await find_logged_in(request)
        given = request.headers.get(CSRF_HEADER)
        if given is None:
            given = str((await request.form()).get("csrf", ""))
        verify_csrf(caller.csrf or "", given)
        return caller

    return find


async def _read_session(request: Request) -> tuple[CookieSecret, Session]:
    """Give the live session; that a page of elsewhere led here is no use of it."""
    cookie, sessions = session_cookie(request), desk_of(request).sessions
    if is_foreign(request):
        return cookie, (await sessions.look_at(cookie))[0]
    return cookie, await sessions.get(cookie)


async def _live_session(request: Request) -> tuple[CookieSecret, Session]:
    desk = desk_of(request)
    cookie, session = await _read_session(request)
    request.state.shown = await _show(request, session)
    renewed = await desk.login.renewed(cookie, session)
    if _is_page(request):
        token, path = renewed.access_token, request.url.path
        await desk.waiting.refresh(session.person, token, path)
        request.state.shown = await _show(request, session)
    return cookie, renewed


async def _show(request: Request, session: Session) -> Shown:
    """Say who is at the page, and how much waits on which page of the menu."""
    signalling, person = desk_of(request).signalling, session.person
    counts = dict(desk_of(request).waiting.find_counts(person))
    if signalling is not None and not HAND_SIGNALLERS.isdisjoint(person.roles):
        counts[INVOLVED] = await signalling.kept.count_due(person.sub)
    names: Names = {}
    if request.url.path.startswith(OFFICER):
        names = await desk_of(request).known_names.list_all()
    return Shown(person, session.csrf, session.ends_at, counts, names)


def _is_page(request: Request) -> bool:
    """Tell whether its menu needs counts."""
    return request.method == "GET" and not request.url.path.startswith("/relay/")


async def _bearer_caller(request: Request, authorization: str) -> Caller:
    if not authorization.lower().startswith(BEARER):
        raise AccessTokenRefused
    token = authorization[len(BEARER) :].strip()
    desk = desk_of(request)
    try:
        claims = await desk.login.verify_bearer(
            token, desk.settings.identity.case_system_clients
        )
    except LoginRefused:
        raise AccessTokenRefused from None
    return Caller(claims.person, token)


AnyVisitor = Annotated[Visitor, Depends(find_visitor)]
LivingSession = Annotated[Life, Depends(find_life)]
LoggedIn = Annotated[Caller, Depends(get_logged_in)]
ReadingCaller = Annotated[Caller, Depends(get_reading_caller)]
ChangingCaller = Annotated[Caller, Depends(get_changing_caller)]
LoggedInPrivacyOfficer = Annotated[Caller, Depends(by_role(PRIVACY_OFFICER))]
LoggedInDataProtectionOfficer = Annotated[
    Caller, Depends(by_role(DATA_PROTECTION_OFFICER))
]
LoggedInOfficer = Annotated[Caller, Depends(by_role(OFFICERS))]
LoggedInApprover = Annotated[Caller, Depends(by_role(APPROVERS))]
SendingPrivacyOfficer = Annotated[Caller, Depends(sending_by_role(PRIVACY_OFFICER))]
SendingDataProtectionOfficer = Annotated[
    Caller, Depends(sending_by_role(DATA_PROTECTION_OFFICER))
]
SendingOfficer = Annotated[Caller, Depends(sending_by_role(OFFICERS))]
SendingApprover = Annotated[Caller, Depends(sending_by_role(APPROVERS))]
LoggedInSourceAdministrator = Annotated[Caller, Depends(by_role(SOURCE_ADMINISTRATORS))]
LoggedInNoticeReader = Annotated[Caller, Depends(by_role(NOTICE_READERS))]
SendingNoticeReader = Annotated[Caller, Depends(sending_by_role(NOTICE_READERS))]
SendingSourceAdministrator = Annotated[
    Caller, Depends(sending_by_role(SOURCE_ADMINISTRATORS))
]
