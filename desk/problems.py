"""What each refusal becomes: a calm page for people; problem+json for scripts.

One table from error to slug and status; titles and advice stand in the message
catalogue as `problem.<slug>.title` and `problem.<slug>.advice`. A test walks the tree
of errors so that none is missing. Input is never echoed.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from desk import errors
from desk.desk import desk_of
from desk.errors import DeskError
from desk.events import Event, log_event
from desk.headers import complete_headers
from desk.pages import LOST, NOBODY, Shown, render
from desk.relay_wire import RelayFieldError, RelayProblem
from keys.edge.allowing import list_allowed
from keys.edge.errors import BodyTooLarge, Busy, EdgeRefused, TooManyAtOnce, TooOften
from keys.openapi import PROBLEM_JSON
from keys.security.events import SecurityEvent
from signal_index.wire.model import invalid_field

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
REFERENCE: Final = re.compile(f"[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}")
REFERENCE_HEADER: Final = "X-Reference"


@dataclass(frozen=True, slots=True)
class Problem:
    """How one fact is told: its slug and HTTP status."""

    slug: str
    status: int


PROBLEMS: Final[dict[type[DeskError], Problem]] = {
    errors.NotLoggedIn: Problem("not-logged-in", 401),
    errors.SessionEnded: Problem("session-ended", 401),
    errors.SessionReplaced: Problem("session-replaced", 401),
    errors.RenewalNeeded: Problem("session-ended", 401),
    errors.CsrfMismatch: Problem("foreign-page", 403),
    errors.ForeignPage: Problem("foreign-page", 403),
    errors.AccessTokenRefused: Problem("access-token-refused", 401),
    errors.RoleMissing: Problem("role-missing", 403),
    errors.FormGone: Problem("form-gone", 404),
    errors.EstimatesGone: Problem("not-there", 404),
    errors.CaseReferenceInvalid: Problem("case-reference-invalid", 400),
    errors.CaseReferenceInUse: Problem("case-reference-in-use", 409),
    errors.HandSignalsOff: Problem("hand-signals-off", 403),
    errors.ContactsSignedElsewhere: Problem("contacts-signed-elsewhere", 403),
    errors.HandSignalOutdated: Problem("hand-signal-outdated", 409),
    errors.HandSignalUnknown: Problem("not-there", 404),
    errors.InputInvalid: Problem("invalid-input", 400),
    errors.LoginExpired: Problem("login-expired", 400),
    errors.LoginDenied: Problem("login-denied", 403),
    errors.LoginNeeded: Problem("login-denied", 403),
    errors.TokenInvalid: Problem("login-failed", 502),
    errors.ForeignOrganisation: Problem("foreign-organisation", 403),
    errors.HolderUnreachable: Problem("holder-unreachable", 502),
    errors.IndexUnreachable: Problem("index-unreachable", 502),
    errors.ProviderUnreachable: Problem("provider-unreachable", 502),
    errors.IndexRefused: Problem("index-refused", 403),
    errors.IndexHasNone: Problem("not-there", 404),
    errors.IndexFoundFault: Problem("invalid-input", 400),
    errors.ContactOvertaken: Problem("contact-overtaken", 409),
    errors.LoginTooWeak: Problem("login-too-weak", 403),
    errors.LedgerForked: Problem("ledger-forked", 503),
    errors.ReceiptInvalid: Problem("receipt-invalid", 502),
    errors.ReceiptMismatch: Problem("receipt-invalid", 502),
}
UNEXPECTED: Final = Problem("unexpected", 500)
NOT_FOUND: Final = Problem("not-found", 404)
METHOD_NOT_ALLOWED: Final = Problem("method-not-allowed", 405)
_OF_ROUTER: Final = {one.status: one for one in (NOT_FOUND, METHOD_NOT_ALLOWED)}
OF_EDGE: Final[dict[type[EdgeRefused], Problem]] = {
    BodyTooLarge: Problem("too-large", 413),
    TooManyAtOnce: Problem("too-many-at-once", 429),
    TooOften: Problem("too-often", 429),
    Busy: Problem("busy", 503),
}
INVALID: Final = PROBLEMS[errors.InputInvalid]


async def answer_desk_error(request: Request, error: Exception) -> Response:
    """Tell a fact of the desk."""
    problem = PROBLEMS.get(type(error), UNEXPECTED)  # type: ignore[arg-type]  # any other is unexpected
    if request.method == "GET" and not _is_relay(request):
        match error:
            case errors.RenewalNeeded():
                query = urlencode({"to": request.url.path, "prompt": "none"})
                return RedirectResponse(f"/login?{query}", 303)
            case errors.LoginNeeded():
                return RedirectResponse("/login", 303)
            case errors.FormGone(page=page):
                return RedirectResponse(
                    f"{quote(_find_page(request, page))}?{LOST}", 303
                )
            case _:
                pass
    reference = reference_for(request)
    desk_of(request).security.say_refused(request, error, reference)
    _note(error, reference)
    return tell(request, problem, reference)


async def answer_invalid_body(request: Request, error: Exception) -> Response:
    """Tell which fields are not of the agreed form, and nothing of what they held.

    In the words of the index; a member that we do not know is not repeated.
    """
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    wrong = [
        invalid_field([{**item, "loc": item["loc"][1:]}]) for item in error.errors()
    ]
    fields = [RelayFieldError(field=one.field, code=one.code) for one in wrong]
    return tell(request, INVALID, reference_for(request), fields)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Tell what the router says: no such page, no such method.

    Whoever opens the address of a form (a bookmark, a reload) comes to its page.
    """
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    problem = _OF_ROUTER.get(error.status_code, UNEXPECTED)
    is_opened = request.method == "GET" and not _is_relay(request)
    if problem is METHOD_NOT_ALLOWED and is_opened:
        above = request.scope["path"].rpartition("/")[0]
        return RedirectResponse(quote(_find_page(request, above)), 303)
    shown = Problem(problem.slug, error.status_code)
    answer = tell(request, shown, reference_for(request))
    if problem is METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = list_allowed(request.app.routes, request.scope)
    return answer


