"""What a refused request leaves in the security stream: which kind, of whom, where.

Who asked is known once the access token verified; before that it is nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from keys.edge.errors import EdgeRefused
from keys.security.events import SecurityEvent, SecurityLog
from keys.security.rules import NOBODY, Account
from policy.errors import LookupDenied, LoopActDenied, ReportDenied
from signal_index.api.problems import find_problem
from signal_index.api.serving import ROUTE_NAME
from signal_index.api.tokens import Claims
from signal_index.errors import (
    AssuranceTooLow,
    CallerNotAllowed,
    CallerNotRegistered,
    CallerSuspended,
    CallerUnknown,
    MunicipalityNotAdmitted,
    OutboxReplaced,
    SignatureInvalid,
    TicketInvalid,
)
from signal_index.ledger.trace import TRACEPARENT, parse_traceparent

CLAIMS: Final = "signal_index.claims"
"""Where in a request's scope stands what its access token says."""

EVENTS: Final[Mapping[type[Exception], SecurityEvent]] = {
    CallerUnknown: SecurityEvent.TOKEN_REFUSED,
    SignatureInvalid: SecurityEvent.TOKEN_REFUSED,
    CallerNotAllowed: SecurityEvent.GATE_REFUSED,
    CallerNotRegistered: SecurityEvent.GATE_REFUSED,
    MunicipalityNotAdmitted: SecurityEvent.GATE_REFUSED,
    AssuranceTooLow: SecurityEvent.GATE_REFUSED,
    OutboxReplaced: SecurityEvent.REPLAY_REFUSED,
    CallerSuspended: SecurityEvent.SUSPENDED_REFUSED,
    TicketInvalid: SecurityEvent.TICKET_REFUSED,
    LookupDenied: SecurityEvent.QUESTION_REFUSED,
    LoopActDenied: SecurityEvent.QUESTION_REFUSED,
    ReportDenied: SecurityEvent.QUESTION_REFUSED,
    EdgeRefused: SecurityEvent.LIMIT_REACHED,
}
"""Of each fact, or of those below it, the kind; what is not here is no such event."""


def say_refused(security: SecurityLog, error: Exception, scope: Scope) -> None:
    """Write what was refused, where it is an event of security."""
    found = (EVENTS[kind] for kind in type(error).__mro__ if kind in EVENTS)
    event = next(found, None)
    if event is None:
        return
    trace = parse_traceparent(Headers(scope=scope).get(TRACEPARENT))
    problem = find_problem(error)
    security.write(
        event,
        _who(security, scope),
        reason=None if problem is None else problem.slug,
        route=scope.get(ROUTE_NAME),
        trace=None if trace is None else trace.trace_id.hex(),
    )


def _who(security: SecurityLog, scope: Scope) -> Account:
    claims = scope.get(CLAIMS)
    if not isinstance(claims, Claims):
        return NOBODY
    return security.know(claims.organisation, claims.client_id, claims.subject)
