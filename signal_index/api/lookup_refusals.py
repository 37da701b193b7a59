"""Lookups that are not answered: each is recorded before its caller hears of it.

- A refusal by the policy names the persons asked about, as an answer would; its tickets
  stay unspent, so that they may be used for breaking the glass.
- An invalid or replayed ticket proves nothing about who was asked about: its entry
  names no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.lookup_run import Draft, Granted, answer_again
from signal_index.api.recording import (
    Asked,
    Decided,
    find_keys_of,
    record_act,
    record_lookup,
)
from signal_index.api.transactions import committing
from signal_index.errors import TicketInvalid
from signal_index.ledger import Kind
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.processing_log import insert_traces
from signal_index.store.tickets import take_repeat


async def record_refusal(index: Index, asked: Asked, decided: Decided) -> list[UUID]:
    """Record a lookup that was not answered, one entry per person."""
    persons = find_keys_of(asked, index.keys)
    nothing: Sequence[tuple[()]] = [()] * len(persons)
    async with committing(index.engine) as conn:
        numbers = await raise_person_numbers(conn, asked.year, persons)
        entries = record_lookup(asked, decided, numbers, nothing, index.keys)
        await insert_entries(conn, entries)
        await insert_traces(conn, entries, asked.trace)
    return [entry.id for entry in entries]


async def record_ticket_refusal(
    index: Index, caller: Caller, count: int, at: datetime
) -> None:
    """Record that somebody came with tickets that do not hold, about no person."""
    index.rates.count_refusal(caller, at)
    entry = record_act(Kind.TICKET_REFUSED, caller, {"subjects": count}, index.keys, at)
    async with committing(index.engine) as conn:
        await insert_entries(conn, [entry])


async def judge_spent(index: Index, granted: Granted) -> Draft:
    """Answer again what is a repeat, or record and raise `TicketInvalid`."""
    now, caller = index.clock(), granted.asked.question.caller
    async with committing(index.engine) as conn:
        if await take_repeat(conn, granted.lookup.pair, now=now):
            index.rates.count_refusal(caller, now)
            return await answer_again(conn, granted, index.keys, now)
    await record_ticket_refusal(index, caller, granted.weight, granted.asked.at)
    raise TicketInvalid
