"""Render templates: one shell, texts from the catalogue, escaping always on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk.desk import desk_of
from desk.moments import (
    format_clock,
    format_date_in_full,
    format_day,
    format_day_of,
    format_moment,
    format_short,
    format_time,
)
from desk.navigation import find_menu, find_start, is_own_page
from desk.numbers import format_number, link_phone, write_phone
from desk.texts import (
    Names,
    join_names,
    name_account,
    name_act,
    name_ceremony,
    name_contact,
    name_key_act,
    name_kind,
    name_matter,
    name_role,
    name_said,
    name_worker,
    tell_value,
)
from desk.tokens import Person
from keys.instants import write_instant

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["number"] = format_number
TEMPLATES.filters["dial"] = link_phone
TEMPLATES.filters["phone"] = write_phone
TEMPLATES.filters["day"] = format_day
TEMPLATES.filters["day_of"] = format_day_of
TEMPLATES.filters["moment"] = format_moment
TEMPLATES.filters["time"] = format_time
TEMPLATES.filters["short"] = format_short
TEMPLATES.filters["clock"] = format_clock
TEMPLATES.filters["weekday"] = format_date_in_full
TEMPLATES.filters["instant"] = write_instant
TEMPLATES.filters["role"] = name_role
TEMPLATES.filters["contact"] = name_contact
TEMPLATES.filters["kind"] = name_kind
TEMPLATES.filters["matter"] = name_matter
TEMPLATES.filters["said"] = name_said
TEMPLATES.filters["watched"] = name_act
TEMPLATES.filters["key_act"] = name_key_act
TEMPLATES.filters["ceremony"] = name_ceremony
TEMPLATES.filters["account"] = name_account
TEMPLATES.filters["worker"] = name_worker
TEMPLATES.filters["told"] = tell_value
TEMPLATES.filters["listed"] = join_names


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
        ledger_warning=desk.index_watch.ledger_warning,
        key_warning=desk.index_watch.find_key_warning(person),
        menu_counts=shown.counts,
        waits=shown.waits,
        names=shown.names,
        ends_at=shown.ends_at,
        seconds_left=shown.ends_at - int(desk.clock().timestamp()),
        **values,
    )
    return HTMLResponse(html, status)
