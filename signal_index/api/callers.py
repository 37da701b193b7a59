"""Who calls: one type per kind of caller, named in each endpoint's signature.

- A route takes exactly one of these types, or a test fails
  (tests/attack/test_every_route_names_a_caller.py).
- For whom a token speaks is found in `signal_index.api.identifying`.
- `PersonCaller` may be suspended: a lookup of a suspended account is refused by the
  policy, so that the refusal is recorded. `ActivePerson` may not.
- Officers carry the `OfficerScope` that every search in the ledger takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from starlette.requests import Request

from policy.vocabulary import Caller, CallerKind, OrganisationKind, Role
from signal_index.api.identifying import (
    SURE,
    find_caller,
    find_claims,
    find_officer,
    find_person,
    verify_active,
    verify_whole,
)
from signal_index.api.routing import caller_from
from signal_index.errors import AssuranceTooLow, CallerNotAllowed
from signal_index.store.scope import OfficerScope
from signal_index.wire.values import Oin

_PUBLISHING_ROLES: Final = frozenset({Role.SOURCE_PUBLISHER, Role.SOURCE_ADMINISTRATOR})
_OFFICER_ROLES: Final = frozenset({Role.PRIVACY_OFFICER, Role.DATA_PROTECTION_OFFICER})
_APPROVER_ROLES: Final = _OFFICER_ROLES | {Role.MUNICIPALITY_ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class AnyoneCaller:
    """Nobody in particular: what this route gives is public."""


@dataclass(frozen=True, slots=True)
class PersonCaller:
    """A person with scope `lookup`; perhaps suspended, which the policy judges."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class ActivePersonCaller:
    """A person with scope `lookup` whose account is not suspended."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class SourceCaller:
    """A machine of an organisation that may publish, or a person who administers it."""

    caller: Caller
    organisation: Oin


@dataclass(frozen=True, slots=True)
class SourceAdministratorCaller:
    """A person who administers an organisation's signals; never its machine."""

    caller: Caller
    organisation: Oin


@dataclass(frozen=True, slots=True)
class HandSignallerCaller:
    """A person who signals by hand for their own organisation; never its machine."""

    caller: Caller
    organisation: Oin


@dataclass(frozen=True, slots=True)
class LedgerCaller:
    """A person or machine with scope `ledger`, for its own organisation's entries."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class AuditorCaller:
    """An auditor of a registered supervisor of the municipality, surely logged in."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class PrivacyOfficerCaller:
    """A privacy officer, and whose entries this one may see."""

    caller: Caller
    scope: OfficerScope


@dataclass(frozen=True, slots=True)
class DataProtectionOfficerCaller:
    """A data protection officer (FG), who also watches the privacy officers."""

    caller: Caller
    scope: OfficerScope


@dataclass(frozen=True, slots=True)
class OfficerCaller:
    """A privacy officer or a data protection officer."""

    caller: Caller
    scope: OfficerScope


@dataclass(frozen=True, slots=True)
class MunicipalPrivacyOfficerCaller(PrivacyOfficerCaller):
    """A privacy officer of the municipality itself, who sees the whole of it.

    Citizens' rights are answered by the municipality: it is controller of the index.
    """


@dataclass(frozen=True, slots=True)
class MunicipalOfficerCaller(OfficerCaller):
    """An officer of the municipality itself, who sees the whole of it."""


@dataclass(frozen=True, slots=True)
class CitizenPortalCaller:
    """The machine of a municipality's page for citizens; never a person."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class ApproverCaller:
    """Who may be the second pair of eyes: an officer, or the municipality's own."""

    caller: Caller
    scope: OfficerScope


@dataclass(frozen=True, slots=True)
class MunicipalApproverCaller(ApproverCaller):
    """Who may propose rules: a policy is the municipality's own, not a team's."""


async def anyone(_request: Request) -> AnyoneCaller:
    """Let everybody in."""
    return AnyoneCaller()


async def person(request: Request) -> PersonCaller:
    """Give the person behind the access token, or raise."""
    return PersonCaller(await find_person(request))


async def active_person(request: Request) -> ActivePersonCaller:
    """Give the person behind the access token, or raise; a suspended one may not."""
    return ActivePersonCaller(verify_active(await find_person(request)))


async def source(request: Request) -> SourceCaller:
    """Give the publishing machine behind the access token, or raise."""
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "publish"))
    if caller.kind is CallerKind.PERSON or caller.roles.isdisjoint(_PUBLISHING_ROLES):
        raise CallerNotAllowed
    return SourceCaller(
        replace(caller, kind=CallerKind.SOURCE), Oin(caller.organisation)
    )


async def own_source(request: Request) -> SourceCaller:
    """Give who may see and tend an organisation's own signals, or raise.

    That is its publishing machine, or a person with the role of source administrator.
    """
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "publish"))
    if caller.kind is not CallerKind.PERSON:
        return await source(request)
    if Role.SOURCE_ADMINISTRATOR not in caller.roles:
        raise CallerNotAllowed
    return SourceCaller(caller, Oin(caller.organisation))


async def notice_reader(request: Request) -> SourceCaller:
    """Give who may read what came back to an organisation, or raise.

    Its publishing machine, who administers its signals, or who signals by hand for it.
    """
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "publish"))
    if caller.kind is CallerKind.PERSON and Role.HAND_SIGNALLER in caller.roles:
        return SourceCaller(caller, Oin(caller.organisation))
    return await own_source(request)


