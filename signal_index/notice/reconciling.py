"""Set reconciliation: a source and the index find out what differs, by digests.

Both mark each signal that should stand: SHA-256 over a fresh salt, the source's own
reference and the version, cut to 16 bytes. No number of a person and no pseudonym has
any part in it. Equal sets have one digest; otherwise the marks are divided over buckets
by their first bits, and only the buckets that differ are told in full.

- The salt is the caller's and new each time, so that digests of two days do not join.
- A digest is taken over sorted marks: no order, no way to make two sets cancel out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from keys.base64url import encode_b64u
from signal_index.wire.reconciling import BITS_MAXIMUM, MARK_BYTES, MarkedSignal

RECONCILING_SALT_BYTES: Final = 16
_PER_BUCKET: Final = 100  # 100,000 cases: 1,024 digests of 16 bytes, 22 kB on the wire


def mark_signal(salt: bytes, one: MarkedSignal) -> bytes:
    """Give the 16-byte mark of a signal under a salt."""
    said = salt + one.reference.bytes + one.version.to_bytes(4)
    return hashlib.sha256(said).digest()[:MARK_BYTES]


def digest_marks(marks: Iterable[bytes]) -> bytes:
    """Give the 32-byte digest of a set of marks, in whatever order they come."""
    return hashlib.sha256(b"".join(sorted(marks))).digest()


def choose_bits(count: int) -> int:
    """Give by how many bits this many marks are divided: about a hundred in each."""
    return min(max(count // _PER_BUCKET, 1).bit_length(), BITS_MAXIMUM)


def find_bucket(mark: bytes, bits: int) -> int:
    """Give the bucket of a mark: its first bits."""
    return int.from_bytes(mark[:2]) >> (16 - bits)


def digest_buckets(marks: Iterable[bytes], bits: int) -> tuple[bytes, ...]:
    """Give a 16-byte digest for each bucket, empty ones included."""
    buckets: list[list[bytes]] = [[] for _ in range(1 << bits)]
    for mark in marks:
        buckets[find_bucket(mark, bits)].append(mark)
    return tuple(digest_marks(bucket)[:MARK_BYTES] for bucket in buckets)


def encode_digests(digests: Iterable[bytes]) -> str:
    """Write the digests of all buckets, in their order, as `Compared.buckets`."""
    return encode_b64u(b"".join(digests))
