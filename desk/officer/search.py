"""The page on which an officer searches the ledger, and what it finds.

- By use: a form, kept in the session (`desk.kept_forms`), so that the way back from an
  entry leads to the same list.
- By entry: the reference that stands on a citizen's letter or on a screen.
- By citizen: the number is blinded in the browser; the page's script asks, and gets the
  list as a piece of this page.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from desk.callers import Caller, LoggedInOfficer, SendingOfficer
from desk.desk import desk_of
from desk.errors import (
    CaseReferenceInvalid,
    IndexFoundFault,
)
from desk.headers import allow_form
from desk.index import fill_in, read_answer
from desk.officer.search_form import SearchForm, name_faults
from desk.officer.search_view import (
    describe_asked,
    describe_choices,
    describe_left_out,
    first_day_for_citizen,
    name_found,
)
from desk.pages import render
from desk.templating import TEMPLATES
from signal_index.wire.model import RequestModel
from signal_index.wire.persons import NamedPerson
from signal_index.wire.searching import (
    PAGE_MAXIMUM,
    Search,
    SearchOptions,
    SearchPage,
)
from signal_index.wire.values import Day, SlugText

router: Final = APIRouter()
SEE_OTHER: Final = 303
PAGE: Final = "/officer/search"
SEARCHES: Final = "/v1/searches"


class CitizenSearch(RequestModel):
    """A search by citizen, as the page's script sends it."""

    why: SlugText
    first: Day
    last: Day
    citizen: NamedPerson


@router.get(PAGE)
async def show_search(request: Request, caller: LoggedInOfficer) -> Response:
    """Give the empty form."""
    form = SearchForm.fresh(desk_of(request).clock())
    return _show(request, caller, form, await _fetch_options(request, caller))


@router.post(PAGE)
async def keep_search(request: Request, _caller: SendingOfficer) -> Response:
    """Keep what was filled in and lead to what it finds."""
    desk = desk_of(request)
    form = SearchForm.sent(dict(await request.form()), desk.clock())
    form = form.with_account(
        await desk.known_names.list_all(), desk.settings.organisation
    )
    return await desk.kept_forms.lead_to(request, PAGE, form.encode())


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
    """Give a page of what a kept search finds now; the index records the look.

    From a page that only knows what to search for, not why, the form comes filled in.
    """
    desk = desk_of(request)
    form = SearchForm.kept(await desk.kept_forms.get(request, PAGE, search))
    options = await _fetch_options(request, caller)
    if not form.why:
        return _show(request, caller, form, options)
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
        asked=describe_asked(form, options, desk.texts),
        search=search,
        is_apart=False,
    )


@router.post("/relay/v1/officer-search")
async def search_by_citizen(
    request: Request, caller: SendingOfficer, body: CitizenSearch
) -> Response:
    """Ask the index about one citizen, and give the list as a piece of the page."""
    desk = desk_of(request)
    question = fill_in(
        Search,
        **{"why": body.why, "from": body.first, "until": body.last},
        citizen=body.citizen,
        limit=PAGE_MAXIMUM,
    )
    passed = await desk.index.pass_on(SEARCHES, caller.access_token, question)
    if passed.status != 200:
        return Response(passed.body, passed.status, media_type=passed.media_type)
    found = read_answer(SearchPage, passed)
    options = await _fetch_options(request, caller)
    html = TEMPLATES.get_template("officer/found.html").render(
        t=desk.texts.get,
        texts=desk.texts,
        names=await desk.known_names.list_all(),
        found=found,
        found_title=name_found(found, desk.texts, is_first=True),
        asked=describe_left_out(SearchForm(), options, desk.texts),
        search=None,
        form=SearchForm(),
        is_apart=True,
    )
    return JSONResponse({"html": html})


async def _search(
    request: Request,
    caller: Caller,
    form: SearchForm,
    options: SearchOptions,
    cursor: str | None,
) -> SearchPage:
    desk = desk_of(request)
    own = desk.settings.organisation
    question = form.to_question(options, own, desk.case_references, cursor=cursor)
    return await desk.index.fetch(SearchPage, SEARCHES, caller.access_token, question)


async def _fetch_options(request: Request, caller: Caller) -> SearchOptions:
    path, index = "/v1/search-options", desk_of(request).index
    return await index.fetch(SearchOptions, path, caller.access_token)


def _show(
    request: Request,
    caller: Caller,
    form: SearchForm,
    options: SearchOptions,
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
        options=options,
        **describe_choices(options, desk.texts),
        status=400 if faults else 200,
        **{"found": None, **found},
    )
    allow_form(page)
    return page


def _faults_of(fault: IndexFoundFault | CaseReferenceInvalid) -> frozenset[str]:
    if isinstance(fault, IndexFoundFault):
        return name_faults(fault.fields)
    return frozenset({"case"})