async def source_administrator(request: Request) -> SourceAdministratorCaller:
    """Give the person who administers an organisation's own signals, or raise.

    What a person must have looked at, the organisation's machine may not answer.
    """
    found = await own_source(request)
    if found.caller.kind is not CallerKind.PERSON:
        raise CallerNotAllowed
    return SourceAdministratorCaller(found.caller, found.organisation)


async def hand_signaller(request: Request) -> HandSignallerCaller:
    """Give the person who may signal by hand for their organisation, or raise.

    It says something of a citizen, for whose number a person answers: as for officers,
    the login must be sure.
    """
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "publish"))
    if caller.kind is not CallerKind.PERSON:
        raise CallerNotAllowed
    if Role.HAND_SIGNALLER not in caller.roles:
        raise CallerNotAllowed
    if caller.assurance not in SURE:
        raise AssuranceTooLow
    return HandSignallerCaller(caller, Oin(caller.organisation))


async def ledger_reader(request: Request) -> LedgerCaller:
    """Give who may read proofs of its own organisation's entries, or raise."""
    claims, index = await find_claims(request)
    return LedgerCaller(verify_active(await find_caller(claims, index, "ledger")))


async def auditor(request: Request) -> AuditorCaller:
    """Give the auditor behind the access token, or raise.

    The role alone makes nobody an auditor: the organisation is registered as a
    supervisor, and the login is as sure as an officer's.
    """
    caller, _ = await find_officer(request, frozenset({Role.AUDITOR}))
    if caller.organisation_kind is not OrganisationKind.SUPERVISOR:
        raise CallerNotAllowed
    return AuditorCaller(caller)


async def privacy_officer(request: Request) -> PrivacyOfficerCaller:
    """Give the privacy officer behind the access token, or raise."""
    who = await find_officer(request, frozenset({Role.PRIVACY_OFFICER}))
    return PrivacyOfficerCaller(*who)


async def data_protection_officer(request: Request) -> DataProtectionOfficerCaller:
    """Give the data protection officer behind the access token, or raise."""
    who = await find_officer(request, frozenset({Role.DATA_PROTECTION_OFFICER}))
    return DataProtectionOfficerCaller(*who)


async def officer(request: Request) -> OfficerCaller:
    """Give the privacy or data protection officer behind the token, or raise."""
    return OfficerCaller(*await find_officer(request, _OFFICER_ROLES))


async def citizen_portal(request: Request) -> CitizenPortalCaller:
    """Give the municipality's page for citizens behind the access token, or raise."""
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "own-view"))
    if caller.kind is not CallerKind.CLIENT:
        raise CallerNotAllowed
    if Role.CITIZEN_PORTAL not in caller.roles:
        raise CallerNotAllowed
    if caller.organisation_kind is not OrganisationKind.MUNICIPALITY:
        raise CallerNotAllowed
    return CitizenPortalCaller(caller)


async def municipal_privacy_officer(request: Request) -> MunicipalPrivacyOfficerCaller:
    """Find the privacy officer of the municipality itself, or raise."""
    who = await find_officer(request, frozenset({Role.PRIVACY_OFFICER}))
    return MunicipalPrivacyOfficerCaller(*verify_whole(*who))


async def municipal_officer(request: Request) -> MunicipalOfficerCaller:
    """Find the officer of the municipality itself, or raise."""
    return MunicipalOfficerCaller(
        *verify_whole(*await find_officer(request, _OFFICER_ROLES))
    )


async def municipal_approver(request: Request) -> MunicipalApproverCaller:
    """Find who may propose rules for the municipality, or raise."""
    return MunicipalApproverCaller(
        *verify_whole(*await find_officer(request, _APPROVER_ROLES))
    )


async def approver(request: Request) -> ApproverCaller:
    """Give who may approve what another asked, or raise."""
    return ApproverCaller(*await find_officer(request, _APPROVER_ROLES))


Anyone = Annotated[AnyoneCaller, caller_from(anyone, None)]
Person = Annotated[PersonCaller, caller_from(person, "lookup")]
ActivePerson = Annotated[ActivePersonCaller, caller_from(active_person, "lookup")]
Source = Annotated[SourceCaller, caller_from(source, "publish")]
OwnSource = Annotated[SourceCaller, caller_from(own_source, "publish")]
NoticeReader = Annotated[SourceCaller, caller_from(notice_reader, "publish")]
SourceAdministrator = Annotated[
    SourceAdministratorCaller, caller_from(source_administrator, "publish")
]
HandSignaller = Annotated[HandSignallerCaller, caller_from(hand_signaller, "publish")]
LedgerReader = Annotated[LedgerCaller, caller_from(ledger_reader, "ledger")]
Auditor = Annotated[AuditorCaller, caller_from(auditor, "ledger")]
PrivacyOfficer = Annotated[PrivacyOfficerCaller, caller_from(privacy_officer, "ledger")]
DataProtectionOfficer = Annotated[
    DataProtectionOfficerCaller, caller_from(data_protection_officer, "ledger")
]
Officer = Annotated[OfficerCaller, caller_from(officer, "ledger")]
CitizenPortal = Annotated[CitizenPortalCaller, caller_from(citizen_portal, "own-view")]
MunicipalPrivacyOfficer = Annotated[
    MunicipalPrivacyOfficerCaller, caller_from(municipal_privacy_officer, "ledger")
]
MunicipalOfficer = Annotated[
    MunicipalOfficerCaller, caller_from(municipal_officer, "ledger")
]
MunicipalApprover = Annotated[
    MunicipalApproverCaller, caller_from(municipal_approver, "ledger")
]
Approver = Annotated[ApproverCaller, caller_from(approver, "ledger")]
