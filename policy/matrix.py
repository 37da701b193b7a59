"""Who may see what, once a municipality has established the purpose.

Every cell is asked of the rules themselves, as the best question a role could ask; the
matrix cannot say anything else than a lookup would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue, Purpose
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    CategoryId,
    Establishment,
    PurposeId,
    Question,
    Role,
    Training,
)
from policy.weigh import weigh

ANYWHERE = MunicipalityCode("0000")
ONCE_PUBLISHED = "2999, 1"  # stands for the number that a purpose still waits for


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """That a role sees a category with a purpose."""

    purpose: str
    category: str
    role: str


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose: which roles see which category with it."""

    purpose: PurposeId
    sees: dict[CategoryId, tuple[Role, ...]]


def build_matrix(policy: Policy, day: date) -> tuple[Row, ...]:
    """Ask the rules, for every purpose, role and category, who sees what."""
    catalogue = policy.catalogue
    opened = policy.with_establishments(
        Establishment(
            purpose,
            ANYWHERE,
            next(iter(catalogue.establishers)),
            day,
            ONCE_PUBLISHED if row.needs_staatsblad else None,
        )
        for purpose, row in catalogue.purposes.items()
    )
    return tuple(_row(opened, row, day) for row in catalogue.purposes.values())


def find_cells(rows: Iterable[Row]) -> frozenset[Cell]:
    """Give every cell in which somebody sees something: what two matrices differ in."""
    return frozenset(
        Cell(str(row.purpose), str(category), str(role))
        for row in rows
        for category, roles in row.sees.items()
        for role in roles
    )


def _row(policy: Policy, row: Purpose, day: date) -> Row:
    sees: dict[CategoryId, list[Role]] = {category: [] for category in row.sees}
    for role in Role:
        for category in _seen(policy, row, role, day):
            sees[category].append(role)
    return Row(row.id, {category: tuple(roles) for category, roles in sees.items()})


def _seen(policy: Policy, row: Purpose, role: Role, day: date) -> set[CategoryId]:
    best = next(iter(row.informed_codes), None)
    seen: set[CategoryId] = set()
    for question in _questions(policy.catalogue, row, role, day):
        seen.update(weigh(policy, question, (best,), day).permitted)
    return seen


def _questions(
    catalogue: Catalogue, row: Purpose, role: Role, day: date
) -> Iterator[Question]:
    """Give the best question of a role, from each kind of organisation."""
    caller = Caller(
        kind=CallerKind.PERSON,
        subject="",
        organisation="",
        organisation_kind=row.organisation_kinds[0],
        municipality=ANYWHERE,
        active=True,
        roles=frozenset({role}),
        trainings=tuple(Training(code, day) for code in catalogue.trainings),
        assurance=Assurance.HIGH,
    )
    for kind in row.organisation_kinds:
        yield Question(
            caller=replace(caller, organisation_kind=kind),
            municipality=ANYWHERE,
            purpose=row.id,
            legal_basis=row.legal_basis[0].id,
            case_reference="present",
            subjects=(),
        )
