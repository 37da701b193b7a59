"""Acts of the loop: what comes back after a signal or a lookup, each by its own permit.

An act (`LoopActId`) is closed until the municipality established it. What it may be
about is data (`catalogue/loop-acts.toml`), its conditions are rules
(`rules/loop-acts.cedar`), and `decide_loop` alone makes a `LoopPermit`.

Invariants:
- nothing is permitted that some rule did not permit and no rule forbade;
- a silent lookup (purpose, role, exception, broken glass) gives no permit, so that it
  looks to everybody as if nobody had looked;
- the request that Cedar sees is built from a `LoopKey` alone, which names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import cedarpy

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue, Category, LoopAct
from policy.errors import LoopActDenied, UnknownCategory
from policy.key import calendar_day
from policy.memory import Verdicts
from policy.policy import Policy
from policy.rules import Allowed, Refused, ask
from policy.vocabulary import (
    Caller,
    CallerKind,
    CategoryId,
    Establishment,
    InformedCode,
    LoopActId,
    OrganisationKind,
    PurposeId,
    RefusalGround,
    Role,
)
from policy.world import EVER, day_entity, make_entity, parse_entities

LOOP_PERMIT_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LoopQuestion:
    """One act of the loop as it is asked: about which kinds, by whom, after what.

    `caller` is None where no person does it (a match, in the daily run). `partner` is
    the other kind of signal in a match. What is not known is left out; for a lookup
    give its purpose, how the citizen was informed and whether glass was broken.
    """

    act: LoopActId
    municipality: MunicipalityCode
    categories: tuple[CategoryId, ...]
    caller: Caller | None = None
    purpose: PurposeId | None = None
    informed: InformedCode | None = None
    broken_glass: bool = False
    partner: CategoryId | None = None


@dataclass(frozen=True, slots=True)
class LoopPermit:
    """That this act may be done, about these kinds of signals. Made by `decide_loop`.

    `most_days`: how long what the act makes may stand. `activity` and `policy_digest`
    are for its ledger entry.
    """

    act: LoopActId
    municipality: MunicipalityCode
    categories: frozenset[CategoryId]
    partner: CategoryId | None
    most_days: int
    valid_until: datetime
    activity: str
    policy_digest: str


class LoopKey(NamedTuple):
    """One Cedar question of the loop. Two equal keys always get the same verdict."""

    act: LoopActId
    is_person: bool
    account_active: bool
    roles: frozenset[Role]
    organisation_kind: OrganisationKind | None
    caller_municipality: MunicipalityCode
    municipality: MunicipalityCode
    purpose: PurposeId | None
    informed: InformedCode | None
    broken_glass: bool
    category: CategoryId
    partner: CategoryId
    day: date
    digest: str


def decide_loop(policy: Policy, asked: LoopQuestion, *, now: datetime) -> LoopPermit:
    """Permit one act of the loop, or raise `LoopActDenied` with every ground.

    The permit names the kinds of signals that remain; where none does, the grounds say
    why. A policy without rules or without establishments denies. Raises `NoDecision`
    where the rules gave no sure answer: then nothing is done, and nobody is told.

    Purpose limitation: GDPR art. 5(1)(b). Proven by
    tests/attack/test_who_looks_silently_tells_nobody.py.
    """
    day = calendar_day(now)
    if not policy.catalogue.categories.keys() >= set(asked.categories):
        raise UnknownCategory("the catalogue does not have this category")
    permitted: set[CategoryId] = set()
    failed: set[str] = set()
    verdicts = _find_verdicts(policy, _derive_first(policy, asked, day), asked)
    for category, verdict in zip(asked.categories, verdicts, strict=True):
        if isinstance(verdict, Allowed):
            permitted.add(category)
        elif isinstance(verdict, Refused):
            failed |= verdict.rules
    if not permitted:
        raise LoopActDenied(_grounds(policy, failed))
    row = policy.catalogue.loop_acts[asked.act]
    return LoopPermit(
        act=asked.act,
        municipality=asked.municipality,
        categories=frozenset(permitted),
        partner=asked.partner,
        most_days=row.most_days,
        valid_until=now + LOOP_PERMIT_LIFE,
        activity=str(row.activity),
        policy_digest=policy.digest(asked.municipality),
    )


def is_established(
    policy: Policy, act: LoopActId, municipality: MunicipalityCode, *, now: datetime
) -> bool:
    """Tell whether a municipality has switched an act on; it permits nothing by itself.

    For what must happen alike for every lookup there (a box for each), and for pages.
    """
    day = calendar_day(now)
    made = policy.find_establishment(municipality, act, day)
    return made is not None and made.on <= day


def _find_verdicts(policy: Policy, first: LoopKey, asked: LoopQuestion) -> Verdicts:
    """Give one verdict per category of a question; remembered, or asked together."""

    def asking() -> Verdicts:
        entities = _build_world(policy, first)
        keys = [
            first._replace(category=category, partner=asked.partner or category)
            for category in asked.categories
        ]
        requests = [_build_request(key) for key in keys]
        return ask(policy.book, policy.book.loop, entities, requests)

    return policy.remembered((first, asked.categories, asked.partner), asking)


def _derive_first(policy: Policy, asked: LoopQuestion, day: date) -> LoopKey:
    caller = asked.caller
    digest = policy.digest(asked.municipality)
    return LoopKey(
        act=asked.act,
        is_person=caller is not None and caller.kind is CallerKind.PERSON,
        account_active=caller is None or caller.active,
        roles=frozenset() if caller is None else caller.roles,
        organisation_kind=None if caller is None else caller.organisation_kind,
        caller_municipality=(
            asked.municipality if caller is None else caller.municipality
        ),
        municipality=asked.municipality,
        purpose=asked.purpose,
        informed=asked.informed,
        broken_glass=asked.broken_glass,
        category=asked.categories[0],
        partner=asked.categories[0],
        day=day,
        digest=digest,
    )


def _grounds(policy: Policy, names: set[str]) -> tuple[RefusalGround, ...]:
    return tuple(
        RefusalGround(rule.id, rule.text, rule.remedy)
        for rule in policy.book.rules.values()
        if rule.id in names
    )


def _build_world(policy: Policy, key: LoopKey) -> cedarpy.Entities:
    """Build what holds for one asker, one municipality and one day."""
    catalogue = policy.catalogue
    made = {
        act: policy.find_establishment(key.municipality, act, key.day)
        for act in catalogue.loop_acts
    }
    match = catalogue.loop_acts[LoopActId.MATCH]
    rows = [_act(catalogue, row, made[row.id]) for row in catalogue.file.loop_act]
    rows += [_category(row, match) for row in catalogue.file.category]
    rows.append(
        make_entity(
            "Asker",
            "asker",
            isPerson=key.is_person,
            active=key.account_active,
            roles=sorted(key.roles),
            organisationKind=key.organisation_kind or "",
            municipality=key.caller_municipality,
        )
    )
    return parse_entities(rows, policy.book.loop.schema)


def _act(
    catalogue: Catalogue, row: LoopAct, made: Establishment | None
) -> dict[str, Any]:
    first, last = catalogue.in_force(row)
    return make_entity(
        "LoopAct",
        row.id,
        categories=sorted(row.categories),
        roles=sorted(row.roles),
        organisationKinds=sorted(row.organisation_kinds),
        doneByPerson=bool(row.roles),
        notForPurposes=sorted(row.not_for_purposes),
        notForRoles=sorted(row.not_for_roles),
        notWhenInformed=sorted(row.not_when_informed),
        afterBrokenGlass=row.after_broken_glass,
        validFrom=day_entity(first),
        validUntil=day_entity(last),
        established=made is not None,
        establishedOn=day_entity(made.on if made is not None else EVER),
        needsStaatsblad=row.needs_staatsblad,
        hasStaatsblad=made is not None and made.staatsblad is not None,
    )


def _category(row: Category, match: LoopAct) -> dict[str, Any]:
    return make_entity(
        "Category",
        row.id,
        code=row.id,
        active=row.active,
        publishers=sorted(row.publishers),
        mayTell=sorted(to for of, to in match.named_pairs if of == row.id),
    )


def _build_request(key: LoopKey) -> dict[str, Any]:
    return {
        "principal": {"type": "Asker", "id": "asker"},
        "action": {"type": "Action", "id": str(key.act)},
        "resource": {"type": "Category", "id": str(key.category)},
        "context": {
            "act": {"__entity": {"type": "LoopAct", "id": str(key.act)}},
            "partner": {"__entity": {"type": "Category", "id": str(key.partner)}},
            "municipality": key.municipality,
            "purpose": key.purpose or "",
            "informed": key.informed or "",
            "brokenGlass": key.broken_glass,
            "day": day_entity(key.day),
        },
    }
