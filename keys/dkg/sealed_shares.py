"""Shares on their way: sealed by one party for another, in one session.

XChaCha20-Poly1305 under a key and nonce hashed from two Diffie-Hellman products: one
with the sender's key of this session, one with that of its card. The key of the session
is thrown away, so that afterwards the sender's other key alone opens nothing.

- The nonce is derived, never drawn: each sender, receiver and session has its own key.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import pysodium

from keys.group import SCALAR_BYTES, Point, Scalar, multiply

SEALED_BYTES: Final = SCALAR_BYTES + 16
_PREFIX: Final = b"COCKTAIL-DKG-Ristretto255-SHA512-H6"


class SealBroken(Exception):
    """A sealed share does not open with these keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """From whom, to whom, in which session: all public."""

    ephemeral: Point
    sender: Point
    receiver: Point
    context: bytes


def seal(plain: bytes, passage: Passage, ephemeral: Scalar, own: Scalar) -> bytes:
    """Seal for the receiver, with the sender's key of the session and of its card."""
    fresh = multiply(ephemeral, passage.receiver)
    key, nonce = _derive(passage, fresh, multiply(own, passage.receiver))
    sealed: bytes = pysodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plain, None, nonce, key
    )
    return sealed


def unseal(sealed: bytes, passage: Passage, own: Scalar) -> bytes:
    """Open with the receiver's key, or raise `SealBroken`."""
    fresh = multiply(own, passage.ephemeral)
    key, nonce = _derive(passage, fresh, multiply(own, passage.sender))
    try:
        plain: bytes = pysodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed, None, nonce, key
        )
    except ValueError:
        raise SealBroken from None
    return plain


def _derive(passage: Passage, fresh: Point, lasting: Point) -> tuple[bytes, bytes]:
    public = (passage.ephemeral, passage.sender, passage.receiver)
    points = b"".join(point.encoded for point in (fresh, lasting, *public))
    length = len(passage.context).to_bytes(8, "little")
    derived = hashlib.sha512(_PREFIX + points + length + passage.context).digest()
    return derived[:32], derived[32:56]
