"""The keys by which sources sign what they say, as the key holders state them.

Who runs the index can write any key into its database. So a reader of what a source
signed takes the keys from the holders, who took them in themselves, with the source's
own signed request; and of those only what two of them state.

    verify_notice_keys(token, config, holder="holder-1", now=now) -> the keys it states
    agree(stated, threshold) -> the keys that count, by whom they speak for, and name

An organisation signs for itself, and for a partner only where holders say so: else who
runs the index would need no more than the key of any one source.

Verify only: who reads them is a desk or a case system.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from keys.config import KeyConfig
from keys.errors import InvalidToken, UnusableKey
from keys.jose import PublicKey, parse_public_key
from keys.statement import open_stated

NOTICE_KEYS_TYPE: Final = "signal-notice-keys+jwt"
STATED_FOR: Final = timedelta(minutes=10)
"""For how long a statement says what is; a clock may be as far off."""

StatedKey = tuple[str, str, PublicKey]
"""A source, an organisation that signs for it, and a key of that."""
KeyName = tuple[str, str, str]
"""The same with the `kid` in place of the key."""


def _public_key(value: object) -> PublicKey:
    try:
        return parse_public_key(value)
    except UnusableKey as error:
        raise ValueError(*error.args) from None


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    org: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    partners: tuple[Annotated[str, Field(pattern=r"^[0-9]{20}$")], ...] = ()
    keys: tuple[Annotated[PublicKey, BeforeValidator(_public_key)], ...]


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    iss: str
    iat: Annotated[int, Field(strict=True, ge=0, lt=2**40)]
    sources: tuple[_Stated, ...]


def verify_notice_keys(
    token: str, config: KeyConfig, holder: str, *, now: datetime
) -> frozenset[StatedKey]:
    """Give the keys that this holder states now.

    Raises `InvalidToken` for a statement that is not of this holder or of another time,
    `SignatureInvalid` where another key signed it. `config` is a verified key config.
    """
    try:
        claims = open_stated(token, NOTICE_KEYS_TYPE, config, holder)
        said = _Claims.model_validate(claims)
    except ValidationError:
        raise InvalidToken from None
    age = abs(now.timestamp() - said.iat)
    if said.iss != holder or age > STATED_FOR.total_seconds():
        raise InvalidToken
    return frozenset(
        (source, one.org, key)
        for one in said.sources
        for source in (one.org, *one.partners)
        for key in one.keys
    )


def agree(
    stated: Iterable[frozenset[StatedKey]], threshold: int
) -> Mapping[KeyName, PublicKey]:
    """Give the keys that so many holders state, by source, who signs, and `kid`.

    Two keys of one name: neither counts.
    """
    times = Counter(key for one in stated for key in one)
    agreed = [key for key, count in times.items() if count >= threshold]
    named = Counter((source, by, key.kid) for source, by, key in agreed)
    return {
        (source, by, key.kid): key
        for source, by, key in agreed
        if named[source, by, key.kid] == 1
    }
