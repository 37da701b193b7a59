"""The OpenAPI 3.1 document of the index, made from its routes.

- Every operation names each status that it gives: what its signature brings with it
  (a body can be 400, 413 and 415, a caller 401 and 403, anything 406, 429, 500 and
  503) and what its own facts (`raises`) are in the table of problems.
- Plain routes stand in it too, from the models that they name.

NL API Design Rules 2.1, /core/doc-openapi; OpenAPI 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from keys import openapi
from keys.edge import errors as bounds
from signal_index import errors
from signal_index.api import errors as edge
from signal_index.api.edge import API_VERSION
from signal_index.api.problem_kinds import Problem as Kind
from signal_index.api.problem_table import find_kind
from signal_index.api.routing import PREFIX, NamedRoute, Routes
from signal_index.wire.errors import InvalidField
from signal_index.wire.problem import Problem

_ALWAYS: Final = (
    edge.NotAcceptable,
    edge.ServerFault,
    bounds.TooManyAtOnce,
    bounds.TooOften,
    bounds.Busy,
    errors.DatabaseUnavailable,
    errors.RowKeyMissing,
)
_WITH_BODY: Final = (InvalidField, bounds.BodyTooLarge, edge.MediaTypeUnsupported)
_WITH_CALLER: Final = (
    errors.CallerUnknown,
    errors.CallerNotAllowed,
    errors.CallerNotRegistered,
    errors.MunicipalityNotAdmitted,
    errors.CallerSuspended,
)
_PATH_NAME: Final = re.compile(r"\{(\w+)")
_SERVICE: Final = openapi.Service(
    title="Signaalindex",
    version=API_VERSION,
    summary="Dat er contact is, en wie u kunt bellen. Niets anders.",
    description=(
        "Bronnen leveren dat-signalen aan onder een pseudoniem. Een generalist vraagt "
        "voor één doel wie er al betrokken is. Elke bevraging staat in het "
        "inzagelogboek voordat het antwoord vertrekt. De index kent geen "
        "burgerservicenummers."
    ),
    server=PREFIX,
    security={
        "oidc": {
            "type": "openIdConnect",
            "openIdConnectUrl": (
                "https://login.example/.well-known/openid-configuration"
            ),
            "description": "Access token (RFC 9068) van een bekende OpenID-provider, "
            "hooguit 5 minuten geldig. Scope `publish` is voor bronnen, `lookup` voor "
            "wie opzoekt, `ledger` voor officers, die ook een rol nodig hebben. Dit "
            "adres is een voorbeeld: vraag de beheerder naar uw OpenID-provider.",
        }
    },
    problem=Problem,
)


def make_document(subjects: Sequence[Routes]) -> Mapping[str, Any]:
    """Make the document of all routes of these subjects."""
    return openapi.make_document(
        _SERVICE,
        (_describe(one, subject.tag) for subject in subjects for one in subject.named),
    )


def _describe(named: NamedRoute, tag: str) -> openapi.Operation:
    scope, endpoint = named.found.scope, named.endpoint
    if named.is_plain:
        parameters = dict.fromkeys(_PATH_NAME.findall(named.path), str)
        endpoint = openapi.reading(named.body, parameters)
    return openapi.Operation(
        method=named.method,
        path=named.path.replace(":path}", "}"),
        operation_id=named.operation_id,
        summary=named.summary,
        tag=tag,
        endpoint=endpoint,
        failures=openapi.name_failures(_failures(named)),
        security=() if scope is None else ({"oidc": [scope]},),
        status=named.status,
        also=named.also,
        model=named.model,
        media_type=named.media_type,
    )


def _failures(named: NamedRoute) -> Iterable[Kind]:
    """List the kinds of problem by which an operation fails."""
    facts: list[type[Exception]] = [*_ALWAYS, *named.raises]
    if named.method != "GET":
        facts += [*_WITH_BODY, errors.CommitUnknown]
    elif _reads_anything(named):
        facts.append(InvalidField)
    if named.found.scope is not None:
        facts += _WITH_CALLER
    for fact in facts:
        problem = find_kind(fact)
        if problem is None:
            raise TypeError(f"{named.path} raises what is no problem: {fact}")
        yield problem


def _reads_anything(named: NamedRoute) -> bool:
    """Every route that is not plain refuses a query that it does not know."""
    return not named.is_plain or "{" in named.path
