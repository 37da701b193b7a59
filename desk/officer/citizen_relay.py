"""What the citizens' pages ask by script: a report, an embargo, a correction.

- The citizen's number never comes here; the pseudonym passes and is not kept.
- A report comes back as one answer: the piece of the page, the paper and the proofs,
  all made from what the index said. What proves whose it is, the page makes itself:
  here only its name is known. The desk keeps none of it, and the index recorded it
  before it answered.
"""

from base64 import b64encode
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from desk.callers import SendingPrivacyOfficer
from desk.citizen_report import describe, name_files, pack_proofs
from desk.desk import Desk, desk_of
from desk.holders import Passed
from desk.index import read_answer
from desk.pdf import make_pdf
from desk.templating import TEMPLATES
from signal_index.wire.citizen_reports import CitizenReport
from signal_index.wire.corrections import NewCorrection
from signal_index.wire.embargoes import NewEmbargo
from signal_index.wire.persons import NamedPerson

router: Final = APIRouter()


@router.post("/relay/v1/citizen-reports/{request_id}")
async def make_report(
    request: Request,
    caller: SendingPrivacyOfficer,
    request_id: UUID,
    body: NamedPerson,
) -> Response:
    """Give a citizen's report: a piece of the page, the paper, and the proofs."""
    desk = desk_of(request)
    path = f"/v1/access-requests/{request_id}/report"
    passed = await desk.index.pass_on(path, caller.access_token, body)
    if passed.status != 200:
        return _pass_on(passed)
    report = await desk.contacts.hold(read_answer(CitizenReport, passed))
    files = name_files(report)
    paper = await make_pdf("citizen.html", **_values(desk, report))
    rules = desk.receipts.rules
    chain, quorum = rules.checkpoint_key.chain, rules.quorum
    proofs = pack_proofs(report, desk.texts, chain, quorum)
    return JSONResponse(
        {
            "html": _render_piece(desk, report),
            "person": files["person"],
            "files": [
                _file(files["pdf"], "application/pdf", paper),
                _file(files["proofs"], "application/zip", proofs),
            ],
        }
    )


@router.post("/relay/v1/embargoes")
async def place_embargo(
    request: Request, caller: SendingPrivacyOfficer, body: NewEmbargo
) -> Response:
    """Place an embargo; the page is loaded anew to show it."""
    index = desk_of(request).index
    return _pass_on(await index.pass_on("/v1/embargoes", caller.access_token, body))


@router.post("/relay/v1/corrections")
async def enter_correction(
    request: Request, caller: SendingPrivacyOfficer, body: NewCorrection
) -> Response:
    """Enter a correction or objection about a signal in the report on the screen."""
    index = desk_of(request).index
    return _pass_on(await index.pass_on("/v1/corrections", caller.access_token, body))


def _render_piece(desk: Desk, report: CitizenReport) -> str:
    piece = TEMPLATES.get_template("officer/report_piece.html")
    return piece.render(**_values(desk, report), t=desk.texts.get)


def _values(desk: Desk, report: CitizenReport) -> dict[str, object]:
    title = desk.texts.get("citizen-paper.title")
    return {**describe(report, desk.settings.help), "title": title}


def _file(name: str, kind: str, data: bytes) -> dict[str, str]:
    return {"name": name, "type": kind, "data": b64encode(data).decode("ascii")}


def _pass_on(passed: Passed) -> Response:
    return Response(passed.body, passed.status, media_type=passed.media_type)
