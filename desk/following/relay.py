"""Following for our own pages and for case systems: under the relay's paths."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from desk.callers import ChangingCaller, ReadingCaller
from desk.desk import desk_of
from desk.relay_answers import answer_with
from desk.relay_document import INDEX, INDEX_ACTS, fails
from desk.relay_wire import PREFIX
from desk.strict import StrictRoute
from signal_index.wire.follows import Follow, Follows, FollowTerms
from signal_index.wire.lookups import Nothing

router: Final = APIRouter(prefix=PREFIX, route_class=StrictRoute)


@router.post(
    "/lookups/{entry}/follow",
    summary="Horen dat er iets verandert, zolang de zaak loopt",
    status_code=201,
    response_model=Follow,
)
@fails(party=INDEX_ACTS, more=[404, 409])
async def begin_follow(
    request: Request, caller: ChangingCaller, entry: UUID, body: FollowTerms
) -> Response:
    """Follow the person of one answer; the citizen knows of it, or it is refused."""
    path, index = f"/v1/lookups/{entry}/follow", desk_of(request).index
    return answer_with(await index.pass_on(path, caller.access_token, body))


@router.get(
    "/follows", summary="Wat deze gebruiker volgt, zonder wie", response_model=Follows
)
@fails(party=INDEX)
async def read_follows(request: Request, caller: ReadingCaller) -> Response:
    """Give what this person follows, and of each whether something changed."""
    index = desk_of(request).index
    return answer_with(await index.pass_on("/v1/follows", caller.access_token))


@router.post(
    "/follows/{follow}/end", summary="Een zaak niet meer volgen", status_code=204
)
@fails(party=INDEX_ACTS, more=[404])
async def end_follow(
    request: Request, caller: ChangingCaller, follow: UUID
) -> Response:
    """End an own follow at the index."""
    path, index = f"/v1/follows/{follow}/end", desk_of(request).index
    return answer_with(await index.pass_on(path, caller.access_token, Nothing()))
