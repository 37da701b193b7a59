"""The relay: points to holders, lookups to the index, for our page and case systems.

Both kinds of caller get the same answers. Nothing is added to what they send except the
organisation's signature on a request to a holder, and the HMAC in place of a case
number. A lookup's answer goes on only when its receipts hold, and unchanged but for
contact details that their source did not sign: those are taken out.
"""

from dataclasses import replace
from functools import cache, partial
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from desk.call_back import sign_call_back
from desk.callers import ChangingCaller, ReadingCaller
from desk.desk import desk_of
from desk.errors import (
    CaseReferenceInvalid,
    HandSignalsOff,
    HolderUnreachable,
    LedgerForked,
    ReceiptInvalid,
    RoleMissing,
)
from desk.following import relay as following
from desk.holders import Evaluation
from desk.index import read_answer
from desk.involved import relay as involved
from desk.involved.acts import get_signalling
from desk.relay_answers import answer_with
from desk.relay_document import HOLDER, INDEX, INDEX_ACTS, fails, write_document
from desk.relay_wire import PREFIX, PinnedKeys, RelayedEvaluation, RelayedLookup
from desk.strict import StrictRoute
from keys.openapi import JSON, PUBLIC_HEADERS, beside
from keys.request import Act
from keys.wire import EvaluationAnswer
from signal_index.wire.catalogue import Catalogue
from signal_index.wire.completeness import AbandonedRequests
from signal_index.wire.lookups import (
    Answer,
    Lookup,
    Nothing,
    Outcome,
    OwnLookups,
)
from signal_index.wire.values import Id

router: Final = APIRouter(prefix=PREFIX, route_class=StrictRoute)


class SignedConfig(Response):
    """The key config as all holders signed it (JWS)."""

    media_type = "application/jose+json"


@router.get(
    "/key-config",
    summary="De sleutelconfiguratie, door alle sleutelhouders ondertekend",
    response_class=SignedConfig,
)
@fails(HolderUnreachable)
async def read_key_config(request: Request, _caller: ReadingCaller) -> Response:
    """Give the newest key config that holds; the browser checks it again."""
    return answer_with(await desk_of(request).holders.key_config())


@router.get("/pins", summary="De sleutels die deze organisatie vertrouwt")
@fails()
async def read_pins(request: Request, _caller: ReadingCaller) -> PinnedKeys:
    """Show the config keys that this organisation pinned, and whom to ask last."""
    desk = desk_of(request)
    origin = desk.settings.accepted_key_origin
    *_, last = desk.holders.find_next()
    pins = [key.jwk for key in (await desk.holders.give_pins()).keys]
    return PinnedKeys(pins=pins, acceptedKeyOrigin=origin, avoid=[last])


@router.post(
    "/evaluations",
    summary="Geblindeerde punten laten berekenen door één sleutelhouder",
    response_model=EvaluationAnswer,
)
@fails(HandSignalsOff, RoleMissing, party=HOLDER)
async def evaluate(
    request: Request, caller: ChangingCaller, body: RelayedEvaluation
) -> Response:
    """Pass points on to one holder, signed by the organisation.

    For publishing only of who may signal by hand: it draws on the source's own budget.
    """
    if body.act == "publish":
        get_signalling(desk_of(request), caller)
    asked = Evaluation(
        holder=body.holder,
        pair=tuple(body.pair),
        key_version=body.keyVersion,
        epoch=body.epoch,
        points=tuple(body.points),
        act=Act(body.act),
    )
    holders = desk_of(request).holders
    return answer_with(await holders.evaluate(asked, caller.person.sub))


