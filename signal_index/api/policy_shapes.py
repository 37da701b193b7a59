"""How a policy, its history and what a proposal changes look on the wire.

Everything here speaks of rules, roles and counts; nothing of it names a person who was
looked up, and only officers read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue, LoopAct, Purpose
from policy.matrix import Cell, build_matrix, find_cells
from policy.policy import Policy
from policy.replay import Replay
from policy.sentences import say_needs, say_purpose, say_rules
from policy.vocabulary import LoopActId, PurposeId, Role
from signal_index.labels import Labels
from signal_index.store.recorded_questions import Recorded
from signal_index.wire import policies as wire


def show_matrix(
    policy: Policy, place: MunicipalityCode, day: date
) -> Mapping[str, Any]:
    """Show who sees what, as members of `wire.Policy`."""
    catalogue = policy.catalogue
    rows = build_matrix(policy, day)
    seen = {role for row in rows for roles in row.sees.values() for role in roles}
    labels = catalogue.file.role_labels
    return {
        "roles": [
            wire.PolicyRole(id=one.value, label=labels[one])
            for one in Role
            if one in seen
        ],
        "categories": [
            wire.PolicyCategory(
                id=one.id, label=one.label, short=one.short, active=one.active
            )
            for one in catalogue.categories.values()
        ],
        "purposes": [
            _purpose(policy, catalogue.purposes[row.purpose], row.sees, place, day)
            for row in rows
        ],
        "loopActs": [
            _loop_act(policy, row, place, day) for row in catalogue.loop_acts.values()
        ],
        "rules": [
            wire.PolicyRule(
                id=one.id,
                effect="permit" if one.effect == "permit" else "forbid",
                about=one.about,
                text=one.text,
                remedy=one.remedy,
                lifted=one.lifted,
                chapter="loop" if one.chapter == "loop" else "lookup",
            )
            for one in say_rules(policy)
        ],
    }


def show_cells(old: Policy, new: Policy, day: date) -> wire.PolicyCells:
    """Show the cells of the matrix that open, and those that close."""
    before = find_cells(build_matrix(old, day))
    after = find_cells(build_matrix(new, day))
    return wire.PolicyCells(
        wider=[_cell(new.catalogue, one) for one in sorted(after - before)],
        narrower=[_cell(old.catalogue, one) for one in sorted(before - after)],
    )


def show_replay(
    old: Catalogue, new: Catalogue, found: Replay, recorded: Recorded
) -> wire.ReplayedQuestions:
    """Show how many recorded questions would show more or less, and of what.

    What left the catalogue is called by the label that it had there.
    """
    labels = Labels(new, {})
    purposes = {**old.purposes, **new.purposes}
    categories = {**old.categories, **new.categories}
    return wire.ReplayedQuestions(
        total=found.questions,
        isAll=recorded.is_all,
        wider=found.wider,
        narrower=found.narrower,
        newlyAnswered=found.newly_answered,
        newlyRefused=found.newly_refused,
        kinds=[
            wire.ReplayedKind(
                purpose=labels.of(purposes, purpose),
                category=labels.of(categories, category),
                gained=found.gained[purpose, category],
                lost=found.lost[purpose, category],
            )
            for purpose, category in sorted({*found.gained, *found.lost})
        ],
    )


def _purpose(
    policy: Policy,
    row: Purpose,
    sees: Mapping[Any, Any],
    place: MunicipalityCode,
    day: date,
) -> wire.PolicyPurpose:
    return wire.PolicyPurpose(
        id=row.id,
        label=row.label,
        sentence=say_purpose(policy.catalogue, row),
        needs=list(say_needs(policy.catalogue, row)),
        breakGlass=row.break_glass,
        legalBases=[
            wire.PolicyBasis(label=one.label, checked=one.checked)
            for one in row.legal_basis
        ],
        established=_established(policy, row.id, place, day),
        sees=[
            wire.PolicySight(category=category, roles=list(roles))
            for category, roles in sees.items()
            if roles
        ],
    )


def _loop_act(
    policy: Policy, row: LoopAct, place: MunicipalityCode, day: date
) -> wire.PolicyLoopAct:
    categories = policy.catalogue.categories
    basis = f"{row.basis.statute}, artikel {row.basis.article}"
    return wire.PolicyLoopAct(
        id=row.id,
        label=row.label,
        citizenText=row.citizen_text,
        categories=[categories[one].label for one in row.categories],
        basis=wire.PolicyBasis(label=basis, checked=row.basis.checked),
        established=_established(policy, row.id, place, day),
    )


def _established(
    policy: Policy, opened: PurposeId | LoopActId, place: MunicipalityCode, day: date
) -> wire.PolicyEstablishment | None:
    made = policy.find_establishment(place, opened, day)
    if made is None:
        return None
    return wire.PolicyEstablishment(
        by=Labels(policy.catalogue, {}).of(policy.catalogue.establishers, made.by_role),
        on=made.on,
        staatsblad=made.staatsblad,
    )


def _cell(catalogue: Catalogue, one: Cell) -> wire.PolicyCell:
    labels = Labels(catalogue, {})
    return wire.PolicyCell(
        purpose=labels.purpose(one.purpose),
        category=labels.category(one.category),
        role=catalogue.file.role_labels[Role(one.role)],
    )
