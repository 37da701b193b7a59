"""One person who is asked about: the pseudonym, with two tickets for it.

Searching the ledger by citizen, a report for a citizen and an embargo all begin alike:
the officer types the number that the citizen brought, the browser blinds it, and two
holders each gave a ticket for act `officer-search`. So does a citizen's own page, with
the number they logged in with and tickets for act `own-view`.

    asked = await arrive(index, body, caller.caller)      # a wire NamedPerson
    async with spending(index, asked, kind) as act:  # both tickets, or TicketInvalid
        ...                                          # read, record; commits with it

- The tickets are this caller's, of this act, for one person, and unspent.
- What is spent commits with what is read and recorded; an invalid or spent ticket is
  recorded too, about no person.
- N and S live in memory only; the ledger's names of all years that can still be opened
  are what the store is asked for.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from keys.errors import InvalidPseudonym
from keys.pseudonym import (
    KeyVersion,
    Pseudonym,
    StoredPoint,
    derive_stored_point,
    parse_pseudonym,
)
from keys.request import Act
from keys.ticket import Ticket
from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.context import Index
from signal_index.api.lookup_refusals import record_ticket_refusal
from signal_index.api.ticket_pairs import admit_pair
from signal_index.errors import StaleKeyVersion, TicketInvalid
from signal_index.identifiers import new_uuid7
from signal_index.keyring import IndexKeys
from signal_index.ledger import (
    ENTROPY_BYTES,
    KINDS,
    AboutGroup,
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
from signal_index.proof import JsonObject
from signal_index.row_keys import RowKeys
from signal_index.signals import derive_person_name, say_about
from signal_index.store.ledger import raise_person_numbers
from signal_index.store.notices import year_of
from signal_index.store.tickets import spend_tickets_once
from signal_index.wire.errors import InvalidField
from signal_index.wire.persons import NamedPerson

PERSON_FACTS: Final = (TicketInvalid, StaleKeyVersion)
"""By which facts any act about one person can be refused."""


@dataclass(frozen=True, slots=True, repr=False)
class PersonAsked:
    """A person whom this caller may ask about once: the tickets hold."""

    caller: Caller
    key_version: KeyVersion
    pseudonym: Pseudonym
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


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A person as the ledger of a year names them, and for who knows whom it is."""

    name: bytes
    about: AboutGroup


def name_person(keys: IndexKeys, point: StoredPoint, year: int) -> Named:
    """Name a person whom the index itself says: about 100 us."""
    version, pseudonym = keys.restore_pseudonym(point)
    name = derive_person_name(point, keys.get_ledger_name_key(year))
    return Named(name, say_about(pseudonym, version))


@dataclass(frozen=True, slots=True)
class PersonAct:
    """What was done about one person, as the ledger records it.

    `why`: where the officer chose it; else `KINDS` has the one of the kind.
    """

    what: JsonObject
    outcome: Outcome = Outcome.ANSWERED
    grounds: tuple[str, ...] = ()
    policy: str | None = None
    why: WhyGroup | None = None


async def arrive(
    index: Index, body: NamedPerson, caller: Caller, act: Act = Act.OFFICER_SEARCH
) -> PersonAsked:
    """Find the person whom a body names, for a caller whose tickets hold.

    Raises `InvalidField` for a pseudonym that is none, `TicketInvalid`, recorded, and
    `StaleKeyVersion` where this worker lacks c of the key version.
    """
    try:
        pseudonym = parse_pseudonym(body.pseudonym)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    version = KeyVersion(body.keyVersion)
    scalar = index.keys.get_scalar(version)
    now = index.clock()
    wanted = (act, 1, body.keyVersion)
    pair = await admit_pair(index, body.tickets, caller, wanted, now)
    point = derive_stored_point(scalar, pseudonym)
    return PersonAsked(caller, version, pseudonym, point, pair, now)


@asynccontextmanager
async def spending(
    index: Index, asked: PersonAsked, kind: Kind, rows: RowKeys | None = None
) -> AsyncIterator[Acting]:
    """Begin an act about a person (`acting`), in which both tickets are spent.

    Raises `TicketInvalid`, recorded, where one was spent before: then nothing is read.
    """
    jtis = [UUID(ticket.jti) for ticket in asked.tickets]
    until = max(ticket.expires_at for ticket in asked.tickets)
    try:
        async with acting(index, asked.caller, kind, now=asked.at, rows=rows) as act:
            await spend_tickets_once(act.conn, jtis, until)
            yield act
    except TicketInvalid:
        now = index.clock()
        await asyncio.shield(record_ticket_refusal(index, asked.caller, 1, now))
        raise


def find_keys_by_year(
    keys: IndexKeys, point: StoredPoint, kinds: Collection[Kind]
) -> Mapping[int, frozenset[bytes]]:
    """Give the keyed hashes of a person, in entries of these kinds, of each year.

    Of the years whose ledger can be opened.
    """
    found = {}
    for year, name_key in sorted(keys.ledger_names.items()):
        if year in keys.disclosures:
            key, name = keys.disclosures[year], derive_person_name(point, name_key)
            found[year] = frozenset(person_find_key(key, name, one) for one in kinds)
    return found


async def record_about_person(
    act: Acting, asked: PersonAsked, done: PersonAct
) -> Entry:
    """Record an act about one person, under the person's next number.

    Names the tickets and the request to the holders, as a lookup's entry does, so that
    a day of the ledger can be held against the holders' statements.
    """
    name_key = act.index.keys.get_ledger_name_key(year_of(act.now))
    what = {**done.what, "req": asked.req, "tickets": list(asked.jtis)}
    named = Named(
        derive_person_name(asked.point, name_key),
        say_about(asked.pseudonym, asked.key_version),
    )
    return await record_person(act, named, replace(done, what=what))


async def record_person(
    act: Acting, named: Named, done: PersonAct, *, municipality: str | None = None
) -> Entry:
    """Record an act about a person, by their name in the ledger of this year.

    In the caller's municipality, or in the one that it was done for.
    """
    caller, key = act.caller, act.index.keys.get_disclosure_key(year_of(act.now))
    find = person_find_key(key, named.name, act.kind)
    (number,) = await raise_person_numbers(act.conn, key.year, [find])
    facts = EntryFacts(
        entry=new_uuid7(act.now),
        kind=act.kind,
        recorded_at=act.now,
        outcome=done.outcome,
        organisation=caller.organisation,
        municipality=municipality or caller.municipality,
        policy=done.policy,
        person=PersonGroup(named.name, number, named.about),
        who=caller.subject,
        role=RoleGroup(roles=sorted(caller.roles), team=caller.team),
        why=KINDS[act.kind].why or done.why,
        what=done.what,
        decision=DecisionGroup(done.outcome, done.grounds),
    )
    entropy = secrets.token_bytes(ENTROPY_BYTES)
    return await act.add(build_entry(facts, entropy=entropy, key=key))
