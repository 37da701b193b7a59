"""The portal's pages: the report of the desk's paper, in a shell of their own.

- The report is the officer's template (`desk/templates/paper/citizen_body.html`), so
  that a citizen reads at home what the paper says.
- No script, but in the file that checks proofs (`CHECKER`), which is to be kept.
- Every page is as long as whole steps of bytes.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final, TypeVar

from starlette.responses import HTMLResponse

from desk.citizen_report import describe, list_entries
from desk.headers import allow_form
from desk.moments import day_here
from desk.pdf import print_pdf, write_pdf
from portal.languages import FOLDER, LANGUAGES, Language
from portal.message_store import Kept
from portal.settings import PortalSettings
from signal_index.wire import citizen_reports as wire

PAGE_STEP: Final = 64 * 1024
STYLE: Final = (FOLDER / "static" / "portal.css").read_text("utf-8")
CHECKER: Final = (FOLDER / "static" / "nakijken.html").read_bytes()
"""The page that checks proofs offline: a file to keep, never shown from here."""
Line = TypeVar("Line", wire.ReportedLookup, wire.ReportedMatch, wire.ReportedCheck)
Period = tuple[date | None, date | None]


def show(
    settings: PortalSettings,
    language: Language,
    template: str,
    status: int = 200,
    /,
    **values: object,
) -> HTMLResponse:
    """Give a page, padded."""
    text = language.templates.get_template(template).render(
        t=language.texts.get,
        settings=settings,
        language=language,
        others=[one for one in LANGUAGES.values() if one is not language],
        **values,
    )
    length = len(text.encode())
    page = HTMLResponse(text + "\n" * (-length % PAGE_STEP), status)
    allow_form(page)
    return page


def show_view(
    settings: PortalSettings,
    language: Language,
    view: wire.OwnView,
    period: Period,
    *,
    code: str,
    done: str,
    kept: Kept | None,
) -> HTMLResponse:
    """Give what a citizen may see of themselves, of a period where they chose one.

    `code` opens what proves whose it is; `done`: what to say of what they just did, or
    nothing; `kept`: where messages to them go.
    """
    since, until = period
    return show(
        settings,
        language,
        "view.html",
        title=language.texts.get("view.title"),
        since=since,
        until=until,
        code=code,
        done=done,
        kept=kept,
        **_fill_in(settings, language, within(view, period)),
    )


async def print_view(
    settings: PortalSettings, language: Language, view: wire.OwnView
) -> bytes:
    """Give the same as a PDF (PDF/UA-1)."""
    page = language.templates.get_template("paper/citizen.html").render(
        t=language.texts.get,
        language=language,
        title=language.texts.get("citizen-paper.title"),
        **_fill_in(settings, language, view),
    )
    return await print_pdf(partial(write_pdf, page))


def _fill_in(
    settings: PortalSettings, language: Language, view: wire.OwnView
) -> dict[str, object]:
    return {
        **describe(view, settings.help),
        "is_proven": bool(list_entries(view)),
        "dutch": language.dutch,
    }


def within(view: wire.OwnView, period: Period) -> wire.OwnView:
    """Give the lines of a period; what stands now stands in every period."""
    return view.model_copy(
        update={
            "lookups": _within(view.lookups, period),
            "matches": _within(view.matches, period),
            "checks": _within(view.checks, period),
        }
    )


def _within(lines: Sequence[Line], period: Period) -> list[Line]:
    first, last = period[0] or date.min, period[1] or date.max
    return [one for one in lines if first <= day_here(one.at) <= last]
