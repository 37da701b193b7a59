"""Whether a citizen's own data may be put together for a report (inzageverzoek).

A report reads, about one person, every category of the catalogue: also those that no
purpose opens today, for whatever is kept is the citizen's to see (GDPR art. 15). So it
has a permit of its own, which no lookup can get and which opens no lookup: made here
and nowhere else (tests/attack/test_citizen_report_permit.py walks the syntax trees).

- Only for the municipality that is controller: by its own privacy officer, surely
  logged in, who says how it was established who asks (GDPR art. 12(6)); or by its page
  for citizens, at which the citizen logged in and asks about nobody else.
- Every condition is asked, also after the first that fails.
- What an embargo keeps out is decided apart, after reading (`signal_index.reports`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from policy.errors import ReportDenied, UnknownCode
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    CategoryId,
    OrganisationKind,
    RefusalGround,
    Role,
)

REPORT_PERMIT_LIFE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, repr=False)
class OwnViewQuestion:
    """What is kept of one citizen, as it is asked for: by whom, about whom."""

    caller: Caller
    municipality: MunicipalityCode
    pseudonym: Pseudonym


@dataclass(frozen=True, slots=True, repr=False)
class ReportQuestion(OwnViewQuestion):
    """A report as an officer asks for it: also how the citizen was recognised."""

    identity_check: str


@dataclass(frozen=True, slots=True, repr=False)
class ReportPermit:
    """What may be read of one citizen for themselves, and until when."""

    caller: Caller
    municipality: MunicipalityCode
    pseudonym: Pseudonym
    categories: tuple[CategoryId, ...]
    valid_until: datetime
    policy_digest: str


@dataclass(frozen=True, slots=True)
class _Condition:
    ground: RefusalGround
    holds: Callable[[OwnViewQuestion], bool]


_ACTIVE: Final = _Condition(
    RefusalGround(
        "report-account-suspended",
        "Dit account of deze organisatie is geblokkeerd.",
        "Vraag de beheerder van uw gemeente of de blokkade eraf kan.",
    ),
    lambda asked: asked.caller.active,
)
_OF_THE_MUNICIPALITY: Final = _Condition(
    RefusalGround(
        "report-not-the-municipality",
        "Alleen de gemeente zelf mag een rapport voor een inwoner maken.",
        "Stuur de inwoner naar de privacy officer van de gemeente.",
    ),
    lambda asked: asked.caller.organisation_kind is OrganisationKind.MUNICIPALITY,
)
_IN_ITS_OWN_PLACE: Final = _Condition(
    RefusalGround(
        "report-other-municipality",
        "U kunt alleen voor uw eigen gemeente een rapport maken.",
        "Stuur de inwoner naar de andere gemeente.",
    ),
    lambda asked: asked.caller.municipality == asked.municipality,
)

_OF_AN_OFFICER: Final = (
    _Condition(
        RefusalGround(
            "report-caller-is-no-person",
            "Alleen een medewerker mag een rapport voor een inwoner maken.",
            "Log in als medewerker met een eigen account.",
        ),
        lambda asked: asked.caller.kind is CallerKind.PERSON,
    ),
    _ACTIVE,
    _Condition(
        RefusalGround(
            "report-role-not-allowed",
            "Alleen een privacy officer mag een rapport voor een inwoner maken.",
            "Vraag de privacy officer van uw gemeente.",
        ),
        lambda asked: Role.PRIVACY_OFFICER in asked.caller.roles,
    ),
    _OF_THE_MUNICIPALITY,
    _IN_ITS_OWN_PLACE,
    _Condition(
        RefusalGround(
            "report-login-not-sure-enough",
            "U bent niet zeker genoeg ingelogd om een rapport te maken.",
            "Log opnieuw in met een tweede stap, bijvoorbeeld een app of een pas.",
        ),
        lambda asked: asked.caller.assurance is not Assurance.LOW,
    ),
)

_OF_A_PORTAL: Final = (
    _Condition(
        RefusalGround(
            "own-view-caller-is-a-person",
            "Alleen de eigen pagina van inwoners mag dit vragen, geen medewerker.",
            "Maak als privacy officer een inzageverslag.",
        ),
        lambda asked: asked.caller.kind is CallerKind.CLIENT,
    ),
    _ACTIVE,
    _Condition(
        RefusalGround(
            "own-view-role-not-allowed",
            "Dit systeem is niet de eigen pagina van inwoners.",
            "Vraag de beheerder van uw gemeente om de rol voor dit systeem.",
        ),
        lambda asked: Role.CITIZEN_PORTAL in asked.caller.roles,
    ),
    _OF_THE_MUNICIPALITY,
    _IN_ITS_OWN_PLACE,
)


def permit_report(
    policy: Policy, asked: ReportQuestion, *, now: datetime
) -> ReportPermit:
    """Permit one report about one citizen, or raise `ReportDenied` with every ground.

    Raises `UnknownCode` for a way of checking identity that the catalogue lacks.
    Proven by tests/unit/policy/test_reports.py.
    """
    if asked.identity_check not in policy.catalogue.identity_checks:
        raise UnknownCode("the catalogue does not have this way of checking identity")
    return _grant(policy, asked, _OF_AN_OFFICER, now)


def permit_own_view(
    policy: Policy, asked: OwnViewQuestion, *, now: datetime
) -> ReportPermit:
    """Permit a citizen to see their own, or raise `ReportDenied` with every ground.

    It is the page's word that this citizen logged in: the index cannot see it, and the
    holders' budget bounds what the page can ask. Proven by
    tests/unit/policy/test_reports.py.
    """
    return _grant(policy, asked, _OF_A_PORTAL, now)


def _grant(
    policy: Policy,
    asked: OwnViewQuestion,
    conditions: Sequence[_Condition],
    now: datetime,
) -> ReportPermit:
    failed = [each.ground for each in conditions if not each.holds(asked)]
    if failed:
        raise ReportDenied(tuple(failed))
    return ReportPermit(
        caller=asked.caller,
        municipality=asked.municipality,
        pseudonym=asked.pseudonym,
        categories=tuple(policy.catalogue.categories),
        valid_until=now + REPORT_PERMIT_LIFE,
        policy_digest=policy.digest(asked.municipality),
    )
