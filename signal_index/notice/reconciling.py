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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Oin,
    Slug,
    parse_b64u,
    parse_day,
    parse_int,
    parse_list,
    parse_municipality,
    parse_object,
    parse_oin,
    parse_slug,
    parse_uuid,
)

MARK_BYTES: Final = 16
RECONCILING_SALT_BYTES: Final = 16
BUCKETS_ASKED_MAXIMUM: Final = 64
_DIGEST_BYTES: Final = 32
_BITS_MAXIMUM: Final = 12
_PER_BUCKET: Final = 100  # 100,000 cases: 1,024 digests of 16 bytes, 22 kB on the wire
_CATEGORIES_MAXIMUM: Final = 64
_MUNICIPALITIES_MAXIMUM: Final = 400
_SCOPE: Final = ("source", "categories", "municipalities", "on", "salt")


@dataclass(frozen=True, slots=True)
class ReconcilingScope:
    """Which signals are compared: those of one source that stand on a day."""

    source: Oin
    categories: tuple[Slug, ...]
    municipalities: tuple[MunicipalityCode, ...]
    on: date
    salt: bytes


@dataclass(frozen=True, slots=True)
class MarkedSignal:
    """A signal that stands at one side."""

    reference: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The index's digests per bucket, where the sets are not equal."""

    bits: int
    digests: tuple[bytes, ...]


def mark_signal(salt: bytes, one: MarkedSignal) -> bytes:
    """Give the 16-byte mark of a signal under a salt."""
    said = salt + one.reference.bytes + one.version.to_bytes(4)
    return hashlib.sha256(said).digest()[:MARK_BYTES]


def digest_marks(marks: Iterable[bytes]) -> bytes:
    """Give the 32-byte digest of a set of marks, in whatever order they come."""
    return hashlib.sha256(b"".join(sorted(marks))).digest()


def choose_bits(count: int) -> int:
    """Give by how many bits this many marks are divided: about a hundred in each."""
    return min(max(count // _PER_BUCKET, 1).bit_length(), _BITS_MAXIMUM)


def find_bucket(mark: bytes, bits: int) -> int:
    """Give the bucket of a mark: its first bits."""
    return int.from_bytes(mark[:2]) >> (16 - bits)


def digest_buckets(marks: Iterable[bytes], bits: int) -> tuple[bytes, ...]:
    """Give a 16-byte digest for each bucket, empty ones included."""
    buckets: list[list[bytes]] = [[] for _ in range(1 << bits)]
    for mark in marks:
        buckets[find_bucket(mark, bits)].append(mark)
    return tuple(digest_marks(bucket)[:MARK_BYTES] for bucket in buckets)


def encode_scope(scope: ReconcilingScope) -> dict[str, object]:
    """Give the wire form of what is compared."""
    return {
        "source": scope.source,
        "categories": list(scope.categories),
        "municipalities": list(scope.municipalities),
        "on": scope.on.isoformat(),
        "salt": encode_b64u(scope.salt),
    }


def encode_comparison(
    scope: ReconcilingScope, count: int, digest: bytes
) -> dict[str, object]:
    """Give the wire form of a source's question: how many, and their digest."""
    return {**encode_scope(scope), "count": count, "digest": encode_b64u(digest)}


def parse_comparison(value: object) -> tuple[ReconcilingScope, int, bytes]:
    """Give what a source asks: the scope, its count, its digest; or `InvalidField`."""
    item = parse_object(value, (*_SCOPE, "count", "digest"))
    digest = parse_b64u(item["digest"], "digest", length=_DIGEST_BYTES)
    return _parse_scope(item), parse_int(item["count"], "count"), digest


def parse_bucket_question(
    value: object,
) -> tuple[ReconcilingScope, int, frozenset[int]]:
    """Give which buckets a source asks in full: the scope, the bits, the numbers."""
    item = parse_object(value, (*_SCOPE, "bits", "buckets"))
    bits = parse_int(item["bits"], "bits", minimum=1)
    if bits > _BITS_MAXIMUM:
        raise InvalidField("bits", "out-of-range")
    asked = parse_list(item["buckets"], "buckets", maximum=BUCKETS_ASKED_MAXIMUM)
    numbers = frozenset(parse_int(one, "buckets") for one in asked)
    if any(number >> bits for number in numbers):
        raise InvalidField("buckets", "out-of-range")
    return _parse_scope(item), bits, numbers


def encode_difference(difference: Difference) -> dict[str, object]:
    """Give the wire form of the index's digests."""
    joined = b"".join(difference.digests)
    return {"bits": difference.bits, "buckets": encode_b64u(joined)}


def parse_difference(item: Mapping[str, object]) -> Difference:
    """Give the index's digests from its answer, or raise `InvalidField`."""
    bits = parse_int(item.get("bits"), "bits", minimum=1)
    if bits > _BITS_MAXIMUM:
        raise InvalidField("bits", "out-of-range")
    length = MARK_BYTES << bits
    joined = parse_b64u(item.get("buckets"), "buckets", length=length)
    at = range(0, length, MARK_BYTES)
    return Difference(bits, tuple(joined[i : i + MARK_BYTES] for i in at))


def encode_marked(signals: Sequence[MarkedSignal]) -> list[dict[str, object]]:
    """Give the wire form of signals that stand."""
    return [
        {"reference": str(one.reference), "version": one.version} for one in signals
    ]


def parse_marked(value: object) -> tuple[MarkedSignal, ...]:
    """Give the signals of an answer, or raise `InvalidField`."""
    items = parse_list(value, "signals", maximum=1_000_000)
    return tuple(_parse_one(one) for one in items)


def _parse_one(value: object) -> MarkedSignal:
    item = parse_object(value, ("reference", "version"), field="signals")
    return MarkedSignal(
        parse_uuid(item["reference"], "reference"),
        parse_int(item["version"], "version", minimum=1),
    )


def _parse_scope(item: Mapping[str, object]) -> ReconcilingScope:
    categories = parse_list(
        item["categories"], "categories", maximum=_CATEGORIES_MAXIMUM
    )
    places = parse_list(
        item["municipalities"], "municipalities", maximum=_MUNICIPALITIES_MAXIMUM
    )
    if not categories:
        raise InvalidField("categories", "missing")
    if not places:
        raise InvalidField("municipalities", "missing")
    return ReconcilingScope(
        source=parse_oin(item["source"], "source"),
        categories=tuple(
            dict.fromkeys(parse_slug(x, "categories") for x in categories)
        ),
        municipalities=tuple(
            dict.fromkeys(parse_municipality(x, "municipalities") for x in places)
        ),
        on=parse_day(item["on"], "on"),
        salt=parse_b64u(item["salt"], "salt", length=RECONCILING_SALT_BYTES),
    )
