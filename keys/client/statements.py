"""What an auditor asks a holder: the signed list of one day's tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from keys.client.transports import OK, HolderPlace, Signer, read_refusal, send
from keys.config import KeyConfig
from keys.errors import HolderUnavailable, InvalidToken, SignatureInvalid
from keys.jose import PublicKey, open_compact
from keys.request import sign_statement_request

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


@dataclass(frozen=True, slots=True)
class DayStatement:
    """A verified statement. `complete` is false when the day was not over yet."""

    holder: str
    day: date
    stated_at: datetime
    tickets: tuple[StatedTicket, ...]

    @property
    def complete(self) -> bool:
        """Say whether the day had ended when the holder signed."""
        return self.stated_at.astimezone(UTC).date() > self.day


async def fetch_statement(
    client: httpx.AsyncClient, place: HolderPlace, signer: Signer, day: date
) -> str:
    """Give a holder's statement of a UTC day, unverified.

    Raises `HolderUnavailable`, `HolderBudgetSpent` or `HolderRefused`.
    """
    request = sign_statement_request(
        signer.key, signer.organisation, place.id, day, now=signer.now()
    )
    url = f"{place.url}/v1/statements/{day.isoformat()}"
    headers = {"Authorization": f"Bearer {request}"}
    response = await send(client, client.build_request("GET", url, headers=headers))
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        return response.content.decode("ascii")
    except UnicodeDecodeError:
        raise HolderUnavailable from None


def verify_statement(
    token: str, config: KeyConfig, holder: str, day: date
) -> DayStatement:
    """Give a statement that this holder signed about this day.

    Raises `InvalidToken`, or `SignatureInvalid` when another key signed. `config` is a
    verified key config.
    """

    def find_key(_claims: Mapping[str, Any]) -> PublicKey:
        for member in config.holders:
            if member.id == holder:
                return member.ticket_key
        raise SignatureInvalid

    try:
        said = _Claims.model_validate(open_compact(token, STATEMENT_TYPE, find_key))
    except ValidationError:
        raise InvalidToken from None
    if said.iss != holder or said.day != day:
        raise InvalidToken
    return DayStatement(
        holder, day, datetime.fromtimestamp(said.iat, UTC), said.tickets
    )
