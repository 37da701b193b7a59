"""An approved report with persons as a file with the fields of NEN 7513.

Page by page as the index gives it, so that a long report takes no more memory than a
page. One that fails on the way breaks the download off: it never looks whole.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from desk.callers import Caller, LoggedInOfficer
from desk.csv_files import MARK, MEDIA_TYPE, encode_rows
from desk.desk import desk_of
from desk.errors import PageQuestionRefused
from desk.index import parse_page_data

router: Final = APIRouter()
REPORTS: Final = "/officer/reports"
SEE_OTHER: Final = 303

Page = dict[str, Any]
FetchPage = Callable[[str], Awaitable[Page]]


@router.get(REPORTS + "/specific/{report}/nen7513.{suffix}")
async def download_nen7513(
    request: Request,
    caller: LoggedInOfficer,
    report: UUID,
    suffix: Literal["csv", "json"],
) -> Response:
    """Give the file; what is not given leads back to the reports."""

    async def fetch(after: str) -> Page:
        return await _ask(request, caller, report, {"after": after})

    try:
        first = await _ask(request, caller, report, {})
    except PageQuestionRefused:
        return RedirectResponse(f"{REPORTS}#asked", SEE_OTHER)
    as_json = suffix == "json"
    name = f"nen7513-{str(report)[-12:]}.{suffix}"
    rows = _json_rows(first, fetch) if as_json else _csv_rows(first, fetch)
    return StreamingResponse(
        rows,
        media_type="application/json" if as_json else MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _ask(
    request: Request, caller: Caller, report: UUID, body: dict[str, str]
) -> Page:
    path, index = f"/v1/specific-reports/{report}/nen7513", desk_of(request).index
    return parse_page_data(await index.ask("POST", path, caller.access_token, body))


async def _pages(first: Page, fetch: FetchPage) -> AsyncIterator[Page]:
    page = first
    yield page
    while page["next"] is not None:
        page = await fetch(page["next"])
        yield page


async def _csv_rows(first: Page, fetch: FetchPage) -> AsyncIterator[bytes]:
    fields = first["fields"]
    yield MARK.encode() + encode_rows([fields])
    async for page in _pages(first, fetch):
        yield encode_rows([row[name] for name in fields] for row in page["items"])


async def _json_rows(first: Page, fetch: FetchPage) -> AsyncIterator[bytes]:
    separator = "["
    async for page in _pages(first, fetch):
        for row in page["items"]:
            yield f"{separator}\n{json.dumps(row, ensure_ascii=False)}".encode()
            separator = ","
    yield b"[]\n" if separator == "[" else b"\n]\n"
