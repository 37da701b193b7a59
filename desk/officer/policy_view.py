"""The matrix and the rules as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from signal_index.wire.policies import Policy, PolicyPurpose, PolicyRule

GROUPS: Final = ("permit", "question", "category", "loop")


@dataclass(frozen=True, slots=True)
class Cell:
    """Who sees one kind of signal with one purpose: letters, and the roles in full."""

    letters: str
    roles: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One kind of signal, with a cell for every purpose."""

    label: str
    active: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who sees what: `legend` names each letter; columns are numbered purposes."""

    legend: tuple[tuple[str, str], ...]
    purposes: tuple[PolicyPurpose, ...]
    rows: tuple[MatrixRow, ...]


def describe_matrix(policy: Policy) -> Matrix:
    """Lay the matrix out: kinds of signals below each other, purposes side by side."""
    letters = dict(zip((one.id for one in policy.roles), ascii_uppercase, strict=False))
    labels = {one.id: one.label for one in policy.roles}
    seen = {
        (purpose.id, one.category): one.roles
        for purpose in policy.purposes
        for one in purpose.sees
    }
    rows = tuple(
        MatrixRow(
            category.label,
            category.active,
            tuple(
                _cell(seen.get((purpose.id, category.id), []), letters, labels)
                for purpose in policy.purposes
            ),
        )
        for category in policy.categories
    )
    legend = tuple((letters[one], labels[one]) for one in labels)
    return Matrix(legend, tuple(policy.purposes), rows)


def describe_rules(
    policy: Policy,
) -> tuple[tuple[str, tuple[PolicyRule, ...]], ...]:
    """Give the rules in groups: what may, what it needs, what shows, what returns."""
    return tuple(
        (group, tuple(rule for rule in policy.rules if _group_of(rule) == group))
        for group in GROUPS
    )


def _group_of(rule: PolicyRule) -> str:
    if rule.chapter == "loop":
        return "loop"
    return "permit" if rule.effect == "permit" else rule.about


def _cell(roles: list[str], letters: dict[str, str], labels: dict[str, str]) -> Cell:
    return Cell(
        " ".join(letters[one] for one in roles), ", ".join(labels[one] for one in roles)
    )
