"""An approved report with persons as a file with the fields of NEN 7513.

Page by page as the index gives it, so that a long report takes no more memory than a
page. One that fails on the way breaks the download off: it never looks whole.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from desk.callers import LoggedInOfficer
from desk.csv_files import MARK, MEDIA_TYPE, encode_rows
from desk.desk import desk_of
from desk.errors import PageQuestionRefused
from signal_index.wire.nen7513 import FIELDS, Nen7513Page, Nen7513Question

router: Final = APIRouter()
REPORTS: Final = "/officer/reports"
SEE_OTHER: Final = 303

FetchPage = Callable[[UUID], Awaitable[Nen7513Page]]


@router.get(REPORTS + "/specific/{report}/nen7513.{suffix}")
async def download_nen7513(
    request: Request,
    caller: LoggedInOfficer,
    report: UUID,
    suffix: Literal["csv", "json"],
) -> Response:
    """Give the file; what is not given leads back to the reports."""

    async def fetch(after: UUID | None) -> Nen7513Page:
        path = f"/v1/specific-reports/{report}/nen7513"
        body = Nen7513Question(after=after)
        index = desk_of(request).index
        return await index.fetch(Nen7513Page, path, caller.access_token, body)

    try:
        first = await fetch(None)
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


async def _pages(first: Nen7513Page, fetch: FetchPage) -> AsyncIterator[Nen7513Page]:
    page = first
    yield page
    while page.next is not None:
        page = await fetch(page.next)
        yield page


async def _csv_rows(first: Nen7513Page, fetch: FetchPage) -> AsyncIterator[bytes]:
    yield MARK.encode() + encode_rows([FIELDS])
    async for page in _pages(first, fetch):
        yield encode_rows([row[name] for name in FIELDS] for row in page.items)


async def _json_rows(first: Nen7513Page, fetch: FetchPage) -> AsyncIterator[bytes]:
    separator = "["
    async for page in _pages(first, fetch):
        for row in page.items:
            yield f"{separator}\n{json.dumps(row, ensure_ascii=False)}".encode()
            separator = ","
    yield b"[]\n" if separator == "[" else b"\n]\n"
