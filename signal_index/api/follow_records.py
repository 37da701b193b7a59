"""How following is recorded: about whom, so that it stands in the citizen's report."""

from __future__ import annotations

import secrets
from typing import Literal

from keys.pseudonym import StoredPoint
from policy.loop import LoopPermit
from signal_index.api.acting import Acting
from signal_index.identifiers import new_uuid7, read_uuid7_instant
from signal_index.ledger import (
    ENTROPY_BYTES,
    DecisionGroup,
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
from signal_index.signals import derive_person_name
from signal_index.store.follows import StoredFollow
from signal_index.store.ledger import raise_person_numbers
from signal_index.store.notices import year_of


async def record_begun(
    act: Acting, point: StoredPoint, one: StoredFollow, permit: LoopPermit
) -> None:
    """Record that a case is followed, for what, until when."""
    name = derive_person_name(
        point, act.index.keys.get_ledger_name_key(year_of(act.now))
    )
    what: JsonObject = {
        "act": "begun",
        "entry": str(one.said.entry),
        "until": one.until.isoformat(),
    }
    await _record(act, one, name, what, permit.policy_digest)


async def record_about(
    act: Acting, one: StoredFollow, done: Literal["ended", "taken-over"]
) -> None:
    """Record what became of a follow.

    In the year of its lookup about that person, too; past New Year the follow knows no
    name in the new ledger, and its entry says which lookup it came of.
    """
    what: JsonObject = {"act": done, "entry": str(one.said.entry)}
    if year_of(act.now) == year_of(read_uuid7_instant(one.said.entry)):
        await _record(act, one, one.said.ledger_name, what, None)
    else:
        await act.record(what)


async def _record(
    act: Acting, one: StoredFollow, name: bytes, what: JsonObject, policy: str | None
) -> None:
    keys, caller, said = act.index.keys, act.caller, one.said
    key = keys.get_disclosure_key(year_of(act.now))
    find = person_find_key(key, name, Kind.FOLLOW)
    (number,) = await raise_person_numbers(act.conn, key.year, [find])
    facts = EntryFacts(
        entry=new_uuid7(act.now),
        kind=Kind.FOLLOW,
        recorded_at=act.now,
        outcome=Outcome.RECORDED,
        organisation=caller.organisation,
        municipality=one.municipality,
        policy=policy,
        person=PersonGroup(name, number),
        who=caller.subject,
        role=RoleGroup(roles=sorted(caller.roles), team=caller.team),
        why=WhyGroup(
            said.purpose, said.legal_basis, said.case_reference, said.informed
        ),
        what=what,
        decision=DecisionGroup(Outcome.RECORDED),
    )
    entropy = secrets.token_bytes(ENTROPY_BYTES)
    await act.add(build_entry(facts, entropy=entropy, key=key))
