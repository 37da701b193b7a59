"""Hashing of ciphersuite ristretto255-SHA512 in mode VOPRF (RFC 9497 section 4.1)."""

from hashlib import sha512
from typing import Final

UNIFORM_BYTES: Final = 64
_BLOCK_BYTES: Final = 128  # SHA-512 input block, `s_in_bytes` of RFC 9380


def name_context(mode: int) -> bytes:
    """Give the context string of a protocol mode (RFC 9497 section 3.1)."""
    return b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"


VOPRF_NAME: Final = name_context(1)


def expand_message(message: bytes, tag: bytes) -> bytes:
    """Give 64 uniform bytes: expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1).

    64 bytes are exactly one block of output, so the RFC's loop runs once.
    """
    suffix = tag + bytes([len(tag)])
    first = sha512(bytes(_BLOCK_BYTES))
    first.update(message + UNIFORM_BYTES.to_bytes(2) + b"\x00" + suffix)
    return sha512(first.digest() + b"\x01" + suffix).digest()


def frame(*parts: bytes) -> bytes:
    """Give parts one after the other, each after its length in two bytes."""
    return b"".join(len(part).to_bytes(2) + part for part in parts)
