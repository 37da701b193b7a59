"""Seals a small JSON object at a fixed length, bound to the row it stands in.

What is sealed says of whom it is by a person's embargo row with its seal (`SealedRow`):
48 bytes from which only who holds h gets S, and so where anything else of that person
stands. It holds no row key of a signal. When h is rotated, these bytes are all that
changes in it.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import SealedRow
from signal_index.proof import DisclosureRefused

ROW_BYTES: Final = 16
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


def seal(
    key: bytes, row: UUID, label: bytes, facts: dict[str, Any], step: int
) -> bytes:
    """Give nonce and ciphertext, its plain text padded to a multiple of `step` bytes.

    What we write is bounded so that one step always holds it.
    """
    plain = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    padded = plain + b" " * (-len(plain) % step)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded, label + row.bytes)


def pack_person(person: SealedRow) -> str:
    """Write a person's embargo row and its seal."""
    return encode_b64u(person.row_key + person.seal)


def unpack_person(packed: str) -> SealedRow:
    """Read them again."""
    data = decode_b64u(packed)
    return SealedRow(data[:ROW_BYTES], data[ROW_BYTES:])


def bind(label: bytes, *columns: str) -> bytes:
    """Give a label under which a seal opens with these columns of its row alone."""
    said = [column.encode() for column in columns]
    return label + b"".join(len(one).to_bytes(2) + one for one in said)


def unseal(key: bytes, row: UUID, label: bytes, sealed: bytes) -> Any:  # noqa: ANN401
    """Give the facts again, or raise `DisclosureRefused`: another row, key or byte."""
    try:
        plain = AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label + row.bytes
        )
    except (InvalidTag, ValueError) as cause:
        raise DisclosureRefused("a sealed notice does not open") from cause
    return json.loads(plain)
