"""What an index asks of a rotation, and what it says at the end: two signed files.

    rotation.json   the one-time key that holders seal for, and for which key version
    rotated.json    that version is in use, and the one before it is over

- Both are signed by the index's receipt key, which holders have from its own hands
  (`receipt.public.jwk`): whoever carries the files or leads the call puts no key in
  the place of the index's.
- What is sealed opens with the one-time key alone (libsodium's sealed box, X25519);
  that key is erased when it has served.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

import pysodium
from pydantic import Field

from keys.ceremony.documents import Bytes, Digest, Token, encode, parse_file
from keys.ceremony.errors import CeremonyForged
from keys.config_document import Count, Document, Instant, SigningKey
from keys.errors import InvalidToken, UnusableKey
from keys.jose import (
    PrivateKey,
    PublicKey,
    open_compact,
    parse_public_key,
    sign_compact,
)

SealKey = Annotated[Bytes, Field(min_length=32, max_length=32)]
_Told = TypeVar("_Told", "Rotation", "Rotated")


class Rotation(Document):
    """What an index asks: to be told the factor to this version, under this key."""

    format: Literal["signal-index/rotation/1"] = "signal-index/rotation/1"
    key_version: Count
    serial: Count
    """Of the key config in use, which the ceremony follows on."""
    seal_key: SealKey
    begun_at: Instant
    index_key: SigningKey


class RotationFile(Document):
    """`rotation.json`."""

    rotation: Token


class Rotated(Document):
    """What an index says when nobody is answered any more under the former version.

    It took the config of this version up, and it is a day ago that somebody first asked
    under it: by the index's clock, not by that of whoever lets a share go.
    """

    format: Literal["signal-index/rotated/1"] = "signal-index/rotated/1"
    transcript: Digest
    key_version: Count
    over_at: Instant
    index_key: SigningKey


class RotatedFile(Document):
    """`rotated.json`."""

    rotated: Token


_TYPES: Final[Mapping[type, str]] = {
    Rotation: "signal-key-rotation+json",
    Rotated: "signal-key-rotated+json",
}


@dataclass(frozen=True, slots=True, repr=False)
class SealPair:
    """A one-time key of the index: both halves of an X25519 key."""

    public: bytes
    secret: bytes

    def __repr__(self) -> str:
        """Show the type, never the key."""
        return "<SealPair>"

    @classmethod
    def generate(cls) -> "SealPair":
        """Make a new one."""
        return cls(*pysodium.crypto_box_keypair())


def sign_told(key: PrivateKey, told: Rotation | Rotated) -> str:
    """Sign what the index says, with its receipt key."""
    return sign_compact(key, _TYPES[type(told)], json.loads(encode(told)))


def open_told(model: type[_Told], token: str, name: str) -> _Told:
    """Give what is said, by the key named in it; raises `CeremonyRefused`.

    Whether that is the index's key, whoever knows it must see (`index_key`).
    """
    try:
        claims = open_compact(token, _TYPES[model], _find_named)
    except (InvalidToken, UnusableKey):
        raise CeremonyForged(
            f"{name}: not as the index that it names said it"
        ) from None
    return parse_file(model, json.dumps(claims).encode(), name)


def seal_for(key: bytes, plain: bytes) -> bytes:
    """Seal for whoever has the one-time key; raises `CeremonyForged` for none."""
    try:
        sealed: bytes = pysodium.crypto_box_seal(plain, key)
    except ValueError:
        raise CeremonyForged("rotation.json names a key that hides nothing") from None
    return sealed


def unseal(pair: SealPair, sealed: bytes) -> bytes:
    """Open what was sealed for this key, or raise `ValueError`."""
    plain: bytes = pysodium.crypto_box_seal_open(sealed, pair.public, pair.secret)
    return plain


def _find_named(claims: Mapping[str, Any]) -> PublicKey:
    return parse_public_key(claims.get("indexKey"))
