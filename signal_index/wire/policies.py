"""The policy of a municipality: who sees what, each rule, versions, and changing it.

Everything here speaks of rules, roles and counts; nothing of it names a person.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from signal_index.wire.approvals import Approval
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import Account
from signal_index.wire.values import Day, Digest, Id, Instant, SlugText, unfit

BUNDLE_MAXIMUM = 600_000
Words = Annotated[str, Field(max_length=80)]


class PolicyInForce(AnswerModel):
    """Which policy holds; one that is not usable cannot be read: nothing is shown."""

    serial: int
    digest: Digest
    version: str
    isShipped: bool
    isUsable: bool


class PolicyRole(AnswerModel):
    """A role that sees something."""

    id: str
    label: str


class PolicyCategory(AnswerModel):
    """A kind of signal, and whether it takes part."""

    id: str
    label: str
    short: str
    active: bool


class PolicyBasis(AnswerModel):
    """A legal basis; `checked` by a lawyer, or not yet."""

    label: str
    checked: bool


class PolicyEstablishment(AnswerModel):
    """Who established a purpose here, and when."""

    by: str
    on: Day
    staatsblad: str | None


class PolicySight(AnswerModel):
    """Which roles see a category with a purpose."""

    category: str
    roles: list[str]


class PolicyPurpose(AnswerModel):
    """A purpose in one sentence: what it needs, rests on and shows."""

    id: str
    label: str
    sentence: str
    needs: list[str]
    breakGlass: bool
    legalBases: list[PolicyBasis]
    established: PolicyEstablishment | None
    sees: list[PolicySight]


class PolicyLoopAct(AnswerModel):
    """An act that brings something back: what a citizen reads of it, its basis."""

    id: str
    label: str
    citizenText: str
    categories: list[str]
    basis: PolicyBasis
    established: PolicyEstablishment | None


class PolicyRule(AnswerModel):
    """One rule in a sentence; `lifted` where the glass is broken."""

    id: str
    effect: Literal["permit", "forbid"]
    about: str
    text: str
    remedy: str
    lifted: bool
    chapter: Literal["lookup", "loop"]


class PolicyAdoption(AnswerModel):
    """One line of the history: which bundle, since when, by which two persons.

    Neither of them where the approval is not as this index wrote it.
    """

    serial: int
    digest: Digest
    version: str
    activatedAt: Instant
    requestedBy: Account | None
    approvedBy: Account | None


class Policy(AnswerModel):
    """What holds here: who sees what, every rule, the versions, what waits."""

    municipality: str
    inForce: PolicyInForce
    mayPropose: bool
    roles: list[PolicyRole]
    categories: list[PolicyCategory]
    purposes: list[PolicyPurpose]
    loopActs: list[PolicyLoopAct]
    rules: list[PolicyRule]
    history: list[PolicyAdoption]
    proposals: list[Approval]


class PolicyBundle(AnswerModel):
    """Catalogue and rules as one text, whose SHA-256 names it."""

    format: Literal["signal-policy/bundle/1"]
    catalogue: dict[str, str]
    rules: dict[str, str]


class SwitchedCategory(RequestModel):
    """One kind of signal, on or off: for which purposes, under which statute."""

    id: SlugText
    active: bool
    purposes: Annotated[list[SlugText], Field(max_length=50, default_factory=list)]
    statute: Words = ""
    article: Words = ""
    checked: bool = False


class PolicyProposal(RequestModel):
    """Exactly one: a bundle's text, one kind of signal, or a proposal that waits."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    bundle: Annotated[str, Field(min_length=1, max_length=BUNDLE_MAXIMUM)] | None = None
    category: SwitchedCategory | None = None
    approval: Id | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        said = [one for one in self.__dict__.values() if one is not None]
        if len(said) != 1 or len(self.model_fields_set) != 1:
            raise unfit("missing")
        return self


class PolicyDifference(AnswerModel):
    """One change, with the way it goes."""

    direction: Literal["wider", "narrower", "other"]
    about: str
    text: str


class PolicyCell(AnswerModel):
    """One cell of the matrix: a role sees a category with a purpose."""

    purpose: str
    category: str
    role: str


class PolicyCells(AnswerModel):
    """The cells that open, and those that close."""

    wider: list[PolicyCell]
    narrower: list[PolicyCell]


class ReplayedKind(AnswerModel):
    """How many recorded questions would show more or less of one category."""

    purpose: str
    category: str
    gained: int
    lost: int


class ReplayedQuestions(AnswerModel):
    """What a proposal does to questions that were asked; `isAll`: none was left out."""

    total: int
    isAll: bool
    wider: int
    narrower: int
    newlyAnswered: int
    newlyRefused: int
    kinds: list[ReplayedKind]


class PolicySimulation(AnswerModel):
    """What a proposal changes: in the rules, the matrix, and recorded questions."""

    digest: Digest
    base: Digest
    version: str
    widens: bool
    differences: list[PolicyDifference]
    matrix: PolicyCells
    days: int
    questions: ReplayedQuestions
