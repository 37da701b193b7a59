"""Who logged in: the citizen's number, from what the broker's ID token says.

It is the token of this login (signature, issuer, client and nonce were held before) and
no other place: nothing that a browser sends can name a number.
Proven by tests/attack/test_the_portal_shows_nobody_another.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import Key

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from portal.errors import LoginTooLow, NumberEncrypted, NumberMissing
from portal.settings import BrokerSettings, Level

ALGORITHMS: Final = ["RSA-OAEP-256", "ECDH-ES", "A256GCM"]
_JWE_PARTS: Final = 5


@dataclass(frozen=True, slots=True, repr=False)
class Citizen:
    """Who logged in, and how surely. Has no repr, and lives for one request."""

    number: Bsn
    login: Level


def read_citizen(
    claims: Mapping[str, Any], broker: BrokerSettings, key: Key | None
) -> Citizen:
    """Read who logged in from verified claims, or raise a leaf of `LoginFailed`.

    The level first: of whom is not sure enough, no number is even read.
    """
    level = claims.get(broker.level_claim)
    login = broker.levels.get(level) if isinstance(level, str) else None
    if login is None:
        raise LoginTooLow
    said = claims.get(broker.number_claim)
    if not isinstance(said, str):
        raise NumberMissing
    if said.count(".") == _JWE_PARTS - 1:
        said = _decrypt(said, key)
    if not said.startswith(broker.number_prefix):
        raise NumberMissing
    try:
        return Citizen(parse_bsn(said.removeprefix(broker.number_prefix)), login)
    except InvalidBsn:
        raise NumberMissing from None


def _decrypt(said: str, key: Key | None) -> str:
    if key is None:
        raise NumberEncrypted
    try:
        opened = jwe.decrypt_compact(said, key, algorithms=ALGORITHMS)
        return (opened.plaintext or b"").decode("ascii")
    except (JoseError, ValueError):
        raise NumberMissing from None
