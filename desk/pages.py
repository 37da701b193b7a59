"""Render templates: one shell, texts from the catalogue, escaping always on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk.desk import Desk, desk_of
from desk.index_watch import is_key_keeper
from desk.navigation import find_menu, find_start, is_own_page
from desk.templating import TEMPLATES
from desk.texts import Names
from desk.tokens import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is at the page, for the shell around it."""

    person: Person | None
    csrf: str | None = field(default=None, repr=False)
    ends_at: int = 0
    counts: Mapping[str, int | None] = field(default_factory=dict)
    """How much waits on a page of the menu, by its address; None: not known."""
    names: Names = field(default_factory=dict, repr=False)
    """What people of this desk are called, where a page names any."""

    @property
    def waits(self) -> str:
        """Give how much waits in all, for a menu that is folded; empty: nothing."""
        known = sum(count or 0 for count in self.counts.values())
        return str(known or ("?" if None in self.counts.values() else ""))


NOBODY: Final = Shown(None)
LOST: Final = "lost=form"
"""In the address of a page that a form led to which is not kept any more."""


def recount(request: Request, href: str, count: int) -> None:
    """Have the menu count what a page has just read."""
    shown: Shown = request.state.shown
    request.state.shown = replace(shown, counts={**shown.counts, href: count})


def _find_warning(desk: Desk) -> str | None:
    """Give what to say of the ledger: first what this desk saw itself."""
    is_forked = desk.ledger_watch.is_forked
    return "forked" if is_forked else desk.index_watch.ledger_warning


def render(
    request: Request,
    template: str,
    title: str,
    *,
    person: Person | None = None,
    csrf: str | None = None,
    status: int = 200,
    **values: object,
) -> HTMLResponse:
    """Give a page; `csrf` only where someone is logged in.

    A form (POST) makes a page only where it was refused, and `status` says so; the
    browser is led to that page (`desk.refused_forms`). One that was taken leads on
    (`desk.kept_forms`). So going back to either sends nothing again.
    """
    if request.method == "POST" and status < 400:
        raise RuntimeError("a form that was taken leads on to a page")
    desk = desk_of(request)
    shown: Shown = getattr(request.state, "shown", NOBODY)
    html = TEMPLATES.get_template(template).render(
        t=desk.texts.get,
        texts=desk.texts,
        assets=desk.assets,
        settings=desk.settings,
        path=request.url.path,
        is_form_lost=request.url.query == LOST,
        menu=find_menu(person) if person else (),
        start=find_start(person) if person else "/start",
        is_own_page=is_own_page,
        title=title,
        person=person,
        csrf=csrf,
        ledger_warning=_find_warning(desk),
        key_warning=desk.index_watch.find_key_warning(person),
        is_key_forked=desk.receipts.rules.is_forked and is_key_keeper(person),
        menu_counts=shown.counts,
        waits=shown.waits,
        names=shown.names,
        ends_at=shown.ends_at,
        seconds_left=shown.ends_at - int(desk.clock().timestamp()),
        **values,
    )
    return HTMLResponse(html, status)
