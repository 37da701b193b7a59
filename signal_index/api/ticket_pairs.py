"""The two tickets of a request that names persons: whose they are, and for what.

One check for all: a lookup and an officer's question differ only in act and number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from keys.errors import KeysError
from keys.overlap import Place
from keys.request import Act
from keys.ticket import Ticket, verify_ticket_pair
from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.lookup_refusals import record_ticket_refusal
from signal_index.api.transactions import committing, looking
from signal_index.errors import TicketInvalid
from signal_index.store.activations import find_first_uses, note_first_use


async def admit_pair(
    index: Index,
    tickets: Sequence[str],
    caller: Caller,
    asked: tuple[Act, int, int],
    now: datetime,
) -> tuple[Ticket, Ticket]:
    """Read two tickets of this caller for this act, so many persons and key version.

    Raises `TicketInvalid`, recorded without a person, for any pair that does not hold;
    `TooOften`, before it looks, where this account came with too many of those.
    """
    index.rates.verify_refusals(caller, now)
    try:
        configs = index.key_configs.list_accepted(now)
        pair = verify_ticket_pair(
            tickets, configs, audience=index.names.audience, now=now
        )
        _verify_terms(pair[0], caller, asked)
        await _note_use(index, (pair[0].key_version, pair[0].epoch), now)
    except (KeysError, TicketInvalid) as error:
        await asyncio.shield(record_ticket_refusal(index, caller, asked[1], now))
        raise TicketInvalid from error
    return pair


async def _note_use(index: Index, place: Place, now: datetime) -> None:
    """Keep, before anything comes of it, when the first pair came under a sharing.

    That instant ends what the sharing follows: it is counted from once, by whatever
    process serves and by `keys rotate destroy`. So a pair of a former sharing asks
    what other processes saw. Raises `TicketInvalid` where that is over by then.
    """
    view = index.key_configs
    if not view.has_asked(place):
        async with committing(index.engine) as conn:
            await note_first_use(conn, place, now)
    elif place == view.current.place:
        return
    async with looking(index.engine) as conn:
        view.note_asked(await find_first_uses(conn))
    if all(one.place != place for one in view.list_accepted(now)):
        raise TicketInvalid


def _verify_terms(one: Ticket, caller: Caller, asked: tuple[Act, int, int]) -> None:
    if (one.act, one.count, one.key_version) != asked:
        raise TicketInvalid
    if (one.subject, one.organisation) != (caller.subject, caller.organisation):
        raise TicketInvalid
