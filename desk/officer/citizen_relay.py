"""What the citizens' pages ask by script: a report, an embargo, a correction.

- The citizen's number never comes here; the pseudonym passes and is not kept.
- A report comes back as one answer: the piece of the page, the paper and the proofs,
  all made from what the index said. The desk keeps none of it, and the index recorded
  it before it answered.
"""

from base64 import b64encode
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from desk.callers import SendingPrivacyOfficer
from desk.desk import Desk, desk_of
from desk.holders import Passed
from desk.index import parse_page_data
from desk.officer.citizen_report import (
    Shown,
    name_files,
    pack_proofs,
    view_report,
)
from desk.pages import TEMPLATES
from desk.pdf import make_pdf

router: Final = APIRouter()

Encoded32 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PersonBody(_Body):
    """One citizen, as a pseudonym with its tickets."""

    keyVersion: int = Field(ge=1)  # noqa: N815 - as on the wire
    tickets: list[Annotated[str, Field(max_length=4096)]] = Field(
        min_length=2, max_length=2, repr=False
    )
    pseudonym: Encoded32 = Field(repr=False)


class EmbargoBody(PersonBody):
    """What must stay out of this citizen's report, why and until when."""

    categories: list[Code] = Field(min_length=1, max_length=20)
    reason: Code
    until: Day


class CorrectionBody(_Body):
    """What a citizen says of one signal in the report."""

    source: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    signalReference: str  # noqa: N815 - as on the wire
    reason: Code
    receivedOn: Day  # noqa: N815 - as on the wire
    restrict: bool


@router.post("/relay/citizen-reports/{request_id}")
async def make_report(
    request: Request,
    caller: SendingPrivacyOfficer,
    request_id: UUID,
    body: PersonBody,
) -> Response:
    """Give a citizen's report: a piece of the page, the paper, and the proofs."""
    desk = desk_of(request)
    path = f"/v1/access-requests/{request_id}/report"
    passed = await desk.index.ask("POST", path, caller.access_token, body.model_dump())
    if passed.status != 200:
        return _pass_on(passed)
    shown = view_report(parse_page_data(passed))
    files = name_files(shown.report)
    paper = await make_pdf("citizen.html", **_values(desk, shown))
    proofs = pack_proofs(shown, desk.texts, desk.receipts.rules.checkpoint_key)
    return JSONResponse(
        {
            "html": _render_piece(desk, shown),
            "files": [
                _file(files["pdf"], "application/pdf", paper),
                _file(files["proofs"], "application/zip", proofs),
            ],
        }
    )


@router.post("/relay/embargoes")
async def place_embargo(
    request: Request, caller: SendingPrivacyOfficer, body: EmbargoBody
) -> Response:
    """Place an embargo; the page is loaded anew to show it."""
    index = desk_of(request).index
    return _pass_on(
        await index.ask("POST", "/v1/embargoes", caller.access_token, body.model_dump())
    )


@router.post("/relay/corrections")
async def enter_correction(
    request: Request, caller: SendingPrivacyOfficer, body: CorrectionBody
) -> Response:
    """Enter a correction or objection about a signal in the report on the screen."""
    index = desk_of(request).index
    return _pass_on(
        await index.ask(
            "POST", "/v1/corrections", caller.access_token, body.model_dump()
        )
    )


def _render_piece(desk: Desk, shown: Shown) -> str:
    piece = TEMPLATES.get_template("officer/report_piece.html")
    return piece.render(**_values(desk, shown), t=desk.texts.get)


def _values(desk: Desk, shown: Shown) -> dict[str, object]:
    return {
        "shown": shown,
        "report": shown.report,
        "files": name_files(shown.report),
        "title": desk.texts.get("citizen-paper.title"),
        "organisation": shown.report["organisation"],
    }


def _file(name: str, kind: str, data: bytes) -> dict[str, str]:
    return {"name": name, "type": kind, "data": b64encode(data).decode("ascii")}


def _pass_on(passed: Passed) -> Response:
    return Response(passed.body, passed.status, media_type=passed.media_type)
