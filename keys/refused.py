"""Who may have nothing evaluated now: what the index tells the key holders.

    sign_refused(key, accounts, now=...) -> compact JWS for every holder
    open_refused(token, keys) -> Refused

- Signed with the key by which agencies know the index; a holder can be told to refuse
  somebody, never to serve anybody.
- The list is whole each time: whoever is not on it is not refused any more. A holder
  takes no older one than it has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keys.errors import InvalidToken
from keys.jose import PrivateKey, PublicKey, open_by_one_of, sign_compact

REFUSED_TYPE: Final = "signal-refused+jwt"
EVERYBODY: Final = "*"
"""In the place of an account: the organisation as a whole."""
MOST_REFUSED: Final = 2_000


class RefusedAccount(BaseModel):
    """An account at an organisation, or everybody there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    org: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    sub: Annotated[str, Field(min_length=1, max_length=256)]


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    iat: Annotated[int, Field(strict=True, ge=0, lt=2**40)]
    refused: Annotated[tuple[RefusedAccount, ...], Field(max_length=MOST_REFUSED)]


@dataclass(frozen=True, slots=True)
class Refused:
    """Whom to refuse, as of a moment."""

    accounts: frozenset[tuple[str, str]]
    at: datetime


def sign_refused(
    key: PrivateKey, accounts: Iterable[tuple[str, str]], *, now: datetime
) -> str:
    """Sign the whole list: (organisation, account or `EVERYBODY`)."""
    refused = [{"org": org, "sub": sub} for org, sub in sorted(accounts)]
    claims: dict[str, object] = {"iat": int(now.timestamp()), "refused": refused}
    return sign_compact(key, REFUSED_TYPE, claims)


def open_refused(token: str, keys: Sequence[PublicKey]) -> Refused:
    """Give what the index signed with one of its keys, or raise `InvalidToken`."""
    claims = open_by_one_of(token, REFUSED_TYPE, lambda _claims: keys)
    try:
        said = _Claims.model_validate(claims)
    except ValidationError:
        raise InvalidToken from None
    accounts = frozenset((one.org, one.sub) for one in said.refused)
    return Refused(accounts, datetime.fromtimestamp(said.iat, UTC))
