"""The portal's addresses, and what each refusal becomes: a calm page.

    /             who may look here, and the way to the broker
    /over         what is kept here, for what, how often: for anybody
    /inloggen     to the broker           /terug   back from it: the one look of a login
    /mijn         what was told, while it is kept, for a period
    /mijn.pdf, /bewijzen.zip              the same on paper, and its proofs
    /om-wie.json  what holders proved of the number that logged in
    /nakijken.html, /getuigen.policy, /pins.json     what checks proofs, for anybody
    /laat-weten   what the citizen says of a line (`portal.speaking`)
    /bericht      a message when somebody looked (`portal.messages`)
    /taal/en      another language
    /uitloggen    ends it (POST)          /weg     ends it at once and leads elsewhere

Nothing of a citizen stands in an address. What is answered to a login or about a view
leaves at whole quarters of a second.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from desk.citizen_report import (
    POLICY_FILE,
    list_proofs,
    name_files,
    pack_proofs,
    write_policy,
)
from desk.cookies import drop_cookie
from desk.errors import DeskError
from desk.headers import SecurityHeaders
from desk.key_files import read_client_key, read_request_key
from desk.own_seal import OwnSeal, read_notes_key
from desk.provider import Provider
from keys.checking.person import list_pin_files
from keys.edge.gate import Gate, Gated, refuse
from keys.errors import KeysError
from keys.pinned_keys import PinnedKey
from keys.pins import read_pins
from keys.security.events import code_of
from keys.security_text import make_security_text
from keys.successor import KeyUse
from portal import errors, messages, speaking
from portal.asking import Asking
from portal.errors import PortalError, SettingsRefused
from portal.events import Event, log_event
from portal.languages import find_language
from portal.login import CALLBACK, Login
from portal.message_store import MessageStore
from portal.pages import CHECKER, STYLE, print_view, show, show_view, within
from portal.reaching import (
    LANGUAGE_COOKIE,
    LOGIN_COOKIE,
    SEE_OTHER,
    VIEW_COOKIE,
    Portal,
    find_view,
    language_of,
    portal_of,
    read_period,
    view_cookie,
)
from portal.sending import Sending
from portal.settings import PortalSettings
from portal.views import Views

BODY_MAXIMUM: Final = 4 * 1024
QUARTER: Final = 0.25
PLACES: Final = {"mijn": "/mijn", "over": "/over"}
DONE: Final = {
    "1": "view.done",
    "bericht": "message.done",
    "bericht-uit": "message.done.stopped",
}
"""What a page says that was led to after something was done."""
CLEAR: Final = '"cache", "storage"'

PROBLEMS: Final[dict[type[PortalError], tuple[str, int]]] = {
    errors.NotLoggedIn: ("not-logged-in", 401),
    errors.LoginFailed: ("login-failed", 403),
    errors.LoginTooOld: ("login-too-old", 403),
    errors.LoginTooLow: ("login-too-low", 403),
    errors.NumberMissing: ("number-missing", 403),
    errors.NumberEncrypted: ("number-encrypted", 503),
    errors.NothingToSay: ("nothing-to-say", 404),
    errors.SaidBefore: ("said-before", 409),
    errors.NoProofYet: ("no-proof-yet", 503),
    errors.TooManyToday: ("too-many-today", 503),
    errors.NoAnswer: ("no-answer", 503),
}


def create_app(
    settings: PortalSettings,
    clock: Callable[[], datetime],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """Give the portal as an ASGI app; `transport` is for tests with parties in memory.

    Raises `SettingsRefused` for a key file that cannot be used.
    """
    http = httpx.AsyncClient(transport=transport, trust_env=False, timeout=10.0)
    portal = build_portal(settings, http, clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with _sending(portal, clock):
            yield
        await http.aclose()

    app = Starlette(
        routes=[
            Route("/", show_front),
            Route("/over", show_about),
            Route("/inloggen", begin_login),
            Route(CALLBACK, finish_login),
            Route("/mijn", show_own),
            Route("/mijn.pdf", give_paper),
            Route("/bewijzen.zip", give_proofs),
            Route("/om-wie.json", give_person),
            Route("/nakijken.html", give_checker),
            Route("/getuigen.policy", give_policy),
            Route("/pins.json", give_pins),
            Route(speaking.PATH, speaking.show_form),
            Route(speaking.PATH, speaking.say, methods=["POST"]),
            Route(messages.PATH, messages.show_form),
            Route(messages.PATH, messages.want, methods=["POST"]),
            Route(messages.STOP, messages.stop, methods=["POST"]),
            Route("/taal/{code}", choose_language),
            Route("/uitloggen", log_out, methods=["POST"]),
            Route("/weg", leave),
            Route("/portal.css", give_style),
            Route("/health", tell_health),
            Route("/.well-known/security.txt", give_security_text),
        ],
        exception_handlers={PortalError: tell_problem, Exception: tell_unexpected},
        lifespan=lifespan,
    )
    app.state.portal = portal
    gate = Gate(settings.edge, lambda _path: BODY_MAXIMUM)
    app.add_middleware(Gated, gate=gate, refuse=refuse)
    app.add_middleware(SecurityHeaders, https=not settings.loopback)
    return app


def build_portal(
    settings: PortalSettings, http: httpx.AsyncClient, clock: Callable[[], datetime]
) -> Portal:
    """Read keys and pins and put the parts together, or refuse to start."""
    broker, machine = settings.broker, settings.machine
    try:
        settings.verify_watched(clock().date())
        read_pins(settings.pins)
        number_key = None
        if broker.number_key is not None:
            number_key = read_client_key(broker.number_key)
        key = read_client_key(broker.client_key)
        own = read_client_key(machine.client_key)
        request_key = read_request_key(settings.request_key)
        ledger_key = PinnedKey(
            settings.checkpoint_key,
            KeyUse.CHECKPOINT,
            _tell_refused,
            seen=settings.known_config.parent,
        )
    except (DeskError, KeysError, OSError, ValueError) as error:
        raise SettingsRefused(str(error)) from None
    login = Login(
        Provider(broker, None, key, http, clock),
        broker,
        number_key,
        base_url=settings.base_url,
        clock=clock,
    )
    provider = Provider(machine, settings.index_audience, own, http, clock)
    asking = Asking(settings, request_key, http, provider, clock)
    return Portal(settings, login, asking, Views(clock), ledger_key, _keep(settings))


def _keep(settings: PortalSettings) -> MessageStore | None:
    """Open where it is kept where messages go, or raise `SettingsRefused`."""
    own = settings.messages
    if own is None:
        return None
    try:
        return MessageStore(own.database, OwnSeal(read_notes_key(own.key)))
    except DeskError as error:
        raise SettingsRefused(str(error)) from None


@asynccontextmanager
async def _sending(
    portal: Portal, clock: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Send messages each day, while the portal serves."""
    own, store = portal.settings.messages, portal.messages
    if own is None or store is None:
        yield
        return
    name = portal.settings.organisation_name
    work = asyncio.create_task(
        Sending(own, name, store, portal.asking, clock).run(), name="messages"
    )
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        store.close()


