"""Explain one question: what it would show, what it would not, and every ground.

For people who write and check the policy. Unlike an answer this names what is withheld:
it speaks of rules and of nobody.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from policy.catalogue import Catalogue
from policy.errors import InvalidQuestion
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    Establishment,
    InformedCode,
    OrganisationKind,
    Question,
    Role,
    Training,
    parse_municipality,
)
from policy.weigh import Weighed, weigh


def _split(value: object) -> object:
    """Read "a, b" as two values; a file gives a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class QuestionForm(BaseModel):
    """A question as people write it down: valid by default, name what differs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    legal_basis: str | None = None  # the purpose's first, where not named
    roles: Annotated[tuple[Role, ...], BeforeValidator(_split)] = (Role.GENERALIST,)
    trainings: Words = ()
    caller_kind: CallerKind = CallerKind.PERSON
    organisation_kind: OrganisationKind = OrganisationKind.NEIGHBOURHOOD_TEAM
    caller_municipality: str = "9901"
    municipality: str = "9901"
    active: bool = True
    assurance: Assurance = Assurance.SUBSTANTIAL
    case_reference: bool = True
    informed: Words = ("discussed",)  # one for each person asked about; "-" is none
    break_glass: str | None = None
    established: bool = True
    established_on: date | None = None
    staatsblad: str | None = None
    day: date | None = None


def read_form(path: Path | None, changes: dict[str, Any]) -> QuestionForm:
    """Read a question from a TOML or JSON file and changes, or `InvalidQuestion`."""
    said: dict[str, Any] = {}
    try:
        if path is not None:
            text = path.read_text(encoding="utf-8")
            said = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        if not isinstance(said, dict):
            raise InvalidQuestion("a question is a table of names and values")
        return QuestionForm.model_validate(said | changes)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InvalidQuestion(f"the file cannot be read: {fault}") from None
    except ValidationError as fault:
        faults = [
            f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}"
            for error in fault.errors(include_url=False, include_input=False)
        ]
        raise InvalidQuestion("\n".join(faults)) from None


@dataclass(frozen=True, slots=True)
class Posed:
    """A question as it can be asked: of which policy, how informed, on which day."""

    policy: Policy
    question: Question
    informed: tuple[InformedCode | None, ...]
    day: date


def pose(policy: Policy, form: QuestionForm, today: date) -> Posed:
    """Make the form's question; raises `UnknownCode` or `InvalidEstablishment`.

    The purpose is taken as established, unless the form says otherwise or the purpose
    still waits for its Staatsblad.
    """
    catalogue = policy.catalogue
    day = form.day or today
    question = _question(catalogue, form, day)
    purpose = catalogue.purposes[question.purpose]
    made = []
    if form.established and (form.staatsblad or not purpose.needs_staatsblad):
        on = form.established_on or purpose.valid_from
        place = (question.purpose, question.municipality)
        by_role = next(iter(catalogue.establishers))
        made.append(Establishment(*place, by_role, on, form.staatsblad))
    codes = tuple(
        None if code == "-" else catalogue.parse_informed(code)
        for code in form.informed or ("-",)
    )
    return Posed(policy.with_establishments(made), question, codes, day)


def explain(policy: Policy, form: QuestionForm, today: date) -> Weighed:
    """Weigh the question of this form, and keep what was withheld."""
    posed = pose(policy, form, today)
    return weigh(posed.policy, posed.question, posed.informed, posed.day)


def _question(catalogue: Catalogue, form: QuestionForm, day: date) -> Question:
    purpose = catalogue.purposes[catalogue.parse_purpose(form.purpose)]
    return Question(
        caller=Caller(
            kind=form.caller_kind,
            subject="",
            organisation="",
            organisation_kind=form.organisation_kind,
            municipality=parse_municipality(form.caller_municipality),
            active=form.active,
            roles=frozenset(form.roles),
            trainings=tuple(Training(code, day) for code in form.trainings),
            assurance=form.assurance,
        ),
        municipality=parse_municipality(form.municipality),
        purpose=purpose.id,
        legal_basis=(
            purpose.legal_basis[0].id
            if form.legal_basis is None
            else catalogue.parse_legal_basis(form.legal_basis)
        ),
        case_reference="present" if form.case_reference else None,
        subjects=(),
        break_glass=(
            None
            if form.break_glass is None
            else catalogue.parse_break_glass_reason(form.break_glass)
        ),
    )
