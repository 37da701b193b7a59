"""What may be published, by whom, where, and for how long."""

from datetime import date, timedelta
from typing import Any, cast

import pytest

from keys.municipality import MunicipalityCode
from policy.errors import (
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    UnknownCategory,
)
from policy.publication import Publication, permit_publication
from policy.vocabulary import CategoryId
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    OTHER_MUNICIPALITY,
    an_establishment,
    an_open_policy,
    closed_policy,
    the_catalogue,
)

TODAY = NOW.date()


def a_publication(**changes: Any) -> Publication:  # noqa: ANN401
    catalogue = the_catalogue()
    said: dict[str, Any] = {
        "source_kind": "income-support",
        "category": "bijstand",
        "municipality": MUNICIPALITY,
        "informed": "discussed",
        "valid_from": date(2024, 2, 1),
        "valid_until": date(2027, 3, 31),
    } | changes
    return Publication(
        source_kind=catalogue.parse_source_kind(said["source_kind"]),
        category=catalogue.parse_category(said["category"]),
        municipality=MunicipalityCode(said["municipality"]),
        informed=catalogue.parse_informed(said["informed"]),
        valid_from=said["valid_from"],
        valid_until=said["valid_until"],
    )


def test_a_category_that_an_established_purpose_names_may_be_published() -> None:
    permitted = permit_publication(an_open_policy(), a_publication(), now=NOW)
    assert permitted.category == "bijstand"
    assert permitted.latest_end == date(2028, 11, 22)


def test_nothing_may_be_published_where_nothing_is_established() -> None:
    with pytest.raises(CategoryNotEstablished):
        permit_publication(closed_policy(), a_publication(), now=NOW)


def test_establishing_in_one_municipality_opens_no_other() -> None:
    publication = a_publication(municipality=OTHER_MUNICIPALITY)
    with pytest.raises(CategoryNotEstablished):
        permit_publication(an_open_policy(), publication, now=NOW)


def test_a_purpose_that_does_not_name_the_category_does_not_open_it() -> None:
    with pytest.raises(CategoryNotEstablished):
        permit_publication(an_open_policy(["veiligheid"]), a_publication(), now=NOW)


def test_a_purpose_established_from_tomorrow_does_not_open_it_today() -> None:
    later = an_establishment(on=TODAY + timedelta(days=1))
    with pytest.raises(CategoryNotEstablished):
        permit_publication(an_open_policy([], later), a_publication(), now=NOW)


def test_a_category_that_is_not_active_is_refused() -> None:
    publication = a_publication(source_kind="uwv", category="ww-uitkering")
    with pytest.raises(CategoryNotOpen):
        permit_publication(an_open_policy(), publication, now=NOW)


def test_a_kind_of_source_publishes_its_own_categories_only() -> None:
    publication = a_publication(source_kind="debt-help")
    with pytest.raises(CategoryNotOpen):
        permit_publication(an_open_policy(), publication, now=NOW)


def test_nobody_but_veilig_thuis_publishes_for_it() -> None:
    for kind in the_catalogue().source_kinds:
        if kind != "veilig-thuis":
            publication = a_publication(source_kind=kind, category="veilig-thuis")
            with pytest.raises(CategoryNotOpen):
                permit_publication(an_open_policy(), publication, now=NOW)


def test_an_informed_code_that_the_category_does_not_accept_is_refused() -> None:
    with pytest.raises(InformedCodeRefused):
        permit_publication(
            an_open_policy(), a_publication(informed="safety-risk"), now=NOW
        )


def test_the_last_day_of_the_maximum_life_is_accepted() -> None:
    publication = a_publication(valid_until=date(2028, 11, 22))
    permitted = permit_publication(an_open_policy(), publication, now=NOW)
    assert permitted.latest_end == publication.valid_until


@pytest.mark.parametrize(
    ("valid_from", "valid_until"),
    [
        (date(2026, 1, 1), date(2028, 11, 23)),
        (date(2027, 1, 2), date(2027, 1, 1)),
    ],
)
def test_a_life_that_is_too_long_or_ends_before_it_begins_is_refused(
    valid_from: date, valid_until: date
) -> None:
    publication = a_publication(valid_from=valid_from, valid_until=valid_until)
    with pytest.raises(LifeTooLong):
        permit_publication(an_open_policy(), publication, now=NOW)


def test_a_category_from_elsewhere_is_unknown() -> None:
    stranger = Publication(
        source_kind=the_catalogue().parse_source_kind("uwv"),
        category=cast("CategoryId", "strange"),
        municipality=MUNICIPALITY,
        informed=the_catalogue().parse_informed("discussed"),
        valid_from=TODAY,
        valid_until=TODAY,
    )
    with pytest.raises(UnknownCategory):
        permit_publication(an_open_policy(), stranger, now=NOW)
