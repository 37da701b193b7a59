"""Accept or refuse a notice by its category, its kind of source and its municipality.

What no established purpose may read, nobody may push: a category is open in a
municipality only where an established purpose names it (data minimisation, GDPR
art. 5(1)(c)). None of it depends on the person or on other signals.

Veilig Thuis chooses per case, at the source, whether a case takes part; a case without
that choice is simply not published, and nothing on the wire says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from keys.months import add_months
from keys.municipality import MunicipalityCode
from policy.catalogue import Category
from policy.errors import (
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    UnknownCategory,
)
from policy.key import calendar_day
from policy.policy import Policy
from policy.vocabulary import CategoryId, InformedCode, PurposeId, SourceKind


@dataclass(frozen=True, slots=True)
class Publication:
    """What a notice asks to be accepted, without the person it is about."""

    source_kind: SourceKind
    category: CategoryId
    municipality: MunicipalityCode
    informed: InformedCode
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class PermittedPublication:
    """What may be accepted; `latest_end` is the last day on which it may be active."""

    category: CategoryId
    municipality: MunicipalityCode
    latest_end: date


def permit_publication(
    policy: Policy, publication: Publication, *, now: datetime
) -> PermittedPublication:
    """Accept a notice's category, source, informed code and life, or raise.

    Raises `CategoryNotOpen` (not active, or not for this kind of source),
    `CategoryNotEstablished` (no established purpose of this municipality names it),
    `InformedCodeRefused`, `LifeTooLong`, or `UnknownCategory`.
    Proven by tests/unit/policy/test_publication.py.
    """
    day = calendar_day(now)
    category = policy.catalogue.categories.get(publication.category)
    if category is None:
        raise UnknownCategory("the catalogue does not have this category")
    _verify_open(category, publication.source_kind, day)
    if find_opening_purpose(policy, publication.municipality, category.id, day) is None:
        raise CategoryNotEstablished("no established purpose here names the category")
    if publication.informed not in category.informed_codes:
        raise InformedCodeRefused("the category does not accept this informed code")
    latest_end = add_months(day, category.maximum_life_months)
    if not publication.valid_from <= publication.valid_until <= latest_end:
        raise LifeTooLong("the notice lives longer than its category allows")
    return PermittedPublication(category.id, publication.municipality, latest_end)


def find_publishable(
    policy: Policy, kind: SourceKind, municipality: MunicipalityCode, *, now: datetime
) -> tuple[Category, ...]:
    """Find what this kind of source may publish there today, for a form to offer.

    It permits nothing: each notice is asked of `permit_publication`.
    """
    day = calendar_day(now)
    return tuple(
        category
        for category in policy.catalogue.categories.values()
        if _find_closure(category, kind, day) is None
        and find_opening_purpose(policy, municipality, category.id, day) is not None
    )


def find_opening_purpose(
    policy: Policy, municipality: MunicipalityCode, category: CategoryId, day: date
) -> PurposeId | None:
    """Give a purpose, established and in force there, that names this category."""
    for purpose in policy.catalogue.purposes.values():
        first, last = policy.catalogue.in_force(purpose)
        if category not in purpose.sees or not first <= day <= last:
            continue
        made = policy.find_establishment(municipality, purpose.id, day)
        if made is None or day < made.on:
            continue
        if made.staatsblad is not None or not purpose.needs_staatsblad:
            return purpose.id
    return None


def _verify_open(category: Category, kind: SourceKind, day: date) -> None:
    closed = _find_closure(category, kind, day)
    if closed is not None:
        raise CategoryNotOpen(closed)


def _find_closure(category: Category, kind: SourceKind, day: date) -> str | None:
    """Say why a category is closed to a kind of source that day; None where open."""
    if not category.active:
        return "the category is not active"
    begun = category.valid_from is None or category.valid_from <= day
    over = category.valid_until is not None and category.valid_until < day
    if over or not begun:
        return "the category is not in force today"
    if kind not in category.publishers:
        return "the category is not open to this kind of source"
    return None
