"""For whom an access token speaks, by the index's own registry.

- The token says who it is; the registry says whether the client belongs to that
  organisation, for which municipalities it may ask and whether the account is
  suspended, at most ten seconds old.
- A person is whom a person-facing client speaks for; a machine's client never speaks
  for one, and a client that speaks for itself is a machine.
- An officer is a person, not suspended, who logged in with assurance substantial or
  higher, of the municipality that the organisation is registered in.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from keys.municipality import MunicipalityCode
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    OrganisationKind,
    Role,
    parse_municipality,
)
from signal_index.api.context import Index, get_index
from signal_index.api.refusal_events import CLAIMS
from signal_index.api.tokens import Claims
from signal_index.errors import (
    AssuranceTooLow,
    CallerNotAllowed,
    CallerNotRegistered,
    CallerSuspended,
    CallerUnknown,
    MunicipalityNotAdmitted,
)
from signal_index.store.accounts import EVERYONE
from signal_index.store.registry import ClientKind
from signal_index.store.scope import OfficerScope
from signal_index.store.standing import Client, Organisation, Standing

SURE: Final = frozenset({Assurance.SUBSTANTIAL, Assurance.HIGH})
"""How surely officers, and who says something of a citizen by hand, logged in."""


async def find_person(request: Request) -> Caller:
    """Find the person who looks up, suspended or not, or raise."""
    claims, index = await find_claims(request)
    caller = await find_caller(claims, index, "lookup")
    if caller.kind is not CallerKind.PERSON:
        raise CallerNotAllowed
    return caller


async def find_officer(
    request: Request, roles: frozenset[Role]
) -> tuple[Caller, OfficerScope]:
    """Give an officer with one of these roles, and what this one may see.

    The municipality is that of the organisation's registration: a token that names
    another is refused, so that no provider can move its officers elsewhere.
    Proven by tests/attack/test_officers_stay_in_their_scope.py.
    """
    claims, index = await find_claims(request)
    caller = verify_active(await find_caller(claims, index, "ledger"))
    if caller.kind is not CallerKind.PERSON or caller.roles.isdisjoint(roles):
        raise CallerNotAllowed
    if claims.municipality not in {None, caller.municipality}:
        raise CallerNotAllowed
    if caller.assurance not in SURE:
        raise AssuranceTooLow
    is_whole = caller.organisation_kind is OrganisationKind.MUNICIPALITY
    own = None if is_whole else caller.organisation
    return caller, OfficerScope(caller.municipality, own)


def verify_whole(caller: Caller, scope: OfficerScope) -> tuple[Caller, OfficerScope]:
    """Raise `CallerNotAllowed` for an officer of only one organisation of it."""
    if scope.organisation is not None:
        raise CallerNotAllowed
    return caller, scope


async def find_claims(request: Request) -> tuple[Claims, Index]:
    """Find what the access token says, verified, or raise."""
    index = get_index(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise CallerUnknown
    claims = await index.tokens.parse_token(token.strip(), index.clock())
    request.scope[CLAIMS] = claims
    return claims, index


async def find_caller(claims: Claims, index: Index, scope: str) -> Caller:
    """Find whom the registry knows for these claims, or raise; perhaps suspended."""
    if scope not in claims.scopes:
        raise CallerNotAllowed
    standing = await index.standing.get(index.clock())
    organisation, client = _registered(claims, standing)
    index.rates.admit((claims.organisation, claims.subject), index.clock())
    is_client = claims.subject == claims.client_id
    is_person = client.kind is ClientKind.PERSON_FACING and not is_client
    accounts = {(claims.organisation, who) for who in (claims.subject, EVERYONE)}
    return Caller(
        kind=CallerKind.PERSON if is_person else CallerKind.CLIENT,
        subject=claims.subject,
        organisation=claims.organisation,
        organisation_kind=_kind(organisation),
        municipality=_place(claims, organisation, scope),
        active=standing.suspended.isdisjoint(accounts),
        roles=claims.roles,
        trainings=claims.trainings,
        assurance=claims.assurance,
        team=claims.team,
        name=claims.name,
    )


def _registered(claims: Claims, standing: Standing) -> tuple[Organisation, Client]:
    organisation = standing.organisations.get(claims.organisation)
    client = standing.clients.get(claims.client_id)
    if organisation is None or client is None:
        raise CallerNotRegistered
    if client.organisation != claims.organisation:
        raise CallerNotRegistered
    return organisation, client


def _place(claims: Claims, organisation: Organisation, scope: str) -> MunicipalityCode:
    """Give the municipality that the caller acts in, or `MunicipalityNotAdmitted`.

    A claim is the provider's word: it counts only where that municipality itself
    admitted the organisation, and only for looking up. What an organisation publishes
    or watches over is of the municipality that it is registered in.
    Proven by tests/attack/test_nobody_asks_for_another_municipality.py.
    """
    claimed = claims.municipality or organisation.municipality
    if not organisation.may_ask_in(claimed):
        raise MunicipalityNotAdmitted
    return parse_municipality(
        claimed if scope == "lookup" else organisation.municipality
    )


def _kind(organisation: Organisation) -> OrganisationKind:
    try:
        return OrganisationKind(organisation.kind)
    except ValueError as error:
        raise CallerNotAllowed from error


def verify_active(caller: Caller) -> Caller:
    """Give the caller again, or raise `CallerSuspended`."""
    if not caller.active:
        raise CallerSuspended
    return caller
