"""A holder's one-time proof that an evaluation was asked for and metered.

    verify_ticket_pair([a, b], [config], audience=..., now=...) -> (Ticket, Ticket)

- A read by pseudonym needs exactly two, of different holders, equal in everything but
  `jti`, `iss`, `iat` and `exp`. Whether they are unspent only the index's store knows.
- Verify only: signing stands in `keys.holder`, which the index cannot import.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from keys.config import KeyConfig
from keys.ed25519 import verify_sodium
from keys.errors import (
    InvalidToken,
    TicketExpired,
    TicketInvalid,
    TicketMisdirected,
    TicketPairBroken,
    TicketRefused,
    TicketStale,
)
from keys.jose import PublicKey, open_by_one_of
from keys.request import MAX_POINTS, Act

TICKET_TYPE: Final = "signal-ticket+jwt"
TICKET_LIFETIME: Final = timedelta(minutes=15)
CLOCK_LEEWAY: Final = timedelta(seconds=30)
"""How far a holder's clock may run ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What one verified ticket says."""

    jti: str
    issuer: str
    audience: str
    subject: str
    organisation: str
    act: Act
    count: int
    key_version: int
    epoch: int
    req: str
    issued_at: datetime
    expires_at: datetime

    @property
    def shared_terms(self) -> tuple[object, ...]:
        """Give all in which the two tickets of one request must be equal."""
        return (
            self.audience,
            self.subject,
            self.organisation,
            self.act,
            self.count,
            self.key_version,
            self.epoch,
            self.req,
        )


class TicketClaims(BaseModel):
    """The claims of a ticket, as on the wire; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    jti: UUID
    iss: str
    aud: str
    sub: Annotated[str, Field(min_length=1, max_length=256)]
    org: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    act: Act
    count: Annotated[int, Field(strict=True, ge=1, le=MAX_POINTS)]
    key_version: Annotated[int, Field(strict=True, ge=1)]
    epoch: Annotated[int, Field(strict=True, ge=1)]
    req: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    iat: Annotated[int, Field(strict=True, ge=0, lt=2**40)]
    exp: Annotated[int, Field(strict=True, ge=0, lt=2**40)]


def verify_ticket(
    token: str, config: KeyConfig, *, audience: str, now: datetime
) -> Ticket:
    """Give what a ticket says, or raise a `TicketRefused` leaf.

    What must hold, in this order: 1. signed, as a ticket, by a ticket key that the
    key config names for its issuer; 2. every claim there and none beside; 3. meant for
    `audience`; 4. issued (give or take 30 s of clock) and not expired, for at most 15
    minutes; 5. of the config's key version and share epoch.

    Proven by tests/attack/test_tickets.py.
    """
    ticket = _read(token, config)
    if ticket.audience != audience:
        raise TicketMisdirected
    _check_times(ticket, now)
    if (ticket.key_version, ticket.epoch) != (config.key_version, config.epoch):
        raise TicketStale
    return ticket


def read_ticket(token: str, config: KeyConfig) -> Ticket:
    """Give what a holder of this config signed, or raise `TicketInvalid`.

    For whoever asked: for which index, for whom and when is looked at elsewhere.
    """
    return _read(token, config)


def verify_granted(
    ticket: Ticket, config: KeyConfig, holder: int, *, act: Act, count: int, req: str
) -> None:
    """Return when that holder gave this ticket for this question.

    For who asked it, before it is used, so that the index does not refuse it for what
    could be seen here. Raises `TicketInvalid`, or `TicketStale` for another key.
    """
    ids = {one.id for one in config.holders if one.index == holder}
    said = (ticket.act, ticket.count, ticket.req)
    if ticket.issuer not in ids or said != (act, count, req):
        raise TicketInvalid
    if (ticket.key_version, ticket.epoch) != (config.key_version, config.epoch):
        raise TicketStale


def verify_ticket_pair(
    tokens: Sequence[str],
    configs: Sequence[KeyConfig],
    *,
    audience: str,
    now: datetime,
) -> tuple[Ticket, Ticket]:
    """Give the two tickets of one request, or raise a `TicketRefused` leaf.

    Exactly two: a third would mean that somebody collects evaluations. Different
    holders: one holder that signs twice is still one. Equal in all that is metered.

    `configs`: the one in use first, then those before it that are taken still. Both
    tickets are of one and the same; where neither holds, the first says why.
    """
    newest, *former = configs
    try:
        return _verify_pair(tokens, newest, audience, now)
    except TicketRefused:
        for config in former:
            with suppress(TicketRefused):
                return _verify_pair(tokens, config, audience, now)
        raise


def _verify_pair(
    tokens: Sequence[str], config: KeyConfig, audience: str, now: datetime
) -> tuple[Ticket, Ticket]:
    if len(tokens) != 2:
        raise TicketPairBroken
    first, second = (
        verify_ticket(token, config, audience=audience, now=now) for token in tokens
    )
    if first.issuer == second.issuer or first.shared_terms != second.shared_terms:
        raise TicketPairBroken
    return first, second


def _read(token: str, config: KeyConfig) -> Ticket:
    ticket_keys = {holder.id: holder.ticket_keys for holder in config.holders}

    def find_keys(claims: Mapping[str, Any]) -> Sequence[PublicKey]:
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or issuer not in ticket_keys:
            raise TicketInvalid
        return ticket_keys[issuer]

    try:
        claims = open_by_one_of(token, TICKET_TYPE, find_keys, verify=verify_sodium)
        said = TicketClaims.model_validate(claims)
    except (InvalidToken, ValidationError):
        raise TicketInvalid from None
    return Ticket(
        jti=str(said.jti),
        issuer=said.iss,
        audience=said.aud,
        subject=said.sub,
        organisation=said.org,
        act=said.act,
        count=said.count,
        key_version=said.key_version,
        epoch=said.epoch,
        req=said.req,
        issued_at=datetime.fromtimestamp(said.iat, UTC),
        expires_at=datetime.fromtimestamp(said.exp, UTC),
    )


def _check_times(ticket: Ticket, now: datetime) -> None:
    lifetime = ticket.expires_at - ticket.issued_at
    if not timedelta(0) < lifetime <= TICKET_LIFETIME:
        raise TicketExpired
    if ticket.issued_at > now + CLOCK_LEEWAY or ticket.expires_at <= now:
        raise TicketExpired
