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
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.bundle import Bundle, load_bundle, parse_bundle
from policy.change import CategorySwitch, switch_category
from policy.differences import Difference, find_differences, widens
from policy.key import calendar_day
from policy.policy import Policy
from policy.replay import Replay, replay
from policy.vocabulary import Caller, OrganisationKind, Role
from signal_index.api.approvals import describe_approval, record_approval
from signal_index.api.callers import Approver, ApproverCaller
from signal_index.api.context import Index, get_index
from signal_index.api.policies import find_base_bundle
from signal_index.api.policy_activation import MATTER
from signal_index.api.policy_shapes import shape_cells, shape_differences, shape_replay
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.errors import CallerNotAllowed, NothingChanges, PolicyUnusable
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_slug, parse_uuid
from signal_index.notice.fields import parse_bool, parse_list, parse_object, parse_text
from signal_index.proof import JsonObject
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.ledger import insert_entries
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

REPLAYED_DAYS: Final = 90
_BUNDLE_MAXIMUM: Final = 600_000
_TEXT_MAXIMUM: Final = 80
_MOST_PURPOSES: Final = 50
_FORMS: Final = ("bundle", "category", "approval")

routes = Routes()


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposed bundle held against the policy that is in force."""

    bundle: Bundle
    base: bytes
    old: Policy
    new: Policy
    differences: tuple[Difference, ...]
    must_be_officer: bool


@routes.post("/policy/simulations")
async def simulate_policy(request: Request, caller: Approver) -> Response:
    """Say what a proposal changes: in the rules, the matrix, and recorded questions."""
    index = get_index(request)
    now = index.clock()
    compared = await _compare(index, caller, await read_json(request))
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
    async with committing(index.engine) as conn:
        entry = record_act(Kind.SEARCH, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return give_json(_shape(compared, found, recorded, now))


@routes.post("/policy/proposals")
async def propose_policy(request: Request, caller: Approver) -> Response:
    """Propose a policy: the first of its two persons, and a request to the second."""
    index, who = get_index(request), caller.caller
    _verify_municipality(caller)
    compared = await _compare(index, caller, await read_json(request))
    now = index.clock()
    async with committing(index.engine) as conn:
        await insert_bundle(conn, compared.bundle, now=now)
        asked = await request_approval(conn, _matter(compared, who), who, now=now)
        proposal = Proposal(
            asked.id, who.municipality, compared.bundle.digest, compared.base
        )
        await insert_proposal(conn, proposal)
        entry = record_approval(index, who, "requested", asked)
        await insert_entries(conn, [entry])
    return give_json(describe_approval(asked, who), 201)


async def _compare(index: Index, caller: ApproverCaller, body: object) -> Compared:
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
    conn: AsyncConnection, base: Bundle, place: str, body: object
) -> Bundle:
    item = parse_object(body, (), _FORMS)
    if len(item) != 1:
        raise InvalidField("body", "missing")
    if "bundle" in item:
        text = parse_text(item["bundle"], "bundle", maximum=_BUNDLE_MAXIMUM)
        return parse_bundle(text.encode())
    if "approval" in item:
        wanted = parse_uuid(item["approval"], "approval")
        return await get_bundle(conn, (await get_proposal(conn, wanted, place)).digest)
    return await asyncio.to_thread(
        switch_category, base, _parse_switch(item["category"])
    )


def _parse_switch(value: object) -> CategorySwitch:
    keys = ("id", "active")
    more = ("purposes", "statute", "article", "checked")
    item = parse_object(value, keys, more, field="category")
    purposes = parse_list(item.get("purposes", []), "purposes", maximum=_MOST_PURPOSES)
    return CategorySwitch(
        category=parse_slug(item["id"], "category"),
        active=parse_bool(item["active"], "active"),
        purposes=tuple(str(parse_slug(one, "purposes")) for one in purposes),
        statute=_parse_words(item, "statute"),
        article=_parse_words(item, "article"),
        checked=parse_bool(item.get("checked", False), "checked"),
    )


def _parse_words(item: Mapping[str, object], field: str) -> str:
    """Give a statute or article as it was typed; absent or empty is none."""
    said = item.get(field, "")
    if said == "":
        return ""
    return parse_text(said, field, maximum=_TEXT_MAXIMUM).strip()


def _matter(compared: Compared, who: Caller) -> Matter:
    return Matter(
        kind=MATTER,
        municipality=who.municipality,
        digest=compared.bundle.digest,
        title_code="policy-wider" if compared.must_be_officer else "policy-narrower",
        needs_role=Role.PRIVACY_OFFICER if compared.must_be_officer else None,
    )


def _verify_municipality(caller: ApproverCaller) -> None:
    if caller.scope.organisation is not None:
        raise CallerNotAllowed


def _replay(compared: Compared, recorded: Recorded, now: datetime) -> Replay:
    day = calendar_day(now)
    return replay(compared.old, compared.new, recorded.questions, day)


def _shape(
    compared: Compared, found: Replay, recorded: Recorded, now: datetime
) -> Mapping[str, object]:
    old, new = compared.old, compared.new
    return {
        "digest": compared.bundle.digest.hex(),
        "base": compared.base.hex(),
        "version": new.catalogue.version,
        "widens": compared.must_be_officer,
        "differences": shape_differences(compared.differences),
        "matrix": shape_cells(old, new, calendar_day(now)),
        "days": REPLAYED_DAYS,
        "questions": shape_replay(old.catalogue, new.catalogue, found, recorded),
    }
