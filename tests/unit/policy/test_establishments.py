"""Who opened a purpose, since when, on which Staatsblad."""

from dataclasses import replace
from datetime import date
from typing import cast

import pytest

from keys.municipality import MunicipalityCode
from policy.errors import InvalidEstablishment, UnknownMunicipality
from policy.establishments import parse_staatsblad, verify_establishment
from policy.vocabulary import PurposeId, parse_municipality
from tests.policy_builders import (
    MUNICIPALITY,
    OTHER_MUNICIPALITY,
    an_establishment,
    closed_policy,
    the_catalogue,
)

DAY = date(2026, 6, 1)


@pytest.mark.parametrize("text", ["2027, 14", "Stb. 2027, 14", "2027-14", "2027,14"])
def test_a_staatsblad_number_is_written_one_way(text: str) -> None:
    assert parse_staatsblad(text) == "2027, 14"


@pytest.mark.parametrize(
    "text", ["", "14", "2027", "2027, ", "0027, 14", "2027, 012345"]
)
def test_what_is_no_staatsblad_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidEstablishment):
        parse_staatsblad(text)


def test_the_wams_cannot_be_established_without_its_staatsblad() -> None:
    with pytest.raises(InvalidEstablishment):
        verify_establishment(
            the_catalogue(), an_establishment("meervoudige-problematiek")
        )


def test_somebody_without_that_power_establishes_nothing() -> None:
    with pytest.raises(InvalidEstablishment):
        verify_establishment(the_catalogue(), an_establishment(by_role="alderman"))


def test_a_purpose_that_is_not_in_the_catalogue_cannot_be_established() -> None:
    stranger = cast("PurposeId", "no-such-purpose")
    with pytest.raises(InvalidEstablishment):
        closed_policy().with_establishments(
            [replace(an_establishment(), opens=stranger)]
        )


def test_an_establishment_counts_in_its_own_municipality_only() -> None:
    policy = closed_policy().with_establishments([an_establishment()])
    purpose = the_catalogue().parse_purpose("wmo-onderzoek")
    assert policy.find_establishment(MUNICIPALITY, purpose, DAY) is not None
    assert policy.find_establishment(OTHER_MUNICIPALITY, purpose, DAY) is None


def test_of_several_the_newest_that_has_begun_counts() -> None:
    first = an_establishment(on=date(2026, 1, 1))
    second = an_establishment(on=date(2026, 5, 1), by_role="mandated-manager")
    later = an_establishment(on=date(2026, 9, 1))
    policy = closed_policy().with_establishments([later, second, first])
    assert policy.find_establishment(MUNICIPALITY, first.opens, DAY) == second


def test_the_digest_changes_with_the_municipalitys_own_establishments() -> None:
    closed = closed_policy()
    opened = closed.with_establishments([an_establishment()])
    assert closed.digest(MUNICIPALITY) != opened.digest(MUNICIPALITY)
    assert closed.digest(OTHER_MUNICIPALITY) == opened.digest(OTHER_MUNICIPALITY)


@pytest.mark.parametrize("text", ["", "99", "99011", "99a1", "٩٩٠١", " 901"])
def test_a_municipality_is_four_digits(text: str) -> None:
    with pytest.raises(UnknownMunicipality):
        parse_municipality(text)


def test_a_municipality_keeps_its_leading_zero() -> None:
    assert parse_municipality("0014") == MunicipalityCode("0014")
