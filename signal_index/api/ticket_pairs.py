"""The two tickets of a request that names persons: whose they are, and for what.

One check for all: a lookup and an officer's question differ only in act and number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from keys.errors import KeysError
from keys.request import Act
from keys.ticket import Ticket, verify_ticket_pair
from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.lookup_refusals import record_ticket_refusal
from signal_index.errors import TicketInvalid


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
    except (KeysError, TicketInvalid) as error:
        await asyncio.shield(record_ticket_refusal(index, caller, asked[1], now))
        raise TicketInvalid from error
    index.key_configs.note_asked((pair[0].key_version, pair[0].epoch), now)
    return pair


def _verify_terms(one: Ticket, caller: Caller, asked: tuple[Act, int, int]) -> None:
    if (one.act, one.count, one.key_version) != asked:
        raise TicketInvalid
    if (one.subject, one.organisation) != (caller.subject, caller.organisation):
        raise TicketInvalid
