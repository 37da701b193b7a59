"""What the edge writes into the ledger: one place for the facts of each act.

A lookup's entries (one per person, answered or refused alike) name the person by the
ledger's own name for the year; other acts name a digest and counts, never a person.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from keys.pseudonym import KeyVersion, StoredPoint
from policy.vocabulary import Caller, Question
from signal_index.identifiers import new_uuid7, new_uuids7
from signal_index.keyring import IndexKeys
from signal_index.ledger import (
    ENTROPY_BYTES,
    DecisionGroup,
    Entry,
    EntryFacts,
    Kind,
    Outcome,
    PersonGroup,
    RoleGroup,
    ShownFlag,
    WhyGroup,
    build_entry,
    derive_mark,
    describe_lookup,
    person_find_key,
    turn_mark,
)
from signal_index.ledger.trace import TraceContext
from signal_index.proof import JsonObject
from signal_index.signals import StoredSignal, derive_person_name, say_about


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """One lookup as the ledger records it, whatever came of it."""

    question: Question
    key_version: KeyVersion
    tickets: tuple[str, ...]
    req: str
    at: datetime
    names: tuple[bytes, ...]
    activity: str
    policy: str
    trace: TraceContext | None = None

    @property
    def year(self) -> int:
        """Give the year in whose ledger the lookup stands."""
        return self.at.astimezone(UTC).year


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it: outcome, grounds, and whether it was asked before."""

    outcome: Outcome
    grounds: tuple[str, ...] = ()
    repeat: bool = False
    categories: tuple[str, ...] = ()


def name_persons(
    points: Sequence[StoredPoint], keys: IndexKeys, at: datetime
) -> tuple[bytes, ...]:
    """Give the names that this year's ledger has for these persons."""
    key = keys.get_ledger_name_key(at.astimezone(UTC).year)
    return tuple(derive_person_name(point, key) for point in points)


def find_keys_of(asked: Asked, keys: IndexKeys) -> tuple[bytes, ...]:
    """Give the keyed hashes under which these persons are numbered."""
    key = keys.get_disclosure_key(asked.year)
    return tuple(person_find_key(key, name, Kind.LOOKUP) for name in asked.names)


def record_lookup(
    asked: Asked,
    decided: Decided,
    numbers: Sequence[int],
    signals: Sequence[Sequence[StoredSignal]],
    keys: IndexKeys,
) -> tuple[Entry, ...]:
    """Build the entries of one lookup, one per person asked about."""
    caller, question = asked.question.caller, asked.question
    entries = []
    ids = new_uuids7(asked.at, len(question.subjects))
    for place, (entry, subject) in enumerate(zip(ids, question.subjects, strict=True)):
        facts = EntryFacts(
            entry=entry,
            kind=Kind.LOOKUP,
            recorded_at=asked.at,
            outcome=decided.outcome,
            organisation=caller.organisation,
            municipality=question.municipality,
            activity=asked.activity,
            policy=asked.policy,
            person=PersonGroup(
                asked.names[place],
                numbers[place],
                say_about(subject.pseudonym, asked.key_version),
            ),
            who=caller.subject,
            role=_role(caller),
            why=_why(question, subject.informed),
            what=_what(
                entry, asked, decided, asked.names[place], signals[place], keys=keys
            ),
            decision=DecisionGroup(decided.outcome, decided.grounds, decided.repeat),
        )
        entries.append(_build(facts, keys))
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class SpecialAct:
    """An act that says more than its kind and what.

    `policy`: the digest of what it puts in force, for the clear header; `why`: an
    officer's purpose.
    """

    kind: Kind
    what: JsonObject
    policy: str | None = None
    why: WhyGroup | None = None


def record_act(
    kind: Kind, caller: Caller, what: JsonObject, keys: IndexKeys, at: datetime
) -> Entry:
    """Build the entry of an act that is about no person in particular."""
    return record_special(SpecialAct(kind, what), caller, keys, at)


def record_special(
    act: SpecialAct, caller: Caller, keys: IndexKeys, at: datetime
) -> Entry:
    """Build the entry of such an act."""
    refused = act.kind is Kind.TICKET_REFUSED
    facts = EntryFacts(
        entry=new_uuid7(at),
        kind=act.kind,
        recorded_at=at,
        outcome=Outcome.REFUSED if refused else Outcome.RECORDED,
        organisation=caller.organisation,
        municipality=caller.municipality,
        policy=act.policy,
        who=caller.subject,
        role=_role(caller),
        why=act.why,
        what=act.what,
    )
    return _build(facts, keys)


def _build(facts: EntryFacts, keys: IndexKeys) -> Entry:
    return build_entry(
        facts,
        entropy=secrets.token_bytes(ENTROPY_BYTES),
        key=keys.get_disclosure_key(facts.year),
    )


def _role(caller: Caller) -> RoleGroup:
    return RoleGroup(roles=sorted(caller.roles), team=caller.team)


def _why(question: Question, informed: str | None) -> WhyGroup:
    return WhyGroup(
        purpose=question.purpose,
        legal_basis=question.legal_basis,
        case_reference=question.case_reference,
        informed=informed,
        break_glass=question.break_glass,
    )


def _what(
    entry: UUID,
    asked: Asked,
    decided: Decided,
    name: bytes,
    signals: Sequence[StoredSignal],
    *,
    keys: IndexKeys,
) -> JsonObject:
    caller, case = asked.question.caller, asked.question.case_reference
    bound = asked.tickets if case is None else ["case", case]
    whose = [caller.organisation, caller.subject, *bound]
    key = keys.get_disclosure_key(asked.year)
    return describe_lookup(
        flags=[
            ShownFlag(
                one.category,
                one.source,
                one.contact_id,
                turn_mark(
                    key, entry, place, derive_mark(key, whose, name, one.reference)
                ),
            )
            for place, one in enumerate(signals)
        ],
        categories=decided.categories,
        tickets=asked.tickets,
        req=asked.req,
    )