def _find_page(request: Request, path: str) -> str:
    """Give this address, or the nearest above that is a page; home is always one."""
    while path:
        allowed = list_allowed(request.app.routes, {**request.scope, "path": path})
        if "GET" in allowed.split(", "):
            return path
        path = path.rpartition("/")[0]
    return "/"


def refuse_unread(scope: Scope, refusal: EdgeRefused) -> Response:
    """Tell why a request was not read."""
    request, problem = Request(scope), OF_EDGE[type(refusal)]
    security = desk_of(request).security
    security.log.write(SecurityEvent.LIMIT_REACHED, reason=problem.slug)
    return tell(request, problem, reference_for(request))


async def answer_unexpected(request: Request, error: Exception) -> Response:
    """Tell that something broke; the log has the type and the reference, no more.

    It is told outside the middleware that completes every other answer's headers.
    """
    reference = reference_for(request)
    log_event(Event.UNEXPECTED, error=type(error).__name__, reference=reference)
    answer = tell(request, UNEXPECTED, reference)
    https = not desk_of(request).settings.loopback
    complete_headers(answer.headers, request.url.path, https=https)
    return answer


def tell(
    request: Request,
    problem: Problem,
    reference: str,
    fields: Sequence[RelayFieldError] = (),
) -> Response:
    """Give a problem in the form that the caller reads."""
    texts = desk_of(request).texts
    title = texts.get(f"problem.{problem.slug}.title")
    advice = texts.get(f"problem.{problem.slug}.advice")
    if _is_relay(request):
        body = RelayProblem(
            type=f"/problems/{problem.slug}",
            title=title,
            status=problem.status,
            detail=advice,
            reference=reference,
            errors=list(fields),
        )
        text = body.model_dump_json(exclude_defaults=True)
        login = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
        return Response(text, problem.status, login, PROBLEM_JSON)
    shown: Shown = getattr(request.state, "shown", NOBODY)
    return render(
        request,
        "problem.html",
        title,
        person=shown.person,
        csrf=shown.csrf,
        problem=problem,
        advice=advice,
        reference=reference,
        sent=_what_came_of(problem) if request.method == "POST" else None,
        status=problem.status,
    )


def _what_came_of(problem: Problem) -> str:
    """Say of a form that was not answered as it should whether it had an effect."""
    if problem.status == 401:
        return "login"
    is_refused = problem.status < 500 or problem in OF_EDGE.values()
    return "nothing" if is_refused else "unsure"


def _is_relay(request: Request) -> bool:
    """Tell whether a machine or a page's script asks: it reads no page."""
    return request.url.path.startswith(("/relay/", "/session/"))


def reference_for(request: Request) -> str:
    """Give a number that a person can read out over the phone: `7KQ-4TM`.

    Our page draws one for all requests of one question, so that what failed on the way
    stands in the log under the number on the screen. Anything else is not taken over.
    """
    drawn = request.headers.get(REFERENCE_HEADER, "")
    if REFERENCE.fullmatch(drawn):
        return drawn
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{drawn[:3]}-{drawn[3:]}"


def _note(error: Exception, reference: str) -> None:
    match error:
        case errors.HolderUnreachable(holder=holder, reason=why):
            log_event(
                Event.HOLDER_UNREACHABLE, holder=holder, reason=why, reference=reference
            )
        case errors.IndexUnreachable():
            log_event(Event.INDEX_UNREACHABLE, reference=reference)
        case errors.ProviderUnreachable():
            log_event(Event.PROVIDER_UNREACHABLE, reference=reference)
        case _:
            pass
