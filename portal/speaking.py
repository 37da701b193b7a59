"""What a citizen says of a line of their view: that it is wrong, or unwanted.

    GET  /laat-weten?signaal=2      about a signal: one of the catalogue's reasons
    GET  /laat-weten?keer=5         about a lookup: have it checked
    POST /laat-weten                says it, and leads back to the view that shows it

- An address has the place of a line on the page, and nothing of what stands there.
- What is sent names its line by the mark that the index gave it in this view. Nobody
  else knows one: a form of elsewhere says nothing (CSRF), beside what the cookie's
  `SameSite` keeps out.
- What was said is put in the view that is kept: it shows without looking again.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.citizen_report import merge_alike
from keys.base64url import encode_b64u
from portal.errors import NothingToSay
from portal.pages import Period, show, within
from portal.reaching import (
    SEE_OTHER,
    find_view,
    language_of,
    portal_of,
    read_period,
    view_cookie,
    write_period,
)
from signal_index.wire import citizen_reports as wire

PATH: Final = "/laat-weten"
MOST_AT_ONCE: Final = 10
"""Lookups of one line that are asked about together; more are the next press."""


async def show_form(request: Request) -> Response:
    """Ask what is wrong with a signal, or whether to have a lookup checked."""
    view, period = find_view(request), read_period(request)
    signal = _at(view.signals, request.query_params.get("signaal", ""))
    if signal is not None:
        return _ask(request, view, signal)
    rows = merge_alike(within(view, period).lookups)
    place = request.query_params.get("keer", "")
    row = next((one for one in rows if str(one.places[0]) == place), None)
    if row is None:
        raise NothingToSay
    lookups = within(view, period).lookups
    about = [lookups[one - 1].entryId for one in row.places[:MOST_AT_ONCE]]
    language = language_of(request)
    return show(
        portal_of(request).settings,
        language,
        "check.html",
        title=language.texts.get("check.title"),
        row=row,
        marks=[encode_b64u(one.mark) for one in view.marks if one.about in about],
        back=_back(period),
        query=urlencode(write_period(period)),
        dutch=language.dutch,
    )


async def say(request: Request) -> Response:
    """Say it to the index, and lead back to where it now stands."""
    portal, view, period = portal_of(request), find_view(request), read_period(request)
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    known = {encode_b64u(one.mark): one for one in view.marks}
    sent = [one for one in form.get("teken", []) if one in known]
    if not sent:
        raise NothingToSay
    line = known[sent[0]]
    signal = next((one for one in view.signals if one.reference == line.about), None)
    if signal is None:
        for one in sent[:MOST_AT_ONCE]:
            review = await portal.asking.ask_check(view, known[one])
            _keep_check(request, known[one], review)
        return _lead(period, "#keren")
    reason = form.get("reden", [""])[0]
    if reason not in {one.code for one in view.reasons}:
        return _ask(request, view, signal, is_missing=True)
    said = await portal.asking.dispute(view, signal, line, reason)
    _keep_dispute(request, signal, said)
    return _lead(period, "#gezegd")


def _ask(
    request: Request,
    view: wire.OwnView,
    signal: wire.ReportedSignal,
    *,
    is_missing: bool = False,
) -> Response:
    language = language_of(request)
    title = language.texts.get("dispute.title")
    mark = next(one.mark for one in view.marks if one.about == signal.reference)
    return show(
        portal_of(request).settings,
        language,
        "dispute.html",
        400 if is_missing else 200,
        title=language.texts.get("dispute.fault", title=title) if is_missing else title,
        signal=signal,
        mark=encode_b64u(mark),
        reasons=view.reasons,
        is_missing=is_missing,
        back=_back((None, None)),
        dutch=language.dutch,
    )


def _at(
    signals: Sequence[wire.ReportedSignal], place: str
) -> wire.ReportedSignal | None:
    return next((one for n, one in enumerate(signals, 1) if str(n) == place), None)


def _back(period: Period, **more: str) -> str:
    query = urlencode({**write_period(period), **more})
    return f"/mijn?{query}" if query else "/mijn"


def _lead(period: Period, place: str) -> Response:
    return RedirectResponse(_back(period, klaar="1") + place, SEE_OTHER)


def _keep_check(
    request: Request, line: wire.ViewMark, review: wire.ReportedReview
) -> None:
    """Put in the kept view that a lookup is to be checked."""
    view = find_view(request)
    lookups = [
        one.model_copy(update={"review": review}) if one.entryId == line.about else one
        for one in view.lookups
    ]
    _keep(request, view.model_copy(update={"lookups": lookups}))


def _keep_dispute(
    request: Request, signal: wire.ReportedSignal, said: wire.ReportedCorrection
) -> None:
    """Put in the kept view what was said of a signal."""
    view = find_view(request)
    signals = [
        one.model_copy(update={"isDisputed": True})
        if one.reference == signal.reference
        else one
        for one in view.signals
    ]
    said_before = view.corrections
    update = {"signals": signals, "corrections": [said, *said_before]}
    _keep(request, view.model_copy(update=update))


def _keep(request: Request, view: wire.OwnView) -> None:
    portal_of(request).views.put(view_cookie(request), view)
