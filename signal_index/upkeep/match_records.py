"""How a match is recorded: about whom, so that it stands in the citizen's report."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from policy.vocabulary import LoopActId
from signal_index.identifiers import new_uuid7
from signal_index.ledger import (
    ENTROPY_BYTES,
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
from signal_index.matching import take_bracket
from signal_index.proof import ABOUT_SALT_BYTES, HASH_BYTES, JsonObject
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.match_finding import FoundMatch, Run

LEAST: Final = 8
"""How many entries a round makes at least: most days have fewer matches than this."""

_NAME_BYTES: Final = 32
_COVER: Final[JsonObject] = {"flags": [], "cover": True}


async def record_matches(
    conn: AsyncConnection, found: Sequence[FoundMatch], run: Run, actor: str
) -> Sequence[tuple[FoundMatch, UUID]]:
    """Record of each that two were told of each other, and by which rule.

    Before anything is told: the caller's transaction makes both durable. With covers,
    about nobody, up to a bracket: how many entries there are is public, and would say
    whether anybody was matched. Which are covers is in their seals alone.
    """
    key = run.telling.key
    covers = take_bracket(max(len(found), LEAST)) - len(found)
    told = [(one.name, one.about) for one in found]
    told += [_cover() for _ in range(covers)]
    names = [name for name, _ in told]
    whats = [*map(_describe, found), *[_COVER] * covers]
    finds = [person_find_key(key, name, Kind.MATCH) for name in names]
    numbers = await raise_person_numbers(conn, key.year, finds)
    persons = [
        PersonGroup(name, number, about)
        for (name, about), number in zip(told, numbers, strict=True)
    ]
    entries = [
        _build(person, what, run, actor)
        for person, what in zip(persons, whats, strict=True)
    ]
    await insert_entries(conn, secrets.SystemRandom().sample(entries, len(entries)))
    return [(one, entry.id) for one, entry in zip(found, entries, strict=False)]


def _cover() -> tuple[bytes, AboutGroup]:
    """Give what names nobody, of the length of what names somebody."""
    name, salt, mark = (
        secrets.token_bytes(length)
        for length in (_NAME_BYTES, ABOUT_SALT_BYTES, HASH_BYTES)
    )
    return name, AboutGroup(1, salt, mark)


def _build(person: PersonGroup, what: JsonObject, run: Run, actor: str) -> Entry:
    now = run.telling.now
    basis = run.policy.catalogue.loop_acts[LoopActId.MATCH].basis
    facts = EntryFacts(
        entry=new_uuid7(now),
        kind=Kind.MATCH,
        recorded_at=now,
        outcome=Outcome.RECORDED,
        municipality=run.municipality,
        policy=run.policy.digest(MunicipalityCode(run.municipality)),
        person=person,
        who=actor,
        role=RoleGroup(roles=[]),
        why=WhyGroup("match", f"{basis.statute}, artikel {basis.article}"),
        what=what,
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
