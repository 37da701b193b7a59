"""The two keys of a year that its disclosure key gives (HKDF, RFC 5869).

One seals the opened groups, the other makes the keyed hashes by which entries are found.
Destroying the disclosure key of a year makes both unreadable.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from signal_index.keyring import DisclosureKey

_KEY_BYTES = 32
_YEARS_REMEMBERED = 16


@lru_cache(maxsize=_YEARS_REMEMBERED)
def derive_seal_key(key: DisclosureKey) -> bytes:
    """Give the AES-256 key under which the disclosures of the year are sealed."""
    return _derive(key, b"signal-index/ledger/seal/1")


@lru_cache(maxsize=_YEARS_REMEMBERED)
def derive_find_key(key: DisclosureKey) -> bytes:
    """Give the HMAC key of the hashes by which entries of the year are found."""
    return _derive(key, b"signal-index/ledger/find/1")


def _derive(key: DisclosureKey, label: bytes) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=label)
    return hkdf.derive(key.encoded)
