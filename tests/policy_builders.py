"""Questions, callers and policies for tests: valid by default, override one thing.

Everybody is fictional: municipality 9901 is Voorbeeldstad.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pysodium

from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym, parse_pseudonym
from policy.catalogue import Catalogue
from policy.decide import Policy, load_policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    Establishment,
    InformedCode,
    OrganisationKind,
    Question,
    Role,
    Subject,
    Training,
)

MUNICIPALITY = MunicipalityCode("9901")
OTHER_MUNICIPALITY = MunicipalityCode("9902")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAFETY_TRAINING = Training("veilig-thuis-2026", date(2026, 12, 31))
OPEN_PURPOSES = (
    "wmo-onderzoek",
    "schuldhulp-toegang",
    "jeugdhulp-toegang",
    "leerplicht-uitvoering",
    "veiligheid",
)


@cache
def closed_policy() -> Policy:
    """Give the shipped policy as it ships: nothing is established anywhere."""
    return load_policy()


def the_catalogue() -> Catalogue:
    """Give the shipped catalogue."""
    return closed_policy().catalogue


def an_establishment(purpose: str = "wmo-onderzoek", **changes: Any) -> Establishment:  # noqa: ANN401
    """Give an establishment by the college of Voorbeeldstad, well in the past."""
    made = Establishment(
        opens=the_catalogue().parse_opened(purpose),
        municipality=MUNICIPALITY,
        by_role="college",
        on=date(2026, 1, 15),
    )
    return replace(made, **changes)


def an_open_policy(
    purposes: Iterable[str] = OPEN_PURPOSES, *extra: Establishment
) -> Policy:
    """Give the shipped policy with these purposes established in Voorbeeldstad."""
    made = [an_establishment(purpose) for purpose in purposes]
    return closed_policy().with_establishments([*made, *extra])


def a_caller(**changes: Any) -> Caller:  # noqa: ANN401
    """Give a generalist of Voorbeeldstad's neighbourhood team."""
    caller = Caller(
        kind=CallerKind.PERSON,
        subject="user-1",
        organisation="00000001234567890000",
        organisation_kind=OrganisationKind.NEIGHBOURHOOD_TEAM,
        municipality=MUNICIPALITY,
        active=True,
        roles=frozenset({Role.GENERALIST}),
        trainings=(),
        assurance=Assurance.SUBSTANTIAL,
    )
    return replace(caller, **changes)


def a_safety_caller(**changes: Any) -> Caller:  # noqa: ANN401
    """Give a generalist for safety, with the training that Veilig Thuis asks."""
    safety = a_caller(
        roles=frozenset({Role.GENERALIST_SAFETY}), trainings=(SAFETY_TRAINING,)
    )
    return replace(safety, **changes)


def a_pseudonym(number: int = 7) -> Pseudonym:
    """Give a pseudonym of nobody."""
    hashed = hashlib.sha512(number.to_bytes(4)).digest()
    return parse_pseudonym(pysodium.crypto_core_ristretto255_from_hash(hashed))


def a_subject(informed: str | None = "discussed") -> Subject:
    """Give a person with whom the lookup was discussed."""
    return Subject(a_pseudonym(), an_informed_code(informed))


def an_informed_code(code: str | None) -> InformedCode | None:
    """Give the code of the shipped catalogue."""
    return None if code is None else the_catalogue().parse_informed(code)


def a_question(purpose: str = "wmo-onderzoek", **changes: Any) -> Question:  # noqa: ANN401
    """Give a question that an open policy permits (purposes of a generalist)."""
    catalogue = the_catalogue()
    found = catalogue.purposes[catalogue.parse_purpose(purpose)]
    caller = a_safety_caller() if purpose == "veiligheid" else a_caller()
    if OrganisationKind.NEIGHBOURHOOD_TEAM not in found.organisation_kinds:
        caller = replace(caller, organisation_kind=found.organisation_kinds[0])
    question = Question(
        caller=caller,
        municipality=MUNICIPALITY,
        purpose=found.id,
        legal_basis=found.legal_basis[0].id,
        case_reference="hmac-of-a-case-number",
        subjects=(a_subject(),),
    )
    return replace(question, **changes)
