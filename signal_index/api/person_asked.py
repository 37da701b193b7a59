"""One person whom an officer asks about: the pseudonym, with two tickets for it.

Searching the ledger by citizen, a report for a citizen and an embargo all begin alike:
the officer types the number that the citizen brought, the browser blinds it, and two
holders each gave a ticket for act `officer-search`.

    asked = await arrive(index, parse_person_body(item), caller.caller)
    async with spending(index, asked) as conn:      # both tickets, or TicketInvalid
        ...                                         # read, record; commits with it

- The tickets are this caller's, of this act, for one person, and unspent.
- What is spent commits with what is read and recorded; an invalid or spent ticket is
  recorded too, about no person.
- N and S live in memory only; the ledger's names of all years that can still be opened
  are what the store is asked for.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidPseudonym, KeysError
from keys.pseudonym import KeyVersion, Pseudonym, StoredPoint, derive_stored_point
from keys.pseudonym import parse_pseudonym as read_pseudonym
from keys.request import Act
from keys.ticket import Ticket, verify_ticket_pair
from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.lookup_refusals import record_ticket_refusal
from signal_index.api.transactions import committing
from signal_index.errors import TicketInvalid
from signal_index.identifiers import new_uuid7
from signal_index.keyring import IndexKeys
from signal_index.ledger import (
    ENTROPY_BYTES,
    KINDS,
    DecisionGroup,
    Entry,
    EntryFacts,
    Kind,
    Outcome,
    PersonGroup,
    RoleGroup,
    WhyGroup,
    build_entry,
    person_find_key,
)
from signal_index.notice import InvalidField
from signal_index.notice.fields import parse_b64u, parse_int, parse_list, parse_text
from signal_index.proof import JsonObject
from signal_index.signals import derive_person_name
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.tickets import spend_tickets_once

PERSON_KEYS: Final = ("keyVersion", "tickets", "pseudonym")
"""The members by which any body names one person."""

_TICKET_MAXIMUM: Final = 2_048
_POINT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class PersonBody:
    """What a body says of the person, before any ticket is looked at."""

    key_version: KeyVersion
    tickets: tuple[str, ...]
    pseudonym: Pseudonym


@dataclass(frozen=True, slots=True, repr=False)
class PersonAsked:
    """A person whom this caller may ask about once: the tickets hold."""

    caller: Caller
    point: StoredPoint
    tickets: tuple[Ticket, Ticket]
    at: datetime

    @property
    def jtis(self) -> tuple[str, ...]:
        """Give the ids of both tickets as the ledger records them, sorted."""
        return tuple(sorted(ticket.jti for ticket in self.tickets))

    @property
    def req(self) -> str:
        """Give the request to the holders, by which their statements name it."""
        return self.tickets[0].req


@dataclass(frozen=True, slots=True)
class PersonAct:
    """What an officer did about one person, as the ledger records it.

    `why`: where the officer chose it; else `KINDS` has the one of the kind.
    """

    kind: Kind
    what: JsonObject
    outcome: Outcome = Outcome.ANSWERED
    grounds: tuple[str, ...] = ()
    policy: str | None = None
    why: WhyGroup | None = None


def parse_person_body(item: Mapping[str, object]) -> PersonBody:
    """Read the members `PERSON_KEYS` of a body, or raise `InvalidField`."""
    tickets = parse_list(item["tickets"], "tickets", maximum=2)
    point = parse_b64u(item["pseudonym"], "pseudonym", length=_POINT_BYTES)
    try:
        pseudonym = read_pseudonym(point)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    return PersonBody(
        key_version=KeyVersion(parse_int(item["keyVersion"], "keyVersion", minimum=1)),
        tickets=tuple(
            parse_text(ticket, "tickets", maximum=_TICKET_MAXIMUM) for ticket in tickets
        ),
        pseudonym=pseudonym,
    )


async def arrive(index: Index, body: PersonBody, caller: Caller) -> PersonAsked:
    """Check both tickets and give the person, or raise `TicketInvalid`, recorded.

    Raises `StaleKeyVersion` where this worker lacks c of the key version.
    """
    scalar = index.keys.get_scalar(body.key_version)
    now = index.clock()
    try:
        pair = _verify_tickets(index, body, caller, now)
    except (KeysError, TicketInvalid) as error:
        await asyncio.shield(record_ticket_refusal(index, caller, 1, now))
        raise TicketInvalid from error
    point = derive_stored_point(scalar, body.pseudonym)
    return PersonAsked(caller, point, pair, now)


@asynccontextmanager
async def spending(index: Index, asked: PersonAsked) -> AsyncIterator[AsyncConnection]:
    """Give a writing transaction that has spent both tickets.

    Raises `TicketInvalid`, recorded, where one was spent before: then nothing is read.
    """
    jtis = [UUID(ticket.jti) for ticket in asked.tickets]
    until = max(ticket.expires_at for ticket in asked.tickets)
    try:
        async with committing(index.engine) as conn:
            await spend_tickets_once(conn, jtis, until)
            yield conn
    except TicketInvalid:
        now = index.clock()
        await asyncio.shield(record_ticket_refusal(index, asked.caller, 1, now))
        raise


def find_keys_by_year(keys: IndexKeys, point: StoredPoint) -> Mapping[int, bytes]:
    """Give the keyed hash of a person in each year's ledger that can be opened."""
    return {
        year: person_find_key(
            keys.get_disclosure_key(year), derive_person_name(point, name_key)
        )
        for year, name_key in sorted(keys.ledger_names.items())
        if year in keys.disclosures
    }


async def record_about_person(
    conn: AsyncConnection, index: Index, asked: PersonAsked, act: PersonAct
) -> Entry:
    """Write the entry of an act about one person, under the person's next number.

    Names the tickets and the request to the holders, as a lookup's entry does, so that
    a day of the ledger can be held against the holders' statements.
    """
    year = asked.at.astimezone(UTC).year
    name = derive_person_name(asked.point, index.keys.get_ledger_name_key(year))
    key = index.keys.get_disclosure_key(year)
    (number,) = await raise_person_numbers(conn, year, [person_find_key(key, name)])
    caller = asked.caller
    facts = EntryFacts(
        entry=new_uuid7(asked.at),
        kind=act.kind,
        recorded_at=asked.at,
        outcome=act.outcome,
        organisation=caller.organisation,
        municipality=caller.municipality,
        policy=act.policy,
        person=PersonGroup(name, number),
        who=caller.subject,
        role=RoleGroup(roles=sorted(caller.roles), team=caller.team),
        why=KINDS[act.kind].why or act.why,
        what={**act.what, "req": asked.req, "tickets": list(asked.jtis)},
        decision=DecisionGroup(act.outcome, act.grounds),
    )
    entropy = secrets.token_bytes(ENTROPY_BYTES)
    entry = build_entry(facts, entropy=entropy, key=key)
    await insert_entries(conn, [entry])
    return entry


def _verify_tickets(
    index: Index, body: PersonBody, caller: Caller, now: datetime
) -> tuple[Ticket, Ticket]:
    pair = verify_ticket_pair(
        body.tickets, index.key_config, audience=index.names.audience, now=now
    )
    first = pair[0]
    if (first.act, first.count) != (Act.OFFICER_SEARCH, 1):
        raise TicketInvalid
    if (first.subject, first.organisation) != (caller.subject, caller.organisation):
        raise TicketInvalid
    if first.key_version != body.key_version:
        raise TicketInvalid
    return pair
