"""Which purposes are open to this caller, with what each shows and what each needs.

For `GET /v1/catalogue` and for the desk's list of purposes. An offer is asked of the
same rules as a lookup, as the best question this caller could ask; it grants nothing.

What can change from one day to the next (a training that ran out, a login that is not
sure enough, a suspension) does not hide a purpose: whoever tries it gets every ground
with its remedy, and the refusal is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from keys.municipality import MunicipalityCode
from policy.catalogue import Purpose
from policy.decide import scope_text
from policy.key import calendar_day
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CategoryId,
    InformedCode,
    PurposeId,
    Question,
    RefusalGround,
    Training,
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
    short: str
    life_domains: tuple[Choice, ...]
    coordinates: bool


@dataclass(frozen=True, slots=True)
class PurposeOffer:
    """A purpose as this caller may use it in this municipality.

    `grounds` is what would refuse it today. Without `categories` it is closed to this
    role, organisation or municipality; with both, something can still be mended.
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
    about_safety: bool
    grounds: tuple[RefusalGround, ...]


def open_purposes(
    policy: Policy, caller: Caller, municipality: MunicipalityCode, *, now: datetime
) -> tuple[PurposeOffer, ...]:
    """Give the purposes that this role may use here, also if today something fails."""
    offers = all_purposes(policy, caller, municipality, now=now)
    return tuple(offer for offer in offers if offer.categories)


def all_purposes(
    policy: Policy, caller: Caller, municipality: MunicipalityCode, *, now: datetime
) -> tuple[PurposeOffer, ...]:
    """Give every purpose, the closed ones with the grounds that close them."""
    day = calendar_day(now)
    mended = _mended(policy, caller, day)
    return tuple(
        _offer(
            policy,
            row,
            today=_best(policy, row, _Asker(caller, municipality, day)),
            mended=_best(policy, row, _Asker(mended, municipality, day)),
        )
        for row in policy.catalogue.purposes.values()
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    caller: Caller
    municipality: MunicipalityCode
    day: date


def _mended(policy: Policy, caller: Caller, day: date) -> Caller:
    """Give this caller as they would be once everything that can be mended is."""
    return replace(
        caller,
        active=True,
        trainings=tuple(Training(code, day) for code in policy.catalogue.trainings),
        assurance=Assurance.HIGH,
    )


def _best(policy: Policy, row: Purpose, asker: _Asker) -> Weighed:
    """Weigh the best question that this caller could ask for this purpose."""
    question = Question(
        caller=asker.caller,
        municipality=asker.municipality,
        purpose=row.id,
        legal_basis=row.legal_basis[0].id,
        case_reference="present",
        subjects=(),
    )
    best: InformedCode | None = next(iter(row.informed_codes), None)
    return weigh(policy, question, (best,), asker.day)


def _offer(
    policy: Policy, row: Purpose, *, today: Weighed, mended: Weighed
) -> PurposeOffer:
    catalogue = policy.catalogue
    shown = mended.permitted
    reasons = catalogue.break_glass_reasons if row.break_glass else {}
    return PurposeOffer(
        id=row.id,
        label=row.label,
        citizen_text=row.citizen_text,
        scope_text=scope_text(catalogue, row.id, shown) if shown else "",
        legal_bases=tuple(Choice(b.id, b.label) for b in row.legal_basis),
        categories=tuple(_category(policy, category) for category in shown),
        look_back_months=row.look_back_months,
        needs_case_reference=row.needs_case_reference,
        needs_informed=row.needs_informed,
        informed_choices=tuple(_informed(policy, code) for code in row.informed_codes),
        break_glass_reasons=tuple(Choice(*pair) for pair in reasons.items()),
        about_safety=row.about_safety,
        grounds=today.refused,
    )


def _category(policy: Policy, category: CategoryId) -> OfferedCategory:
    row = policy.catalogue.categories[category]
    labels = policy.catalogue.life_domains
    domains = tuple(Choice(str(code), labels[code]) for code in row.life_domains)
    return OfferedCategory(category, row.label, row.short, domains, row.coordinates)


def _informed(policy: Policy, code: InformedCode) -> InformedChoice:
    entry = policy.catalogue.informed[code]
    return InformedChoice(code, entry.label, entry.kind == "exception")
