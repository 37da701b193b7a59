"""How a match is recorded: about whom, so that it stands in the citizen's report."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from policy.vocabulary import LoopActId
from signal_index.identifiers import new_uuid7
from signal_index.ledger import (
    ENTROPY_BYTES,
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
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.match_finding import FoundMatch, Run


async def record_matches(
    conn: AsyncConnection, found: Sequence[FoundMatch], run: Run, actor: str
) -> Sequence[tuple[FoundMatch, UUID]]:
    """Record of each that two were told of each other, and by which rule.

    Before anything is told: the caller's transaction makes both durable.
    """
    if not found:
        return ()
    key = run.telling.key
    finds = [person_find_key(key, one.name, Kind.MATCH) for one in found]
    numbers = await raise_person_numbers(conn, key.year, finds)
    entries = [
        _build(one, number, run, actor)
        for one, number in zip(found, numbers, strict=True)
    ]
    await insert_entries(conn, entries)
    return [(one, entry.id) for one, entry in zip(found, entries, strict=True)]


def _build(found: FoundMatch, number: int, run: Run, actor: str) -> Entry:
    now = run.telling.now
    basis = run.policy.catalogue.loop_acts[LoopActId.MATCH].basis
    facts = EntryFacts(
        entry=new_uuid7(now),
        kind=Kind.MATCH,
        recorded_at=now,
        outcome=Outcome.RECORDED,
        municipality=run.municipality,
        policy=found.permit.policy_digest,
        person=PersonGroup(found.name, number),
        who=actor,
        role=RoleGroup(roles=[]),
        why=WhyGroup("match", f"{basis.statute}, artikel {basis.article}"),
        what=_describe(found),
        decision=DecisionGroup(Outcome.RECORDED),
    )
    entropy = secrets.token_bytes(ENTROPY_BYTES)
    return build_entry(facts, entropy=entropy, key=run.telling.key)


def _describe(found: FoundMatch) -> JsonObject:
    """Give both signals as an answer's flags, in the order of their kinds."""
    both = sorted((found.one, found.other), key=lambda one: one.category)
    flags = [
        {
            "category": one.category,
            "contact": encode_b64u(one.contact_holder.bytes),
            "source": one.source,
        }
        for one in both
    ]
    return {"flags": flags}
