"""The form of the catalogue: what each TOML table may say. Unknown keys are refused.

Ids of other tables are members of enums made from those tables (`Ids`, given to
pydantic as context): a reference to what does not exist is an error on its own line.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from policy.faults import Fault
from policy.vocabulary import (
    Assurance,
    BreakGlassReason,
    CategoryId,
    InformedCode,
    LegalBasisId,
    LoopActId,
    OrganisationKind,
    Outcome,
    PurposeId,
    Role,
    SourceKind,
)

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
Label = Annotated[str, StringConstraints(min_length=2, max_length=80)]
Sentence = Annotated[str, StringConstraints(min_length=10, max_length=160)]
Text = Annotated[str, StringConstraints(min_length=40, max_length=600)]
Months = Annotated[int, Field(ge=1, le=60)]
LifeMonths = Annotated[int, Field(ge=1, le=24)]  # no signal lives longer unconfirmed


@dataclass(frozen=True, slots=True)
class Ids:
    """The enums that the catalogue's own tables make."""

    purpose: type[PurposeId]
    category: type[CategoryId]
    legal_basis: type[LegalBasisId]
    informed: type[InformedCode]
    break_glass_reason: type[BreakGlassReason]
    outcome: type[Outcome]
    source_kind: type[SourceKind]
    life_domain: type[StrEnum]
    training: type[StrEnum]
    activity: type[StrEnum]
    approver: type[StrEnum]


def _member(table: str) -> PlainValidator:
    """Accept only an id that the given table of this catalogue has."""

    def check(value: Any, info: ValidationInfo) -> enum.Enum:  # noqa: ANN401
        members: type[StrEnum] = getattr(info.context, table)
        if value not in members.__members__:
            raise ValueError(Fault.NO_SUCH_ID)
        return members[value]

    return PlainValidator(check)


def _names_all(words: type[StrEnum]) -> AfterValidator:
    """Demand a label for every word: what has no name cannot be shown."""

    def check(labels: dict[StrEnum, str]) -> dict[StrEnum, str]:
        if set(labels) != set(words):
            raise ValueError(Fault.NO_LABEL)
        return labels

    return AfterValidator(check)


def _are_all(words: type[StrEnum]) -> AfterValidator:
    """Demand a row for every word, and no other: code knows each of them by name."""

    def check(rows: tuple[LoopAct, ...]) -> tuple[LoopAct, ...]:
        if {row.id for row in rows} != set(words):
            raise ValueError(Fault.NOT_EVERY_ACT)
        return rows

    return AfterValidator(check)


def _two_different(approvers: tuple[StrEnum, StrEnum]) -> tuple[StrEnum, StrEnum]:
    if approvers[0] == approvers[1]:
        raise ValueError(Fault.SAME_APPROVER)
    return approvers


PAIR: Final = " -> "


def _names_a_pair(text: str, info: ValidationInfo) -> str:
    """Accept only two different categories of this catalogue, as "a -> b"."""
    of, _, to = text.partition(PAIR)
    known = info.context.category.__members__ if info.context else {}
    if of not in known or to not in known or of == to:
        raise ValueError(Fault.NO_SUCH_ID)
    return text


Approvers = Annotated[
    tuple[
        Annotated[StrEnum, _member("approver")],
        Annotated[StrEnum, _member("approver")],
    ],
    AfterValidator(_two_different),
]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Self:
        for name, value in self:
            if isinstance(value, tuple) and len(set(value)) != len(value):
                raise ValueError(Fault.NAMED_TWICE, name)
        return self


class Coded(_Row):
    """One member of a closed list, with its Dutch label."""

    id: Code
    label: Label


class CorrectionReason(Coded):
    """What a citizen says is wrong (GDPR art. 16), or why sharing must stop (21)."""

    kind: Literal["correction", "objection"]
    citizen_text: Sentence


class CorrectionAnswer(Coded):
    """What a source answers to it; `upholds`: the citizen is right."""

    upholds: bool
    citizen_text: Sentence


class InformedEntry(Coded):
    """A way of being informed, or an exception to it."""

    id: Annotated[InformedCode, _member("informed")]
    kind: Literal["informed", "exception"]


class Reference(_Row):
    """A statute and its article; `checked` only after a lawyer looked it up."""

    statute: Label
    article: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    checked: bool


class OfficerPurpose(Coded):
    """Why an officer searches the ledger; `citizen`: also by a citizen's number."""

    citizen: bool
    basis: Reference


class KeptAfterEnd(_Row):
    """What the law allows to keep once a signal has ended, and for how long."""

    state: Literal["ended", "archived"]
    months: Months
    allowed_by: Reference


