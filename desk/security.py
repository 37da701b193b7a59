"""The desk's part of the security stream: who came in, who went, what was refused.

The list is that of all services (`keys.security.events`). Names of accounts are keyed
hashes of this desk; who it was, the identity provider and this desk's people know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from starlette.requests import Request

from desk import errors
from desk.errors import DeskError, SettingsRefused
from desk.events import LOG
from desk.own_seal import OwnSeal
from desk.settings import DeskSettings
from desk.tokens import Person
from keys.errors import KeysError
from keys.security.events import SecurityEvent, SecurityLog, code_of
from keys.security.rules import NOBODY, Account
from keys.security.sending import open_sender

EVENTS: Final[Mapping[type[DeskError], SecurityEvent]] = {
    errors.AccessTokenRefused: SecurityEvent.TOKEN_REFUSED,
    errors.CsrfMismatch: SecurityEvent.GATE_REFUSED,
    errors.ForeignPage: SecurityEvent.GATE_REFUSED,
    errors.RoleMissing: SecurityEvent.GATE_REFUSED,
    errors.IndexRefused: SecurityEvent.GATE_REFUSED,
    errors.LoginTooWeak: SecurityEvent.GATE_REFUSED,
    errors.LoginExpired: SecurityEvent.LOGIN_REFUSED,
    errors.LoginDenied: SecurityEvent.LOGIN_REFUSED,
    errors.LoginNeeded: SecurityEvent.LOGIN_REFUSED,
    errors.TokenInvalid: SecurityEvent.LOGIN_REFUSED,
    errors.ForeignOrganisation: SecurityEvent.LOGIN_REFUSED,
    errors.ReceiptInvalid: SecurityEvent.RECEIPT_REFUSED,
    errors.ReceiptMismatch: SecurityEvent.RECEIPT_REFUSED,
}
"""What of the desk's refusals a SOC must know."""


class DeskSecurity:
    """The stream of this desk, and what hands its alarms on."""

    def __init__(
        self, settings: DeskSettings, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        try:
            self.sender = open_sender(settings.alarms, settings.base_url, LOG)
        except KeysError as error:
            raise SettingsRefused(f"alarms.token_file: {error}") from None
        self._organisation = settings.organisation
        self._client = settings.identity.client_id
        self.log = SecurityLog(LOG, partial(_name, seal), self.sender, clock)

    def know(self, person: Person | None) -> Account:
        """Give by what names a person of this desk may be told."""
        if person is None:
            return NOBODY
        return self.log.know(self._organisation, self._client, person.sub)

    def say_refused(self, request: Request, error: Exception, reference: str) -> None:
        """Write what was refused, where it is an event of security."""
        event = EVENTS.get(type(error))  # type: ignore[arg-type]  # any other is none
        if event is None:
            return
        reason = code_of(error)
        if "reference" in event.fields:
            self.log.write(event, reason=reason, reference=reference)
            return
        shown = getattr(request.state, "shown", None)
        who = self.know(None if shown is None else shown.person)
        self.log.write(event, who, reason=reason, route=_route_of(request))


def _name(seal: OwnSeal, organisation: str, sub: str) -> str:
    return seal.name_row("security", organisation, sub).hex()[:32]


def _route_of(request: Request) -> str | None:
    return getattr(request.scope.get("route"), "path", None)
