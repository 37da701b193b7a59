"""A message when somebody looked: wanted, changed and stopped on the citizen's page.

    GET  /bericht       what it is, and where to
    POST /bericht       wants it: by mail, or by letter
    POST /bericht/uit   stops it

Off until a citizen wants it. The index records the wish about them; where to it never
hears. A form names its view, as a form about a line names its line: one of elsewhere
says nothing.
"""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from keys.base64url import encode_b64u
from portal.errors import NothingToSay
from portal.message_store import By, Kept, MessageStore
from portal.pages import show
from portal.reaching import SEE_OTHER, find_view, language_of, portal_of
from signal_index.wire.citizen_reports import OwnView

PATH: Final = "/bericht"
STOP: Final = "/bericht/uit"
_MAIL: Final = re.compile(
    r"[^@\s<>,;\"']{1,64}@[^@\s<>,;\"']{1,190}\.[a-z]{2,}", re.IGNORECASE
)
_LETTER: Final = {
    "naam": re.compile(r"[^\W\d_][\w .'\u2019/-]{1,69}"),
    "straat": re.compile(r"\w[\w .,'\u2019/-]{1,69}"),
    "plaats": re.compile(r"[1-9][0-9]{3} ?[A-Za-z]{2} +[\w .'\u2019-]{2,50}"),
}
"""None begins with what a spreadsheet takes for a formula."""


async def show_form(request: Request) -> Response:
    """Say what a message is, and ask where to."""
    return _show(request, find_view(request), {})


async def want(request: Request) -> Response:
    """Keep where to, once the index recorded that it is wanted."""
    view, form = await _read(request)
    by: By = "letter" if form.get("hoe") == "brief" else "mail"
    wanted = list(_LETTER) if by == "letter" else ["email"]
    said = {name: " ".join(form.get(name, "").split()) for name in wanted}
    patterns = {**_LETTER, "email": _MAIL}
    wrong = [name for name in wanted if not patterns[name].fullmatch(said[name])]
    if wrong or form.get("hoe") not in _offered(request):
        return _show(request, view, form, tuple(wrong) or ("hoe",))
    portal, code = portal_of(request), language_of(request).code
    told = await portal.asking.begin_messages(view)
    kept = Kept(told.token, told.until, by, [said[name] for name in wanted], code)
    _store(request).put(view.messageNames, kept)
    return RedirectResponse("/mijn?klaar=bericht", SEE_OTHER)


async def stop(request: Request) -> Response:
    """Forget where to, and have the index record that it is not wanted any more."""
    view, _ = await _read(request)
    _store(request).drop(view.messageNames)
    await portal_of(request).asking.end_messages(view)
    return RedirectResponse("/mijn?klaar=bericht-uit", SEE_OTHER)


def find_kept(request: Request, view: OwnView) -> Kept | None:
    """Find where messages to the citizen of a view go; None where they get none."""
    store = portal_of(request).messages
    return None if store is None else store.find(view.messageNames)


async def _read(request: Request) -> tuple[OwnView, dict[str, str]]:
    view = find_view(request)
    sent = parse_qs((await request.body()).decode("utf-8", "replace"))
    form = {name: values[0] for name, values in sent.items()}
    if form.get("teken") != _mark(view):
        raise NothingToSay
    return view, form


def _show(
    request: Request, view: OwnView, form: dict[str, str], wrong: tuple[str, ...] = ()
) -> Response:
    language = language_of(request)
    title = language.texts.get("message.title")
    fault = language.texts.get("dispute.fault", title=title)
    _store(request)
    return show(
        portal_of(request).settings,
        language,
        "message.html",
        400 if wrong else 200,
        title=fault if wrong else title,
        kept=find_kept(request, view),
        offered=_offered(request),
        mark=_mark(view),
        form=form,
        wrong=wrong,
    )


def _offered(request: Request) -> tuple[str, ...]:
    own = portal_of(request).settings.messages
    ways = {"mail": own and own.mail, "brief": own and own.letters}
    return tuple(way for way, place in ways.items() if place is not None)


def _store(request: Request) -> MessageStore:
    """Give where it is kept, or raise `NothingToSay` where nobody offers it."""
    store = portal_of(request).messages
    if store is None:
        raise NothingToSay
    return store


def _mark(view: OwnView) -> str:
    """Name this view in its forms; nothing of whose it is."""
    return encode_b64u(sha256(b"portal/messages\n" + view.whose).digest())
