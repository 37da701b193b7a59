"""The portal's pages: the report of the desk's paper, in a shell of their own.

- The report is the officer's template (`desk/templates/paper/citizen_body.html`), so
  that a citizen reads at home what the paper says.
- No script; every page is as long as whole steps of bytes.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from jinja2 import FileSystemLoader
from starlette.responses import HTMLResponse

from desk.citizen_report import explain_purposes, list_proofs, name_files
from desk.headers import allow_form
from desk.moments import day_here
from desk.pdf import print_pdf, write_pdf
from desk.templating import FOLDER as TEMPLATES_OF_THE_DESK
from desk.templating import TEMPLATES as SHARED
from desk.texts import load_texts
from portal.settings import PortalSettings
from signal_index.wire import citizen_reports as wire

FOLDER: Final = Path(__file__).parent
PAGE_STEP: Final = 64 * 1024
_PLACES: Final = [FOLDER / "templates", TEMPLATES_OF_THE_DESK]
TEMPLATES: Final = SHARED.overlay(loader=FileSystemLoader(_PLACES))
STYLE: Final = (FOLDER / "static" / "portal.css").read_text("utf-8")
OWN_TEXTS: Final = load_texts("nl", FOLDER / "texts")
Line = TypeVar("Line", wire.ReportedLookup, wire.ReportedMatch, wire.ReportedCheck)


def show(
    settings: PortalSettings, template: str, status: int, /, **values: object
) -> HTMLResponse:
    """Give a page, padded."""
    text = TEMPLATES.get_template(template).render(
        t=_find_text, settings=settings, **values
    )
    length = len(text.encode())
    page = HTMLResponse(text + "\n" * (-length % PAGE_STEP), status)
    allow_form(page)
    return page


def show_view(
    settings: PortalSettings, view: wire.OwnView, since: date | None, until: date | None
) -> HTMLResponse:
    """Give what a citizen may see of themselves, of a period where they chose one."""
    return show(
        settings,
        "view.html",
        200,
        title=OWN_TEXTS.get("view.title"),
        since=since,
        until=until,
        **describe(within(view, since, until)),
    )


async def print_view(view: wire.OwnView) -> bytes:
    """Give the same as a PDF (PDF/UA-1)."""
    title = _find_text("citizen-paper.title")
    page = TEMPLATES.get_template("paper/own_view.html").render(
        t=_find_text, title=title, organisation=view.organisation, **describe(view)
    )
    return await print_pdf(partial(write_pdf, page))


def describe(view: wire.OwnView) -> dict[str, object]:
    """Give what the report's template wants to know."""
    return {
        "report": view,
        "purposes": explain_purposes([*view.lookups, *view.matches]),
        "is_proven": bool(list_proofs(view)),
        "files": name_files(view),
    }


def within(view: wire.OwnView, since: date | None, until: date | None) -> wire.OwnView:
    """Give the lines of a period; what stands now stands in every period."""
    return view.model_copy(
        update={
            "lookups": _within(view.lookups, since, until),
            "matches": _within(view.matches, since, until),
            "checks": _within(view.checks, since, until),
        }
    )


def _within(
    lines: Sequence[Line], since: date | None, until: date | None
) -> list[Line]:
    first, last = since or date.min, until or date.max
    return [one for one in lines if first <= day_here(one.at) <= last]


def _find_text(key: str, /, **values: object) -> str:
    own = OWN_TEXTS if OWN_TEXTS.has(key) else load_texts("nl")
    return own.get(key, **values)
