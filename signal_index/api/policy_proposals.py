"""Propose another policy, see what it would change, put it in force with two persons.

- Proposing is the first person's approval, and an entry; approving is the second's.
  Both name the bundle's SHA-256, and so does the entry that puts it in force.
- A proposal is bound to the policy that held when it was made: what was compared is
  what is activated, or `ProposalOutdated`.
- What widens needs the privacy officer among the two.
- Only the municipality proposes and approves: a policy is its own, not a team's.
- A simulation opens role, why and decision of recorded lookups, never the person or the
  user; it is recorded as a search.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.bundle import Bundle, load_bundle, parse_bundle
from policy.change import CategorySwitch, switch_category
from policy.differences import Difference, find_differences, widens
from policy.errors import (
    ChangeNotPossible,
    InvalidBundle,
    InvalidCatalogue,
    InvalidRules,
)
from policy.key import calendar_day
from policy.policy import Policy
from policy.replay import Replay, replay
from policy.vocabulary import Caller, OrganisationKind, Role
from signal_index.api.acting import acting
from signal_index.api.approvals import record_approval, show_approval
from signal_index.api.callers import Approver, ApproverCaller, MunicipalApprover
from signal_index.api.context import Index, TheIndex
from signal_index.api.policies import find_base_bundle
from signal_index.api.policy_activation import MATTER
from signal_index.api.policy_shapes import show_cells, show_replay
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import (
    ApprovalAlreadyOpen,
    AssuranceTooLow,
    NothingChanges,
    PolicyUnusable,
    UnknownApproval,
    UnknownPolicy,
)
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.policies import (
    Proposal,
    get_bundle,
    get_proposal,
    insert_bundle,
    insert_proposal,
)
from signal_index.store.recorded_questions import (
    QuestionOpener,
    Recorded,
    read_recorded_questions,
)
from signal_index.wire import policies as wire
from signal_index.wire.approvals import Approval
from signal_index.wire.errors import InvalidField

REPLAYED_DAYS: Final = 90
_FACTS: Final = (
    NothingChanges,
    UnknownPolicy,
    UnknownApproval,
    PolicyUnusable,
    InvalidCatalogue,
    InvalidRules,
    InvalidBundle,
    ChangeNotPossible,
)

routes = Routes("regels")


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposed bundle held against the policy that is in force."""

    bundle: Bundle
    base: bytes
    old: Policy
    new: Policy
    differences: tuple[Difference, ...]
    must_be_officer: bool


@routes.post(
    "/policy/simulations",
    "Wat een voorstel verandert, ook voor vragen van de laatste 90 dagen",
    raises=_FACTS,
)
async def simulate_policy(
    body: wire.PolicyProposal, index: TheIndex, caller: Approver
) -> wire.PolicySimulation:
    """Say what a proposal changes: in the rules, the matrix, and recorded questions."""
    now = index.clock()
    compared = await _compare(index, caller, body)
    standing = await index.standing.get(now)
    reader = QuestionOpener(
        caller.scope,
        index.keys.disclosures,
        {
            oin: OrganisationKind(one.kind)
            for oin, one in standing.organisations.items()
            if one.kind in set(OrganisationKind)
        },
    )
    since = now - timedelta(days=REPLAYED_DAYS)
    async with looking(index.engine) as conn:
        recorded = await read_recorded_questions(conn, reader, since=since)
    found = await asyncio.to_thread(_replay, compared, recorded, now)
    what: JsonObject = {
        "act": "policy-simulated",
        "sha256": compared.bundle.digest.hex(),
        "questions": recorded.count,
    }
    async with acting(index, caller.caller, Kind.SEARCH) as act:
        await act.record(what)
    return _show(compared, found, recorded, now)


@routes.post(
    "/policy/proposals",
    "Andere regels voorstellen; een tweede persoon keurt goed",
    status=201,
    raises=(*_FACTS, AssuranceTooLow, ApprovalAlreadyOpen),
)
async def propose_policy(
    body: wire.PolicyProposal, index: TheIndex, caller: MunicipalApprover
) -> Approval:
    """Propose a policy: the first of its two persons, and a request to the second."""
    who = caller.caller
    compared = await _compare(index, caller, body)
    async with acting(index, who, Kind.APPROVAL) as act:
        await insert_bundle(act.conn, compared.bundle, now=act.now)
        matter = _matter(compared, who)
        asked = await request_approval(
            act.conn, matter, who, index.receipt_key, now=act.now
        )
        proposal = Proposal(
            asked.id, who.municipality, compared.bundle.digest, compared.base
        )
        await insert_proposal(act.conn, proposal)
        await record_approval(act, "requested", asked)
    return show_approval(asked, who)


async def _compare(
    index: Index, caller: ApproverCaller, body: wire.PolicyProposal
) -> Compared:
    """Read a proposal in one of its three forms, and hold it against what holds."""
    place = caller.scope.municipality
    standing = await index.standing.get(index.clock())
    base = index.policy.digest_in_force(place)
    async with looking(index.engine) as conn:
        before = await find_base_bundle(conn, index, place)
        bundle = await _read_form(conn, before, place, body)
    new = await asyncio.to_thread(load_bundle, bundle)
    try:
        old, closed = index.policy.get(standing, place), False
    except PolicyUnusable:
        old, closed = await asyncio.to_thread(load_bundle, before), True
    if bundle.digest == base and not closed:
        raise NothingChanges
    opened = index.policy.establish(standing, new)
    differences = find_differences(old, opened)
    must = closed or widens(differences)
    return Compared(bundle, base, old, opened, differences, must)


async def _read_form(
    conn: AsyncConnection, base: Bundle, place: str, said: wire.PolicyProposal
) -> Bundle:
    if said.bundle is not None:
        return parse_bundle(said.bundle.encode())
    if said.approval is not None:
        proposal = await get_proposal(conn, said.approval, place)
        return await get_bundle(conn, proposal.digest)
    if said.category is None:
        raise InvalidField("body", "missing")
    return await asyncio.to_thread(switch_category, base, _switch(said.category))


def _switch(said: wire.SwitchedCategory) -> CategorySwitch:
    return CategorySwitch(
        category=said.id,
        active=said.active,
        purposes=tuple(str(one) for one in said.purposes),
        statute=said.statute.strip(),
        article=said.article.strip(),
        checked=said.checked,
    )


def _matter(compared: Compared, who: Caller) -> Matter:
    return Matter(
        kind=MATTER,
        municipality=who.municipality,
        digest=compared.bundle.digest,
        title_code="policy-wider" if compared.must_be_officer else "policy-narrower",
        needs_role=Role.PRIVACY_OFFICER if compared.must_be_officer else None,
    )


def _replay(compared: Compared, recorded: Recorded, now: datetime) -> Replay:
    day = calendar_day(now)
    return replay(compared.old, compared.new, recorded.questions, day)


def _show(
    compared: Compared, found: Replay, recorded: Recorded, now: datetime
) -> wire.PolicySimulation:
    old, new = compared.old, compared.new
    return wire.PolicySimulation(
        digest=compared.bundle.digest.hex(),
        base=compared.base.hex(),
        version=new.catalogue.version,
        widens=compared.must_be_officer,
        differences=[
            wire.PolicyDifference(
                direction=one.direction.value, about=one.about, text=one.text
            )
            for one in compared.differences
        ],
        matrix=show_cells(old, new, calendar_day(now)),
        days=REPLAYED_DAYS,
        questions=show_replay(old.catalogue, new.catalogue, found, recorded),
    )
