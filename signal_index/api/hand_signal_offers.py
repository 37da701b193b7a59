"""Signals by hand pass to a colleague: one says which, another takes them over.

- Both are entries in the ledger, each in the name of who presses; the second names the
  first, and takes over nothing that this one does not say.
- Nothing of a signal changes but whom others call about it, where that is asked. Whose
  work it is the organisation's own desk knows.

Proven by tests/attack/test_who_takes_signals_over.py.
"""

from __future__ import annotations

from datetime import timedelta

from signal_index.api.acting import acting
from signal_index.api.callers import HandSignaller, HandSignallerCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.days import day_of
from signal_index.errors import (
    UnknownContactHolder,
    UnknownOffer,
    UnknownSignal,
    UnknownSource,
)
from signal_index.follows import OFFERED_DAYS
from signal_index.ledger import Kind
from signal_index.store import hand_signals as store
from signal_index.wire import hand_signals as wire

routes = Routes("aanleveren")


@routes.post(
    "/hand-signal-offers",
    "Signalen die u doorgaf overdragen aan een collega",
    status=201,
    raises=(UnknownSource, UnknownSignal),
)
async def offer_hand_signals(
    body: wire.HandSignalsOffered, index: TheIndex, caller: HandSignaller
) -> wire.HandSignalOffer:
    """Say which signals a colleague may take over: the first of two persons.

    Nothing changes by it. Who gave a signal the organisation's desk knows, not the
    index: as for each act by hand, whoever may signal for it may say this.
    """
    source = await _find_source(index, caller)
    async with acting(index, caller.caller, Kind.ADMINISTRATION) as act:
        await store.verify_standing(act.conn, source, body.references)
        references = sorted({str(one) for one in body.references})
        said = await act.record({"act": store.OFFERED, "references": list(references)})
    until = day_of(act.now) + timedelta(days=OFFERED_DAYS)
    return wire.HandSignalOffer(entryId=said.id, until=until)


@routes.post(
    "/hand-signal-takeovers",
    "Signalen overnemen die een collega doorgaf",
    status=204,
    raises=(UnknownSource, UnknownOffer, UnknownSignal, UnknownContactHolder),
)
async def take_over_hand_signals(
    body: wire.HandSignalsTaken, index: TheIndex, caller: HandSignaller
) -> None:
    """Take over what a colleague offered, within a week: what its entry says alone.

    Raises `UnknownOffer` for one's own offer, one of elsewhere or of too long ago, and
    for a signal that is not in it.
    """
    source, who = await _find_source(index, caller), caller.caller
    async with acting(index, who, Kind.ADMINISTRATION) as act:
        offered = await store.get_offered(
            act.conn, who.organisation, body.offer, index.keys
        )
        last = day_of(offered.at) + timedelta(days=OFFERED_DAYS)
        is_open = day_of(act.now) <= last and offered.by != who.subject
        if not is_open or not offered.references.issuperset(body.references):
            raise UnknownOffer
        to = body.contactHolder
        if to is None:
            await store.verify_standing(act.conn, source, body.references)
        else:
            await store.hand_over_signals(act.conn, source, body.references, to)
        references = sorted({str(one) for one in body.references})
        await act.record(
            {
                "act": "hand-signals-taken-over",
                "offer": str(body.offer),
                "references": list(references),
                "takenFrom": offered.by,
                "to": None if to is None else str(to),
            }
        )


async def _find_source(index: Index, caller: HandSignallerCaller) -> str:
    standing = await index.standing.get(index.clock())
    return get_source(caller.organisation, caller.organisation, standing).oin
