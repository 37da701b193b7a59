"""The relay: points to holders, lookups to the index, for our page and case systems.

Both kinds of caller get the same answers. Nothing is added to what they send except the
organisation's signature on a request to a holder, and the HMAC in place of a case
number. A lookup's answer goes on unchanged, and only when its receipts hold.
"""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from desk.callers import ChangingCaller, ReadingCaller
from desk.desk import desk_of
from desk.holders import Evaluation, Passed
from keys.base64url import decode_b64u
from keys.request import Act
from signal_index.wire.completeness import AbandonedRequests
from signal_index.wire.lookups import (
    HOUSEHOLD_MAXIMUM,
    Lookup,
    LookupTerms,
    Nothing,
    Outcome,
)

router: Final = APIRouter(prefix="/relay")

Encoded32 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EvaluationBody(_Body):
    """Points for one holder of a pair."""

    holder: int = Field(ge=1, le=255)
    act: Literal["lookup", "officer-search"]
    pair: list[int] = Field(min_length=2, max_length=2)
    keyVersion: int = Field(ge=1)  # noqa: N815 - as on the wire
    epoch: int = Field(ge=1)
    points: list[Encoded32] = Field(min_length=1, max_length=HOUSEHOLD_MAXIMUM)


class LookupBody(LookupTerms):
    """What the index is asked, with the plain case number of this organisation."""

    caseReference: Annotated[str, Field(max_length=64)] | None = Field(  # noqa: N815
        default=None, repr=False
    )


@router.get("/key-config")
async def read_key_config(request: Request, _caller: ReadingCaller) -> Response:
    """Give the key config as the holders serve it; the browser checks it."""
    return _answer(await desk_of(request).holders.key_config())


@router.get("/pins")
async def read_pins(request: Request, _caller: ReadingCaller) -> dict[str, Any]:
    """Give the config keys that this organisation pinned."""
    desk = desk_of(request)
    origin = desk.settings.accepted_key_origin
    return {"pins": desk.pins, "acceptedKeyOrigin": origin}


@router.post("/evaluations")
async def evaluate(
    request: Request, caller: ChangingCaller, body: EvaluationBody
) -> Response:
    """Pass points on to one holder, signed by the organisation."""
    asked = Evaluation(
        holder=body.holder,
        pair=tuple(body.pair),
        key_version=body.keyVersion,
        epoch=body.epoch,
        points=tuple(decode_b64u(point) for point in body.points),
        act=Act(body.act),
    )
    return _answer(await desk_of(request).holders.evaluate(asked, caller.person.sub))


@router.post("/lookups")
async def look_up(
    request: Request, caller: ChangingCaller, body: LookupBody
) -> Response:
    """Pass a lookup on to the index; keep its receipts once they hold."""
    desk = desk_of(request)
    case = body.caseReference
    derived = None if case is None else desk.case_references.derive(case)
    asked = Lookup(**dict(body) | {"caseReference": derived})
    answer = await desk.index.pass_on("/v1/lookups", caller.access_token, asked)
    if answer.status == 200:
        await desk.receipts.check_and_keep(answer.body, asked, caller.person)
    return _answer(answer)


@router.post("/lookups/{entry}/outcome")
async def record_outcome(
    request: Request, caller: ChangingCaller, entry: UUID, body: Outcome
) -> Response:
    """Record with the index what came of the call."""
    path, index = f"/v1/lookups/{entry}/outcome", desk_of(request).index
    return _answer(await index.pass_on(path, caller.access_token, body))


@router.post("/lookups/{entry}/print")
async def record_print(
    request: Request, caller: ChangingCaller, entry: UUID
) -> Response:
    """Record with the index that an answer goes on paper, before it does."""
    path, index = f"/v1/lookups/{entry}/print", desk_of(request).index
    return _answer(await index.pass_on(path, caller.access_token, Nothing()))


@router.post("/abandoned-requests")
async def report_abandoned(
    request: Request, caller: ChangingCaller, body: AbandonedRequests
) -> Response:
    """Record with the index which requests came to nothing: a tab was closed."""
    path, index = "/v1/abandoned-requests", desk_of(request).index
    return _answer(await index.pass_on(path, caller.access_token, body))


@router.get("/catalogue")
async def read_catalogue(request: Request, caller: ReadingCaller) -> Response:
    """Give the purposes that are open to this person."""
    query = {"municipality": caller.person.municipality}
    index = desk_of(request).index
    return _answer(
        await index.pass_on("/v1/catalogue", caller.access_token, query=query)
    )


@router.get("/own-lookups")
async def read_own_lookups(
    request: Request, caller: ReadingCaller, cursor: str | None = None
) -> Response:
    """Give what this person looked up, without whom."""
    query = {} if cursor is None else {"cursor": cursor}
    index = desk_of(request).index
    return _answer(
        await index.pass_on("/v1/own-lookups", caller.access_token, query=query)
    )


def _answer(passed: Passed) -> Response:
    headers = {} if passed.retry_after is None else {"Retry-After": passed.retry_after}
    if passed.status == 204:
        return Response(status_code=204, headers=headers)
    return Response(
        passed.body, passed.status, headers=headers, media_type=passed.media_type
    )
