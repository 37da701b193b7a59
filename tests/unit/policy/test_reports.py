"""Who may have a citizen's own data put together for a report, and why not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from policy.errors import ReportDenied, UnknownCode
from policy.reports import (
    OwnViewQuestion,
    ReportQuestion,
    permit_own_view,
    permit_report,
)
from policy.vocabulary import Assurance, CallerKind, OrganisationKind, Role
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    OTHER_MUNICIPALITY,
    a_caller,
    a_pseudonym,
    closed_policy,
    the_catalogue,
)


def a_report_question(**changes: object) -> ReportQuestion:
    """A report that Voorbeeldstad's own privacy officer may make."""
    officer = a_caller(
        organisation_kind=OrganisationKind.MUNICIPALITY,
        roles=frozenset({Role.PRIVACY_OFFICER}),
    )
    caller = replace(officer, **changes)  # type: ignore[arg-type]  # fields by name
    return ReportQuestion(caller, MUNICIPALITY, a_pseudonym(), "digid")


def test_a_report_reads_every_category_also_those_that_no_purpose_opens() -> None:
    permit = permit_report(closed_policy(), a_report_question(), now=NOW)
    assert set(permit.categories) == set(the_catalogue().categories)
    assert permit.pseudonym == a_pseudonym()


def test_a_report_permit_ends_after_a_minute() -> None:
    permit = permit_report(closed_policy(), a_report_question(), now=NOW)
    assert permit.valid_until - NOW == timedelta(minutes=1)


CHANGES: Mapping[str, object] = {
    "report-caller-is-no-person": {"kind": CallerKind.CLIENT},
    "report-account-suspended": {"active": False},
    "report-role-not-allowed": {"roles": frozenset({Role.DATA_PROTECTION_OFFICER})},
    "report-not-the-municipality": {
        "organisation_kind": OrganisationKind.NEIGHBOURHOOD_TEAM
    },
    "report-other-municipality": {"municipality": OTHER_MUNICIPALITY},
    "report-login-not-sure-enough": {"assurance": Assurance.LOW},
}


@pytest.mark.parametrize("ground", CHANGES)
def test_each_condition_alone_refuses_with_its_own_ground(ground: str) -> None:
    changes = CHANGES[ground]
    assert isinstance(changes, dict)
    with pytest.raises(ReportDenied) as denied:
        permit_report(closed_policy(), a_report_question(**changes), now=NOW)
    assert [each.id for each in denied.value.grounds] == [ground]


def test_a_refusal_names_every_ground_at_once() -> None:
    asked = a_report_question(roles=frozenset({Role.GENERALIST}), active=False)
    with pytest.raises(ReportDenied) as denied:
        permit_report(closed_policy(), asked, now=NOW)
    assert len(denied.value.grounds) == 2


def test_who_asks_must_have_been_established_in_a_known_way() -> None:
    asked = replace(a_report_question(), identity_check="by-telephone")
    with pytest.raises(UnknownCode):
        permit_report(closed_policy(), asked, now=NOW)


def test_only_sensitive_categories_and_one_purpose_can_be_under_embargo() -> None:
    catalogue = the_catalogue()
    categories = {str(id_) for id_, row in catalogue.categories.items() if row.embargo}
    purposes = {str(id_) for id_, row in catalogue.purposes.items() if row.about_safety}
    assert categories == {"veilig-thuis", "jeugdhulp"}
    assert purposes == {"veiligheid"}


def an_own_view(**changes: object) -> OwnViewQuestion:
    """A view that Voorbeeldstad's own page for citizens may ask for."""
    portal = a_caller(
        kind=CallerKind.CLIENT,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        roles=frozenset({Role.CITIZEN_PORTAL}),
    )
    caller = replace(portal, **changes)  # type: ignore[arg-type]  # fields by name
    return OwnViewQuestion(caller, MUNICIPALITY, a_pseudonym())


def test_a_citizen_sees_of_themselves_what_a_report_reads() -> None:
    view = permit_own_view(closed_policy(), an_own_view(), now=NOW)
    report = permit_report(closed_policy(), a_report_question(), now=NOW)
    assert view.categories == report.categories


OF_A_VIEW: Mapping[str, object] = {
    "own-view-caller-is-a-person": {"kind": CallerKind.PERSON},
    "report-account-suspended": {"active": False},
    "own-view-role-not-allowed": {"roles": frozenset({Role.PRIVACY_OFFICER})},
    "report-not-the-municipality": {
        "organisation_kind": OrganisationKind.NEIGHBOURHOOD_TEAM
    },
    "report-other-municipality": {"municipality": OTHER_MUNICIPALITY},
}


@pytest.mark.parametrize("ground", OF_A_VIEW)
def test_each_condition_of_a_view_refuses_with_its_own_ground(ground: str) -> None:
    changes = OF_A_VIEW[ground]
    assert isinstance(changes, dict)
    with pytest.raises(ReportDenied) as denied:
        permit_own_view(closed_policy(), an_own_view(**changes), now=NOW)
    assert [each.id for each in denied.value.grounds] == [ground]