class Category(_Row):
    """A kind of signal: who may publish it, how long it lives, what it is called."""

    id: Annotated[CategoryId, _member("category")]
    label: Label
    short: Label
    citizen_text: Sentence | None = None
    life_domains: Annotated[
        tuple[Annotated[StrEnum, _member("life_domain")], ...], Field(min_length=1)
    ]
    sensitivity: Literal["normal", "sensitive", "special"]
    active: bool
    maximum_life_months: LifeMonths
    publishers: Annotated[
        tuple[Annotated[SourceKind, _member("source_kind")], ...], Field(min_length=1)
    ]
    informed_codes: Annotated[
        tuple[Annotated[InformedCode, _member("informed")], ...], Field(min_length=1)
    ]
    contact_functions: tuple[Label, ...] = ()
    recorded_under: Reference | None = None
    shared_under: Reference | None = None
    kept_after_end: KeptAfterEnd | None = None
    embargo: bool = False  # may be kept out of a citizen's report for a while
    coordinates: bool = False  # who tells of it coordinates what the others do
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _active_needs_a_basis(self) -> Self:
        if self.active and self.recorded_under is None and self.shared_under is None:
            raise ValueError(Fault.ACTIVE_WITHOUT_BASIS)
        return self

    @property
    def keeps(self) -> KeptAfterEnd | None:
        """Give what may be kept after the end: nothing until a lawyer checked it."""
        kept = self.kept_after_end
        return kept if kept is not None and kept.allowed_by.checked else None


class LegalBasis(_Row):
    """A basis on which a purpose may rest."""

    id: Annotated[LegalBasisId, _member("legal_basis")]
    label: Label
    statute: Label
    article: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    gdpr: Literal["6(1)(c)", "6(1)(d)", "6(1)(e)"]
    checked: bool


class Purpose(_Row):
    """A purpose: who may ask for it, on which basis, and what it can show."""

    id: Annotated[PurposeId, _member("purpose")]
    label: Label
    citizen_text: Text
    sees: Annotated[
        tuple[Annotated[CategoryId, _member("category")], ...], Field(min_length=1)
    ]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    organisation_kinds: Annotated[tuple[OrganisationKind, ...], Field(min_length=1)]
    look_back_months: Months
    needs_case_reference: bool
    needs_informed: bool
    informed_codes: tuple[Annotated[InformedCode, _member("informed")], ...]
    trainings: tuple[Annotated[StrEnum, _member("training")], ...]
    assurance: Assurance
    break_glass: bool
    needs_staatsblad: bool
    about_safety: bool = False  # an embargo keeps the lookup itself out of a report too
    valid_from: date
    valid_until: date | None = None
    approved_by: Approvers
    activity: Annotated[StrEnum, _member("activity")]
    legal_basis: Annotated[tuple[LegalBasis, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.needs_informed and not self.informed_codes:
            raise ValueError(Fault.INFORMED_WITHOUT_CODE)
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(Fault.ENDS_BEFORE_START)
        return self


class LoopAct(_Row):
    """An act of the loop: about which kinds, by whom, and when nobody hears of it.

    `names` only says something of a match: "a -> b" lets b hear of a. `most_days` is
    how long what the act makes may stand.
    """

    id: Annotated[LoopActId, Strict(strict=False)]
    label: Label
    citizen_text: Text
    categories: Annotated[
        tuple[Annotated[CategoryId, _member("category")], ...], Field(min_length=1)
    ]
    names: tuple[Annotated[str, AfterValidator(_names_a_pair)], ...]
    roles: tuple[Role, ...]
    organisation_kinds: tuple[OrganisationKind, ...]
    not_for_purposes: tuple[Annotated[PurposeId, _member("purpose")], ...]
    not_for_roles: tuple[Role, ...]
    not_when_informed: tuple[Annotated[InformedCode, _member("informed")], ...]
    after_broken_glass: bool
    most_days: Annotated[int, Field(ge=1, le=366)]
    needs_staatsblad: bool
    valid_from: date
    valid_until: date | None = None
    approved_by: Approvers
    activity: Annotated[StrEnum, _member("activity")]
    basis: Reference

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(Fault.ENDS_BEFORE_START)
        return self

    @property
    def named_pairs(self) -> tuple[tuple[str, str], ...]:
        """Give each pair of `names`: (of which kind, to which kind)."""
        return tuple((of, to) for of, _, to in (n.partition(PAIR) for n in self.names))


class CatalogueFile(_Row):
    """All files of the catalogue, taken together."""

    format: Literal["signal-policy/catalogue/1"]
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+$")]
    valid_from: date
    valid_until: date | None = None
    approved_by: Approvers
    life_domain_list: Literal["zrm-2017"]
    life_domain: Annotated[tuple[Coded, ...], Field(min_length=13, max_length=13)]
    informed: tuple[InformedEntry, ...]
    break_glass_reason: tuple[Coded, ...]
    outcome: tuple[Coded, ...]
    source_kind: tuple[Coded, ...]
    contact_function: tuple[Coded, ...]
    training: tuple[Coded, ...]
    activity: tuple[Coded, ...]
    approver: tuple[Coded, ...]
    establisher: tuple[Coded, ...]
    officer_purpose: Annotated[tuple[OfficerPurpose, ...], Field(min_length=1)]
    act_purpose: tuple[Coded, ...]
    citizens_see_teams: bool
    identity_check: tuple[Coded, ...]
    extension_reason: tuple[Coded, ...]
    request_closing: tuple[Coded, ...]
    embargo_reason: tuple[Coded, ...]
    embargo_lifting: tuple[Coded, ...]
    correction_reason: tuple[CorrectionReason, ...]
    correction_answer: tuple[CorrectionAnswer, ...]
    role_labels: Annotated[dict[Role, Label], _names_all(Role)]
    organisation_kind_labels: Annotated[
        dict[OrganisationKind, Label], _names_all(OrganisationKind)
    ]
    category: tuple[Category, ...]
    purpose: tuple[Purpose, ...]
    loop_act: Annotated[tuple[LoopAct, ...], _are_all(LoopActId)]
