"""The page on which an officer searches the ledger, and what it finds.

- By use: a form, kept in the session (`kept_searches`), so that the address holds an id
  and the way back from an entry leads to the same list.
- By entry: the reference that stands on a citizen's letter or on a screen.
- By citizen: the number is blinded in the browser; the page's script asks, and gets the
  list as a piece of this page.
"""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from desk.callers import Caller, LoggedInOfficer, SendingOfficer
from desk.cookies import session_cookie
from desk.desk import desk_of
from desk.errors import (
    CaseReferenceInvalid,
    IndexFoundFault,
    SearchGone,
)
from desk.headers import allow_form
from desk.index import parse_page_data
from desk.officer.search_form import SearchForm, name_faults
from desk.officer.search_view import (
    describe_asked,
    describe_choices,
    first_day_for_citizen,
    name_found,
)
from desk.pages import TEMPLATES, render

router: Final = APIRouter()
SEE_OTHER: Final = 303
PAGE: Final = "/officer/search"

Encoded32 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CitizenBody(_Body):
    """One citizen, as a pseudonym with its tickets."""

    keyVersion: int = Field(ge=1)  # noqa: N815 - as on the wire
    tickets: list[Annotated[str, Field(max_length=4096)]] = Field(
        min_length=2, max_length=2, repr=False
    )
    pseudonym: Encoded32 = Field(repr=False)


class CitizenSearchBody(_Body):
    """A search by citizen, as the page's script sends it."""

    why: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
    first: Day
    last: Day
    citizen: CitizenBody = Field(repr=False)


@router.get(PAGE)
async def show_search(request: Request, caller: LoggedInOfficer) -> Response:
    """Give the empty form."""
    form = SearchForm.fresh(desk_of(request).clock())
    return _show(request, caller, form, await _fetch_options(request, caller))


@router.post(PAGE)
async def keep_search(request: Request, caller: SendingOfficer) -> Response:
    """Keep what was filled in and lead to what it finds.

    From a page that only knows what to search for, not why, the form comes back with
    that filled in.
    """
    form = SearchForm.sent(dict(await request.form()), desk_of(request).clock())
    if not form.why:
        return _show(request, caller, form, await _fetch_options(request, caller))
    kept = desk_of(request).kept_searches
    id_ = await kept.keep(session_cookie(request), form.encode())
    return RedirectResponse(f"{PAGE}/{id_}", SEE_OTHER)


@router.post("/officer/search-entry")
async def go_to_entry(
    request: Request, caller: SendingOfficer, entry: Annotated[str, Form()] = ""
) -> Response:
    """Lead to the entry with this reference."""
    try:
        found = UUID(entry.strip())
    except ValueError:
        form = SearchForm.fresh(desk_of(request).clock())
        options = await _fetch_options(request, caller)
        return _show(request, caller, form, options, faults=frozenset({"entry"}))
    return RedirectResponse(f"/officer/entries/{found}", SEE_OTHER)


@router.get(PAGE + "/{search}")
async def show_found(
    request: Request, caller: LoggedInOfficer, search: str, cursor: str | None = None
) -> Response:
    """Give a page of what a kept search finds now; the index records the look."""
    desk = desk_of(request)
    try:
        kept = await desk.kept_searches.get(session_cookie(request), search)
    except SearchGone:
        return RedirectResponse(PAGE, SEE_OTHER)
    form = SearchForm.kept(kept)
    options = await _fetch_options(request, caller)
    try:
        found = await _search(request, caller, form, options, cursor)
    except (IndexFoundFault, CaseReferenceInvalid) as fault:
        return _show(request, caller, form, options, faults=_faults_of(fault))
    return _show(
        request,
        caller,
        form,
        options,
        found=found,
        found_title=name_found(found, desk.texts, is_first=cursor is None),
        asked=describe_asked(form, describe_choices(options, desk.texts), desk.texts),
        search=search,
        is_apart=False,
    )


@router.post("/relay/officer-search")
async def search_by_citizen(
    request: Request, caller: SendingOfficer, body: CitizenSearchBody
) -> Response:
    """Ask the index about one citizen, and give the list as a piece of the page."""
    desk = desk_of(request)
    question = {
        "why": body.why,
        "from": body.first,
        "until": body.last,
        "citizen": body.citizen.model_dump(),
        "limit": 200,
    }
    passed = await desk.index.ask("POST", "/v1/searches", caller.access_token, question)
    if passed.status != 200:
        return Response(passed.body, passed.status, media_type=passed.media_type)
    found = parse_page_data(passed)
    html = TEMPLATES.get_template("officer/found.html").render(
        t=desk.texts.get,
        found=found,
        found_title=name_found(found, desk.texts, is_first=True),
        asked=[],
        search=None,
        is_apart=True,
    )
    return JSONResponse({"html": html})


async def _search(
    request: Request,
    caller: Caller,
    form: SearchForm,
    options: dict[str, Any],
    cursor: str | None,
) -> dict[str, Any]:
    desk = desk_of(request)
    own = desk.settings.organisation
    question = form.to_question(options, own, desk.case_references)
    passed = await desk.index.ask(
        "POST", "/v1/searches", caller.access_token, question | {"cursor": cursor}
    )
    return parse_page_data(passed)


async def _fetch_options(request: Request, caller: Caller) -> dict[str, Any]:
    index = desk_of(request).index
    path = "/v1/search-options"
    return parse_page_data(await index.ask("GET", path, caller.access_token))


def _show(
    request: Request,
    caller: Caller,
    form: SearchForm,
    options: dict[str, Any],
    *,
    faults: frozenset[str] = frozenset(),
    **found: object,
) -> HTMLResponse:
    desk = desk_of(request)
    page = render(
        request,
        "officer/search.html",
        title=desk.texts.get("search.title"),
        person=caller.person,
        csrf=caller.csrf,
        form=form,
        faults=faults,
        citizen_first=first_day_for_citizen(desk.clock().date().isoformat()),
        **describe_choices(options, desk.texts),
        **{"found": None, **found},
    )
    if faults:
        page.status_code = 400
    allow_form(page)
    return page


def _faults_of(fault: IndexFoundFault | CaseReferenceInvalid) -> frozenset[str]:
    if isinstance(fault, IndexFoundFault):
        return name_faults(fault.fields)
    return frozenset({"case"})
