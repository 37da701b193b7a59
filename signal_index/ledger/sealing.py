"""Seals the disclosures of an entry, and opens them again (AES-256-GCM).

- The associated data is the entry's id: a sealed row moved to another entry fails.
- The plaintext is padded to a multiple of 4,096 bytes.
- Erasing the row, or the key of its year, erases what the entry said; the leaf stays.
"""

from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.base64url import encode_b64u
from signal_index.ledger.keys import DisclosureKey
from signal_index.proof import (
    Disclosure,
    DisclosureRefused,
    Group,
    decode_b64u,
    parse_disclosure,
)

NONCE_BYTES = 12
_STEP = 4096


def seal_disclosures(
    entry: UUID, disclosures: Mapping[Group, str], *, key: DisclosureKey, nonce: bytes
) -> bytes:
    """Give nonce and ciphertext of all seven disclosures.

    A nonce must never be used twice with one key: random ones hold for 2^32 entries.
    """
    plain = b"\n".join(decode_b64u(disclosures[group]) for group in Group)
    padded = plain + b"\n" * (-len(plain) % _STEP)
    return nonce + AESGCM(key.seal).encrypt(nonce, padded, entry.bytes)


def open_disclosures(
    entry: UUID, sealed: bytes, *, key: DisclosureKey
) -> Mapping[Group, str]:
    """Give the disclosures of an entry again, as `open_parsed` does."""
    opened = open_parsed(entry, sealed, key=key)
    return {group: text for group, (text, _) in opened.items()}


def open_parsed(
    entry: UUID, sealed: bytes, *, key: DisclosureKey
) -> Mapping[Group, tuple[str, Disclosure]]:
    """Give the disclosures of an entry again, byte for byte, and what they say.

    Raises `DisclosureRefused` where the seal does not hold: another entry's row,
    another year's key, or a changed byte.
    """
    try:
        padded = AESGCM(key.seal).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], entry.bytes
        )
    except (InvalidTag, ValueError) as cause:
        raise DisclosureRefused("the sealed groups of an entry do not open") from cause
    texts = [encode_b64u(line) for line in padded.rstrip(b"\n").split(b"\n")]
    parsed = [(text, parse_disclosure(text)) for text in texts]
    return {said.group: (text, said) for text, said in parsed}
