"""How following is recorded: about whom, so that it stands in the citizen's report."""

from __future__ import annotations

from typing import Literal

from keys.errors import InvalidRow
from keys.pseudonym import StoredPoint
from policy.loop import LoopPermit
from signal_index.api.acting import Acting
from signal_index.api.person_asked import PersonAct, name_person, record_person
from signal_index.follows import name_follow_row
from signal_index.ledger import Outcome, WhyGroup
from signal_index.proof import Json, JsonObject
from signal_index.store.follows import StoredFollow
from signal_index.store.notices import year_of


async def record_begun(
    act: Acting, point: StoredPoint, one: StoredFollow, permit: LoopPermit
) -> None:
    """Record that a case is followed, for what, until when."""
    what: JsonObject = {
        "act": "begun",
        "entry": str(one.said.entry),
        "until": one.until.isoformat(),
    }
    await _record(act, one, point, what, permit.policy_digest)


async def record_about(
    act: Acting, one: StoredFollow, done: Literal["ended", "taken-over"]
) -> None:
    """Record what became of a follow; of one that was taken over, from which colleague.

    About that person, whose row says who it is: in the new ledger too, past New Year.
    """
    what: dict[str, Json] = {"act": done, "entry": str(one.said.entry)}
    if done == "taken-over":
        what["takenFrom"] = one.said.follower.sub
    row = name_follow_row(one.organisation)
    try:
        point = act.index.keys.row_keys.open(one.said.person, row)
    except InvalidRow:  # it says no more who it is, and must end all the same
        await act.record(what)
    else:
        await _record(act, one, point, what, None)


async def _record(
    act: Acting,
    one: StoredFollow,
    point: StoredPoint,
    what: JsonObject,
    policy: str | None,
) -> None:
    said = one.said
    why = WhyGroup(said.purpose, said.legal_basis, said.case_reference, said.informed)
    done = PersonAct(what, Outcome.RECORDED, policy=policy, why=why)
    named = name_person(act.index.keys, point, year_of(act.now))
    await record_person(act, named, done, municipality=one.municipality)
