"""How a policy, its history and what a proposal changes look on the wire.

Everything here speaks of rules, roles and counts; nothing of it names a person who was
looked up, and only officers read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue, Purpose
from policy.differences import Difference
from policy.errors import UnknownCode
from policy.matrix import Cell, build_matrix, find_cells
from policy.policy import Policy
from policy.replay import Replay
from policy.sentences import say_needs, say_purpose, say_rules
from policy.vocabulary import Role
from signal_index.notice.fields import encode_instant
from signal_index.store.approvals import Approval
from signal_index.store.policies import StoredAdoption
from signal_index.store.recorded_questions import Recorded

Shape = Mapping[str, Any]


def shape_matrix(policy: Policy, place: MunicipalityCode, day: date) -> Shape:
    """Give who sees what: purposes with their sentence, categories, roles, rules."""
    catalogue = policy.catalogue
    rows = build_matrix(policy, day)
    seen = {role for row in rows for roles in row.sees.values() for role in roles}
    labels = catalogue.file.role_labels
    return {
        "roles": [{"id": one, "label": labels[one]} for one in Role if one in seen],
        "categories": [
            {"id": one.id, "label": one.label, "short": one.short, "active": one.active}
            for one in catalogue.categories.values()
        ],
        "purposes": [
            {
                **_purpose(policy, catalogue.purposes[row.purpose], place, day),
                "sees": [
                    {"category": category, "roles": list(roles)}
                    for category, roles in row.sees.items()
                    if roles
                ],
            }
            for row in rows
        ],
        "rules": [
            {
                "id": one.id,
                "effect": one.effect,
                "about": one.about,
                "text": one.text,
                "remedy": one.remedy,
                "lifted": one.lifted,
            }
            for one in say_rules(policy)
        ],
    }


def shape_differences(differences: Iterable[Difference]) -> list[Shape]:
    """Give each change with the way it goes."""
    return [
        {"direction": one.direction.value, "about": one.about, "text": one.text}
        for one in differences
    ]


def shape_cells(old: Policy, new: Policy, day: date) -> Shape:
    """Give the cells of the matrix that open, and those that close."""
    before = find_cells(build_matrix(old, day))
    after = find_cells(build_matrix(new, day))
    return {
        "wider": [_cell(new.catalogue, one) for one in sorted(after - before)],
        "narrower": [_cell(old.catalogue, one) for one in sorted(before - after)],
    }


def shape_replay(
    old: Catalogue, new: Catalogue, found: Replay, recorded: Recorded
) -> Shape:
    """Give how many recorded questions would show more or less, and of what."""
    pairs = sorted({*found.gained, *found.lost})
    return {
        "total": found.questions,
        "isAll": recorded.is_all,
        "wider": found.wider,
        "narrower": found.narrower,
        "newlyAnswered": found.newly_answered,
        "newlyRefused": found.newly_refused,
        "kinds": [
            {
                "purpose": _purpose_label((new, old), purpose),
                "category": _category_label((new, old), category),
                "gained": found.gained[purpose, category],
                "lost": found.lost[purpose, category],
            }
            for purpose, category in pairs
        ],
    }


def shape_adoption(made: StoredAdoption, approval: Approval, version: str) -> Shape:
    """Give one line of the history: which bundle, since when, by which two persons."""
    return {
        "serial": made.serial,
        "digest": made.digest.hex(),
        "version": version,
        "activatedAt": encode_instant(made.activated_at),
        "requestedBy": approval.requested_by,
        "approvedBy": approval.decided_by,
    }


def _purpose(policy: Policy, row: Purpose, place: MunicipalityCode, day: date) -> Shape:
    catalogue = policy.catalogue
    made = policy.find_establishment(place, row.id, day)
    return {
        "id": row.id,
        "label": row.label,
        "sentence": say_purpose(catalogue, row),
        "needs": list(say_needs(catalogue, row)),
        "breakGlass": row.break_glass,
        "legalBases": [
            {"label": one.label, "checked": one.checked} for one in row.legal_basis
        ],
        "established": None
        if made is None
        else {
            "by": catalogue.establishers.get(made.by_role, made.by_role),
            "on": made.on.isoformat(),
            "staatsblad": made.staatsblad,
        },
    }


def _cell(catalogue: Catalogue, one: Cell) -> Shape:
    return {
        "purpose": _purpose_label((catalogue,), one.purpose),
        "category": _category_label((catalogue,), one.category),
        "role": catalogue.file.role_labels[Role(one.role)],
    }


def _purpose_label(catalogues: Sequence[Catalogue], one: str) -> str:
    for catalogue in catalogues:
        try:
            return catalogue.purposes[catalogue.parse_purpose(one)].label
        except UnknownCode:
            continue
    return one


def _category_label(catalogues: Sequence[Catalogue], one: str) -> str:
    for catalogue in catalogues:
        try:
            return catalogue.categories[catalogue.parse_category(one)].label
        except UnknownCode:
            continue
    return one
