"""A holder's day statement: the signed list of the tickets it gave on a UTC day.

It also says when the holder was restored from a backup: what is missing of its record.

    verify_statement(token, config, holder="holder-1", day=day) -> DayStatement

Verify only: the index's offline reconciliation stands on it, and cannot import what
asks a holder (`keys.client.statements`) or signs for one (`keys.holder`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from keys.config import KeyConfig
from keys.errors import InvalidToken, SignatureInvalid
from keys.jose import PublicKey, open_by_one_of
from keys.restoration import Restoration, instant_of

STATEMENT_TYPE: Final = "signal-statement+jwt"


class StatedTicket(BaseModel):
    """One ticket in a statement."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    jti: str
    sub: str
    org: str
    act: str
    count: Annotated[int, Field(strict=True, ge=1)]
    key_version: Annotated[int, Field(strict=True, ge=1)]
    epoch: Annotated[int, Field(strict=True, ge=1)]
    req: str
    iat: Annotated[int, Field(strict=True, ge=0)]
    exp: Annotated[int, Field(strict=True, ge=0)]


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    iss: str
    iat: Annotated[int, Field(strict=True, ge=0, lt=2**40)]
    day: date
    tickets: tuple[StatedTicket, ...]
    restored: tuple[Restoration, ...]


@dataclass(frozen=True, slots=True)
class DayStatement:
    """A verified statement. `complete` is false when the day was not over yet."""

    holder: str
    day: date
    stated_at: datetime
    tickets: tuple[StatedTicket, ...]
    restored: tuple[Restoration, ...] = ()

    @property
    def complete(self) -> bool:
        """Say whether the day had ended when the holder signed."""
        return self.stated_at.astimezone(UTC).date() > self.day


def open_stated(
    token: str, type_: str, config: KeyConfig, holder: str
) -> dict[str, Any]:
    """Open what this holder states, signed with a ticket key of its own.

    Raises `InvalidToken`, or `SignatureInvalid` when another key signed. `config` is a
    verified key config.
    """

    def find_keys(_claims: Mapping[str, Any]) -> Sequence[PublicKey]:
        member = config.find_holder(holder)
        if member is None:
            raise SignatureInvalid
        return member.ticket_keys

    return open_by_one_of(token, type_, find_keys)


def verify_statement(
    token: str, config: KeyConfig, holder: str, day: date | None
) -> DayStatement:
    """Give a statement that this holder signed about this day; None: about any day.

    Raises `InvalidToken`, or `SignatureInvalid` when another key signed. `config` is a
    verified key config.
    """
    try:
        claims = open_stated(token, STATEMENT_TYPE, config, holder)
        said = _Claims.model_validate(claims)
    except ValidationError:
        raise InvalidToken from None
    if said.iss != holder or (day is not None and said.day != day):
        raise InvalidToken
    stated_at = instant_of(said.iat)
    return DayStatement(holder, said.day, stated_at, said.tickets, said.restored)
