"""The pseudonym N of a person and what the index derives from it.

A client arrives at N = k*P with two key holders; no single party holds k. The index
turns N into what lies on disk: S = c*N exists in memory only, a row is found by part
of AES-256-SIV(h, S, category), the ledger names a person by HMAC(l_y, S).

Invariants:

- a `Pseudonym` is a canonical ristretto255 element and never the identity;
- a secret is parsed once, cannot be printed, and lives outside the database;
- rows of one person in two categories do not link without h;
- this module never imports `keys.group`: the index derives, it cannot evaluate.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import NewType

import pysodium
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from keys.errors import InvalidPseudonym, InvalidRow, InvalidSecret

KeyVersion = NewType("KeyVersion", int)

_POINT_BYTES = 32
_IDENTITY = bytes(_POINT_BYTES)  # ristretto255 encodes the identity as zeros
_ROW_KEY_BYTES = 16  # the synthetic IV of RFC 5297 comes first
_SEALED_BYTES = _ROW_KEY_BYTES + _POINT_BYTES


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonym:
    """N, the name under which clients and the index speak about one person.

    Constructing one checks it as `parse_pseudonym` does, so a value of this type is
    always a valid element. Two are equal when they name the same person under the
    same key version.
    """

    encoded: bytes

    def __post_init__(self) -> None:
        if len(self.encoded) != _POINT_BYTES or self.encoded == _IDENTITY:
            raise InvalidPseudonym
        if not pysodium.crypto_core_ristretto255_is_valid_point(self.encoded):
            raise InvalidPseudonym

    def __repr__(self) -> str:
        return "<Pseudonym>"


@dataclass(frozen=True, slots=True, repr=False)
class StoredPoint:
    """S = c*N: what rows and ledger names come from; in memory only, never stored."""

    encoded: bytes

    def __repr__(self) -> str:
        return "<StoredPoint>"


@dataclass(frozen=True, slots=True, repr=False)
class IndexScalar:
    """c_v, the secret scalar of the index for one key version."""

    encoded: bytes

    def __repr__(self) -> str:
        return "<IndexScalar>"


@dataclass(frozen=True, slots=True, repr=False)
class RowKeySecret:
    """h, under which rows are found and sealed; two AES-256 keys (RFC 5297)."""

    cipher: AESSIV

    def __repr__(self) -> str:
        return "<RowKeySecret>"


@dataclass(frozen=True, slots=True, repr=False)
class LedgerNameKey:
    """l_y, under which the ledger of one calendar year names persons."""

    encoded: bytes

    def __repr__(self) -> str:
        return "<LedgerNameKey>"


@dataclass(frozen=True, slots=True, repr=False)
class SealedRow:
    """What the database holds of a person in one category.

    `row_key` (16 bytes) finds the row; `seal` (32 bytes) gives S back to who holds h,
    for re-keying, and is unreadable for the web role.
    """

    row_key: bytes
    seal: bytes

    def __repr__(self) -> str:
        return "<SealedRow>"


def parse_pseudonym(data: bytes) -> Pseudonym:
    """Give the pseudonym these 32 bytes encode.

    Raises `InvalidPseudonym` for the identity, a non-canonical encoding and any other
    length: each would give every caller who sends it the same row.
    """
    return Pseudonym(bytes(data))


def parse_index_scalar(data: bytes) -> IndexScalar:
    """Give c_v from its 32 bytes, little-endian.

    Raises `InvalidSecret` when zero or not reduced; libsodium would accept both, and
    an unreduced scalar is a second name for the same secret.
    """
    if len(data) != _POINT_BYTES or not any(data):
        raise InvalidSecret
    reduced = pysodium.crypto_core_ristretto255_scalar_reduce(bytes(data) + bytes(32))
    if not hmac.compare_digest(reduced, data):
        raise InvalidSecret
    return IndexScalar(bytes(data))


def parse_row_key_secret(data: bytes) -> RowKeySecret:
    """Give h from its 64 bytes; raises `InvalidSecret` for any other length.

    Equal halves are refused: encryption and authentication would share one key.
    """
    if len(data) != 64 or data[:32] == data[32:]:
        raise InvalidSecret
    return RowKeySecret(AESSIV(bytes(data)))


def parse_ledger_name_key(data: bytes) -> LedgerNameKey:
    """Give l_y from its 32 bytes; raises `InvalidSecret` for any other length."""
    if len(data) != 32 or not any(data):
        raise InvalidSecret
    return LedgerNameKey(bytes(data))


def derive_stored_point(c: IndexScalar, n: Pseudonym) -> StoredPoint:
    """Give S = c*N, about 65 us on one core; libsodium releases the interpreter."""
    return StoredPoint(pysodium.crypto_scalarmult_ristretto255(c.encoded, n.encoded))


def restore_pseudonym(c: IndexScalar, s: StoredPoint) -> Pseudonym:
    """Give N back, as clients of c's key version name that person: N = S/c.

    For an entry about a person of whom only a sealed row is at hand.
    """
    inverse = pysodium.crypto_core_ristretto255_scalar_invert(c.encoded)
    return parse_pseudonym(pysodium.crypto_scalarmult_ristretto255(inverse, s.encoded))


def derive_sealed_row(h: RowKeySecret, s: StoredPoint, category: str) -> SealedRow:
    """Give the row of S in one category: AES-256-SIV with the category bound to it.

    Deterministic on purpose: the same person and category must find the same row.
    For a category outside the permit, never call this.
    """
    sealed = h.cipher.encrypt(s.encoded, [category.encode()])
    return SealedRow(sealed[:_ROW_KEY_BYTES], sealed[_ROW_KEY_BYTES:])


def open_sealed_row(h: RowKeySecret, row: SealedRow, category: str) -> StoredPoint:
    """Give S back, for re-keying; raises `InvalidRow` for another key or category."""
    sealed = row.row_key + row.seal
    if len(sealed) != _SEALED_BYTES or len(row.row_key) != _ROW_KEY_BYTES:
        raise InvalidRow
    try:
        return StoredPoint(h.cipher.decrypt(sealed, [category.encode()]))
    except InvalidTag:
        raise InvalidRow from None


def derive_ledger_name(l_y: LedgerNameKey, s: StoredPoint) -> bytes:
    """Give the 32 bytes by which the ledger of one year names a person.

    The key is destroyed when that year's entries have expired; the names then lead
    nowhere (GDPR art. 5(1)(e)).
    """
    return hmac.digest(l_y.encoded, s.encoded, hashlib.sha256)
