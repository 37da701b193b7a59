"""Which purposes are open to this caller, with what each shows and what each needs.

For `GET /v1/catalogue` and for the desk's list of purposes. An offer is asked of the
same rules as a lookup, as the best question this caller could ask; it grants nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from policy.catalogue import Purpose
from policy.decide import scope_text
from policy.key import calendar_day
from policy.policy import Policy
from policy.vocabulary import (
    Caller,
    CategoryId,
    InformedCode,
    MunicipalityCode,
    PurposeId,
    Question,
    RefusalGround,
)
from policy.weigh import Weighed, weigh


@dataclass(frozen=True, slots=True)
class Choice:
    """A code to choose from, with its Dutch label."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class InformedChoice:
    """A way of being informed; `exception` means that the citizen was not."""

    id: str
    label: str
    exception: bool


@dataclass(frozen=True, slots=True)
class OfferedCategory:
    """A category that this purpose shows to this caller."""

    id: CategoryId
    label: str
    life_domains: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PurposeOffer:
    """A purpose as this caller may use it in this municipality.

    Closed where `grounds` is not empty; then there is nothing that it shows.
    """

    id: PurposeId
    label: str
    citizen_text: str
    scope_text: str
    legal_bases: tuple[Choice, ...]
    categories: tuple[OfferedCategory, ...]
    look_back_months: int
    needs_case_reference: bool
    needs_informed: bool
    informed_choices: tuple[InformedChoice, ...]
    break_glass_reasons: tuple[Choice, ...]
    grounds: tuple[RefusalGround, ...]


def open_purposes(
    policy: Policy, caller: Caller, municipality: MunicipalityCode, *, now: datetime
) -> tuple[PurposeOffer, ...]:
    """Give the purposes that this caller may use here today."""
    offers = all_purposes(policy, caller, municipality, now=now)
    return tuple(offer for offer in offers if not offer.grounds)


def all_purposes(
    policy: Policy, caller: Caller, municipality: MunicipalityCode, *, now: datetime
) -> tuple[PurposeOffer, ...]:
    """Give every purpose, the closed ones with the grounds that close them."""
    day = calendar_day(now)
    return tuple(
        _offer(policy, row, _best(policy, row, caller, municipality, day))
        for row in policy.catalogue.purposes.values()
    )


def _best(
    policy: Policy,
    row: Purpose,
    caller: Caller,
    municipality: MunicipalityCode,
    day: date,
) -> Weighed:
    """Weigh the best question that this caller could ask for this purpose."""
    question = Question(
        caller=caller,
        municipality=municipality,
        purpose=row.id,
        legal_basis=row.legal_basis[0].id,
        case_reference="present",
        subjects=(),
    )
    best: InformedCode | None = next(iter(row.informed_codes), None)
    return weigh(policy, question, (best,), day)


def _offer(policy: Policy, row: Purpose, weighed: Weighed) -> PurposeOffer:
    catalogue = policy.catalogue
    reasons = catalogue.break_glass_reasons if row.break_glass else {}
    return PurposeOffer(
        id=row.id,
        label=row.label,
        citizen_text=row.citizen_text,
        scope_text=(
            scope_text(catalogue, row.id, weighed.permitted)
            if weighed.permitted
            else ""
        ),
        legal_bases=tuple(Choice(b.id, b.label) for b in row.legal_basis),
        categories=tuple(_category(policy, id_) for id_ in weighed.permitted),
        look_back_months=row.look_back_months,
        needs_case_reference=row.needs_case_reference,
        needs_informed=row.needs_informed,
        informed_choices=tuple(_informed(policy, code) for code in row.informed_codes),
        break_glass_reasons=tuple(Choice(*pair) for pair in reasons.items()),
        grounds=weighed.refused,
    )


def _category(policy: Policy, category: CategoryId) -> OfferedCategory:
    row = policy.catalogue.categories[category]
    labels = policy.catalogue.life_domains
    domains = tuple(Choice(str(code), labels[code]) for code in row.life_domains)
    return OfferedCategory(category, row.label, domains)


def _informed(policy: Policy, code: InformedCode) -> InformedChoice:
    entry = policy.catalogue.informed[code]
    return InformedChoice(code, entry.label, entry.kind == "exception")