def _tell_refused(refusal: Exception) -> None:
    log_event(Event.SUCCESSOR_REFUSED, reason=code_of(refusal))


async def show_front(request: Request) -> Response:
    """Say what this is, and who may look."""
    portal = portal_of(request)
    return show(portal.settings, language_of(request), "front.html", title="")


async def show_about(request: Request) -> Response:
    """Say to anybody what is kept here, for what, and how often people looked."""
    portal, language = portal_of(request), language_of(request)
    about = await portal.asking.tell_about()
    return show(
        portal.settings,
        language,
        "about.html",
        title=language.texts.get("about.title"),
        about=about,
        dutch=language.dutch,
    )


async def begin_login(request: Request) -> Response:
    """Send the browser to the broker; what was open in this browser is closed."""
    portal = portal_of(request)
    portal.views.end(request.cookies.get(VIEW_COOKIE))
    sealed, url = await portal.login.begin()
    answer = RedirectResponse(url, SEE_OTHER)
    drop_cookie(answer, VIEW_COOKIE)
    _set_cookie(answer, LOGIN_COOKIE, sealed)
    return answer


async def finish_login(request: Request) -> Response:
    """Look once, for who logged in, and lead to what was found."""
    started, portal = time.monotonic(), portal_of(request)
    portal.views.end(request.cookies.get(VIEW_COOKIE))
    cookie = request.cookies.get(LOGIN_COOKIE, "")
    try:
        citizen = await portal.login.finish(cookie, dict(request.query_params))
        view, paper = await portal.asking.view(citizen)
    finally:
        await _wait_for_a_quarter(started)
    answer = RedirectResponse("/mijn", SEE_OTHER)
    _set_cookie(answer, VIEW_COOKIE, portal.views.keep(view, paper).cookie)
    drop_cookie(answer, LOGIN_COOKIE)
    return answer


async def show_own(request: Request) -> Response:
    """Show what was told, of the period that was chosen."""
    started, portal = time.monotonic(), portal_of(request)
    view, paper = portal.views.open(view_cookie(request))
    page = show_view(
        portal.settings,
        language_of(request),
        view,
        read_period(request),
        code=paper.code,
        done=DONE.get(request.query_params.get("klaar", ""), ""),
        kept=messages.find_kept(request, view),
    )
    await _wait_for_a_quarter(started)
    return page


