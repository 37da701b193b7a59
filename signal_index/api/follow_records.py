"""How following is recorded: about whom, so that it stands in the citizen's report."""

from __future__ import annotations

from typing import Literal

from keys.pseudonym import StoredPoint
from policy.loop import LoopPermit
from signal_index.api.acting import Acting
from signal_index.api.person_asked import PersonAct, record_person
from signal_index.identifiers import read_uuid7_instant
from signal_index.ledger import Outcome, WhyGroup
from signal_index.proof import Json, JsonObject
from signal_index.signals import derive_person_name
from signal_index.store.follows import StoredFollow
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
    """Record what became of a follow; of one that was taken over, from which colleague.

    In the year of its lookup about that person, too; past New Year the follow knows no
    name in the new ledger, and its entry says which lookup it came of.
    """
    what: dict[str, Json] = {"act": done, "entry": str(one.said.entry)}
    if done == "taken-over":
        what["takenFrom"] = one.said.follower.sub
    if year_of(act.now) == year_of(read_uuid7_instant(one.said.entry)):
        await _record(act, one, one.said.ledger_name, what, None)
    else:
        await act.record(what)


async def _record(
    act: Acting, one: StoredFollow, name: bytes, what: JsonObject, policy: str | None
) -> None:
    said = one.said
    why = WhyGroup(said.purpose, said.legal_basis, said.case_reference, said.informed)
    done = PersonAct(what, Outcome.RECORDED, policy=policy, why=why)
    await record_person(act, name, done, municipality=one.municipality)