@router.post(
    "/lookups",
    summary="Eén tot tien personen bevragen voor één doel",
    response_model=Answer,
)
@fails(CaseReferenceInvalid, ReceiptInvalid, LedgerForked, party=INDEX_ACTS, more=[409])
async def look_up(
    request: Request, caller: ChangingCaller, body: RelayedLookup
) -> Response:
    """Pass a lookup on to the index; keep its receipts once they hold, and the case.

    An emergency alone, once the index showed two ledgers: who made the other one can
    leave this lookup out of the one that others see.
    """
    desk = desk_of(request)
    if desk.ledger_watch.is_forked and body.breakGlass is None:
        raise LedgerForked
    case = body.caseReference
    derived = None if case is None else desk.case_references.derive(case)
    asked = Lookup(
        **dict(body)
        | {"caseReference": derived, "callBack": sign_call_back(desk, body.tickets)}
    )
    answer = await desk.index.pass_on("/v1/lookups", caller.access_token, asked)
    if answer.status == 200:
        note = partial(desk.lookup_notes.keep, sub=caller.person.sub, case=case)
        await desk.receipts.check_and_keep(answer.body, asked, caller.person, note)
        held = await desk.contacts.hold_answer(answer.body)
        answer = replace(answer, body=held)
    return answer_with(answer)


@router.post(
    "/lookups/{entry}/outcome",
    summary="Vastleggen wat er van de bevraging kwam",
    status_code=204,
)
@fails(party=INDEX_ACTS, more=[404, 409])
async def record_outcome(
    request: Request, caller: ChangingCaller, entry: UUID, body: Outcome
) -> Response:
    """Record with the index what came of the call."""
    path, index = f"/v1/lookups/{entry}/outcome", desk_of(request).index
    return answer_with(await index.pass_on(path, caller.access_token, body))


@router.post(
    "/lookups/{entry}/print",
    summary="Vastleggen dat een antwoord op papier gaat, voordat het gebeurt",
    status_code=204,
)
@fails(party=INDEX_ACTS, more=[404])
async def record_print(
    request: Request, caller: ChangingCaller, entry: UUID
) -> Response:
    """Record with the index that an answer goes on paper, before it does."""
    path, index = f"/v1/lookups/{entry}/print", desk_of(request).index
    return answer_with(await index.pass_on(path, caller.access_token, Nothing()))


@router.post(
    "/abandoned-requests",
    summary="Melden welke eigen aanvragen tot niets kwamen",
    status_code=204,
)
@fails(party=INDEX_ACTS)
async def report_abandoned(
    request: Request, caller: ChangingCaller, body: AbandonedRequests
) -> Response:
    """Record with the index which requests came to nothing: a tab was closed."""
    path, index = "/v1/abandoned-requests", desk_of(request).index
    return answer_with(await index.pass_on(path, caller.access_token, body))


@router.get(
    "/catalogue",
    summary="De doelen die voor deze gebruiker open zijn",
    response_model=Catalogue,
)
@fails(party=INDEX)
async def read_catalogue(request: Request, caller: ReadingCaller) -> Response:
    """Give the purposes that are open to this person."""
    query = {"municipality": caller.person.municipality}
    index = desk_of(request).index
    return answer_with(
        await index.pass_on("/v1/catalogue", caller.access_token, query=query)
    )


@router.get(
    "/own-lookups",
    summary="Wat deze gebruiker bevroeg, zonder over wie",
    response_model=OwnLookups,
)
@fails(party=INDEX)
async def read_own_lookups(
    request: Request, caller: ReadingCaller, cursor: Id | None = None
) -> Response:
    """Give what this person looked up, without whom."""
    query = {} if cursor is None else {"cursor": str(cursor)}
    desk = desk_of(request)
    answer = await desk.index.pass_on(
        "/v1/own-lookups", caller.access_token, query=query
    )
    if answer.status == 200:
        said = read_answer(OwnLookups, answer)
        held = await desk.contacts.hold(said)
        if held is not said:
            answer = replace(answer, body=held.model_dump_json().encode())
    return answer_with(answer)


@router.get("/openapi.json", summary="Deze beschrijving", response_model=dict)
async def show_openapi() -> Response:
    """Hand the description of the relay to any page."""
    return Response(await _give_document(), media_type=JSON, headers=PUBLIC_HEADERS)


@cache
def openapi_text() -> bytes:
    """Write the OpenAPI 3.1 document of this version."""
    return write_document(
        [*router.routes, *involved.router.routes, *following.router.routes]
    )


_give_document: Final = beside(openapi_text)