async def give_paper(request: Request) -> Response:
    """Give the same as a PDF (PDF/UA-1)."""
    view = within(find_view(request), read_period(request))
    settings, language = portal_of(request).settings, language_of(request)
    paper = await print_view(settings, language, view)
    return _attach(paper, "application/pdf", name_files(view)["pdf"])


async def give_proofs(request: Request) -> Response:
    """Give the proofs of the lines, with how anybody can check them."""
    portal, view = portal_of(request), find_view(request)
    lines = within(view, read_period(request))
    proven = await portal.asking.prove(view, lines)
    if not list_proofs(proven):
        raise errors.NoProofYet
    texts, chain = language_of(request).texts, portal.ledger_key.chain
    packed = pack_proofs(proven, texts, chain, portal.settings.quorum)
    return _attach(packed, "application/zip", name_files(view)["proofs"])


async def give_person(request: Request) -> Response:
    """Give what holders proved of who logged in; its code is on the page."""
    view, paper = portal_of(request).views.open(view_cookie(request))
    name = name_files(view)["person"]
    return _attach(paper.file.encode(), "application/json", name)


async def give_checker(_request: Request) -> Response:
    """Give the page that checks proofs, to be kept and opened without a network."""
    return _attach(CHECKER, "text/html", "nakijken.html")


async def give_policy(request: Request) -> Response:
    """Give whom this municipality believes of the ledger: its key, and witnesses."""
    portal = portal_of(request)
    said = write_policy(portal.ledger_key.chain, portal.settings.quorum)
    return _attach(said.encode(), "text/plain", POLICY_FILE)


async def give_pins(request: Request) -> Response:
    """Give whose key holders this municipality believes; the newest, of two sets."""
    newest = list_pin_files(portal_of(request).settings.pins)[-1]
    return _attach(newest.read_bytes(), "application/json", "pins.json")


async def choose_language(request: Request) -> Response:
    """Remember a language in this browser, and lead to where it was chosen."""
    chosen = find_language(request.path_params["code"])
    place = PLACES.get(request.query_params.get("naar", ""), "/")
    answer = RedirectResponse(place, SEE_OTHER)
    _set_cookie(answer, LANGUAGE_COOKIE, chosen.code)
    return answer


async def log_out(request: Request) -> Response:
    """Forget what was shown."""
    portal = portal_of(request)
    portal.views.end(request.cookies.get(VIEW_COOKIE))
    return _leave_behind(RedirectResponse("/", SEE_OTHER))


async def leave(request: Request) -> Response:
    """Forget what was shown, and lead to another page at once."""
    portal = portal_of(request)
    portal.views.end(request.cookies.get(VIEW_COOKIE))
    return _leave_behind(RedirectResponse(portal.settings.help.leave_to, SEE_OTHER))


async def give_style(_request: Request) -> Response:
    """Give the one style sheet."""
    return Response(STYLE, media_type="text/css")


async def tell_health(_request: Request) -> Response:
    """Say that it serves."""
    return PlainTextResponse("ok")


async def give_security_text(request: Request) -> Response:
    """Say whom to tell of a hole (RFC 9116)."""
    own = portal_of(request).settings
    text = make_security_text(own.security_contact, own.security_expires)
    return PlainTextResponse(text)


async def tell_problem(request: Request, error: Exception) -> Response:
    """Tell in a calm page what stands in the way, and what helps."""
    kind = next(one for one in type(error).__mro__ if one in PROBLEMS)
    slug, status = PROBLEMS[kind]
    if isinstance(error, errors.LoginFailed):
        log_event(Event.LOGIN_FAILED, reason=slug)
    answer = _tell(request, slug, status)
    drop_cookie(answer, LOGIN_COOKIE)
    return answer


async def tell_unexpected(request: Request, error: Exception) -> Response:
    """Tell that something broke; the log has its type, no more."""
    log_event(Event.UNEXPECTED, error=type(error).__name__)
    return _tell(request, "no-answer", 500)


def _tell(request: Request, slug: str, status: int) -> Response:
    language = language_of(request)
    settings = portal_of(request).settings
    title = language.texts.get(f"problem.{slug}.title")
    return show(settings, language, "problem.html", status, title=title, slug=slug)


def _attach(body: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=disposition)


def _leave_behind(answer: Response) -> Response:
    drop_cookie(answer, VIEW_COOKIE)
    drop_cookie(answer, LOGIN_COOKIE)
    answer.headers["Clear-Site-Data"] = CLEAR
    return answer


def _set_cookie(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="lax")


async def _wait_for_a_quarter(started: float) -> None:
    passed = time.monotonic() - started
    await asyncio.sleep(-passed % QUARTER)
