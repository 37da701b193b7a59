"""Signalling by hand for a case system, and for our own pages: under the relay's paths.

The caller blinds the number itself, as for a lookup; the desk signs and notes. Ending,
confirming and handing over name a signal by its reference, which is nobody's number.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from desk.callers import ChangingCaller, ReadingCaller
from desk.desk import desk_of
from desk.errors import (
    CaseReferenceInUse,
    CaseReferenceInvalid,
    HandSignalOutdated,
    HandSignalsOff,
    HandSignalUnknown,
    IndexFoundFault,
    IndexHasNone,
    IndexRefused,
    LoginTooWeak,
    RoleMissing,
)
from desk.involved import acts
from desk.involved.given import name_given
from desk.involved.listing import fetch_options, read_list
from desk.relay_answers import answer_with
from desk.relay_document import INDEX, INDEX_ACTS, fails
from desk.relay_wire import (
    PREFIX,
    RelayedEnding,
    RelayedHandSignal,
    RelayedHandSignals,
    RelayedOwnSignal,
)
from desk.strict import StrictRoute
from signal_index.wire.contact_holders import HandOver
from signal_index.wire.hand_signals import HandConfirmation, HandSignalOptions
from signal_index.wire.signals import ItemResult

router: Final = APIRouter(prefix=PREFIX, route_class=StrictRoute)
_CLOSED: Final = (HandSignalsOff, RoleMissing)
_SAID: Final = (IndexFoundFault, IndexHasNone, IndexRefused, LoginTooWeak)


@router.get(
    "/hand-signal-options",
    summary="Wat deze gebruiker met de hand kan doorgeven",
)
@fails(*_CLOSED, *_SAID, party=INDEX)
async def read_hand_signal_options(
    request: Request, caller: ReadingCaller
) -> HandSignalOptions:
    """Show what this person may give, for whom to call, until when at the most."""
    return await fetch_options(desk_of(request), caller)


@router.get(
    "/hand-signals",
    summary="Wat de organisatie met de hand doorgaf, met het eigen zaaknummer",
)
@fails(*_CLOSED, *_SAID, party=INDEX)
async def read_hand_signals(
    request: Request, caller: ReadingCaller
) -> RelayedHandSignals:
    """List what stands, by the own case number."""
    found = await read_list(desk_of(request), caller)
    return RelayedHandSignals(
        unreadable=[one.reference for one in found.signals if one.is_broken],
        items=[
            RelayedOwnSignal(
                **dict(one.stands), caseReference=one.case, isOwn=one.is_own
            )
            for one in found.signals
            if one.stands is not None
        ],
    )


@router.post(
    "/hand-signals",
    summary="Met de hand doorgeven dat uw organisatie contact heeft",
    response_model=ItemResult,
)
@fails(
    *_CLOSED,
    CaseReferenceInvalid,
    CaseReferenceInUse,
    HandSignalOutdated,
    HandSignalUnknown,
    party=INDEX_ACTS,
    more=[404, 409],
)
async def signal_by_hand(
    request: Request, caller: ChangingCaller, body: RelayedHandSignal
) -> Response:
    """Give one signal; the same body may be sent again when an answer got lost.

    409 `given-already`: the organisation has that citizen and kind standing already.
    """
    desk = desk_of(request)
    passed = await acts.give(desk, caller, body)
    return answer_with(await name_given(desk, caller, body.category, passed))


@router.post(
    "/hand-signals/{reference}/withdrawal",
    summary="Een met de hand doorgegeven signaal beëindigen",
    status_code=204,
)
@fails(*_CLOSED, *_SAID, HandSignalOutdated, party=INDEX_ACTS, more=[404])
async def end_hand_signal(
    request: Request, caller: ChangingCaller, reference: UUID, body: RelayedEnding
) -> None:
    """End one signal, and say why."""
    await acts.end(desk_of(request), caller, reference, body.reason)


@router.post(
    "/hand-signals/{reference}/confirmation",
    summary="Zeggen dat een signaal nog klopt",
    status_code=204,
)
@fails(*_CLOSED, *_SAID, party=INDEX_ACTS, more=[404])
async def confirm_hand_signal(
    request: Request, caller: ChangingCaller, reference: UUID, body: HandConfirmation
) -> None:
    """Confirm one signal, perhaps until a later day."""
    await acts.confirm(desk_of(request), caller, reference, body.validUntil)


@router.post(
    "/hand-signals/{reference}/hand-over",
    summary="Een signaal aan een andere contactpersoon geven",
    status_code=204,
)
@fails(*_CLOSED, *_SAID, party=INDEX_ACTS, more=[404])
async def hand_over_hand_signal(
    request: Request, caller: ChangingCaller, reference: UUID, body: HandOver
) -> None:
    """Let a colleague's contact holder answer for one signal."""
    await acts.hand_over(desk_of(request), caller, reference, body.to)
