"""The key of an agency's outbox: what seals a BSN there, and names a case unreadably.

One 32-byte secret in a file of the agent's user; three keys are derived from it (HKDF,
RFC 5869) for three uses that must never meet.

- `seal` and `open_sealed`: AES-256-GCM, bound to a label and the row it stands in.
- `mark`: a keyed hash, by which a case is found again without its number.
- Nothing here has a repr; without the file an outbox names nobody.
"""

import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sources.errors import OutboxKeyChanged

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MARK_BYTES: Final = 20


class OutboxKey:
    """Seal, open and mark. Prints as `<OutboxKey>`."""

    __slots__ = ("_marking", "_sealing")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise OutboxKeyChanged("De sleutel van het postvak heeft niet 32 bytes.")
        self._sealing = AESGCM(_derive(secret, b"signal-source/seal/1"))
        self._marking = _derive(secret, b"signal-source/mark/1")

    def __repr__(self) -> str:
        return "<OutboxKey>"

    def seal(self, plain: bytes, *, label: bytes, row: bytes) -> bytes:
        """Encrypt for one use in one row; moved elsewhere it does not open."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, plain, label + b"\0" + row)

    def open_sealed(self, sealed: bytes, *, label: bytes, row: bytes) -> bytes:
        """Decrypt, or raise `OutboxKeyChanged`."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._sealing.decrypt(nonce, rest, label + b"\0" + row)
        except (InvalidTag, ValueError):
            raise OutboxKeyChanged(
                "Het postvak is met een andere sleutel geschreven, of is veranderd."
            ) from None

    def mark(self, label: str, *parts: str) -> bytes:
        """Give a keyed hash over length-prefixed parts, for one use (`label`)."""
        told = [part.encode() for part in (label, *parts)]
        data = b"".join(len(each).to_bytes(4, "big") + each for each in told)
        return hmac.digest(self._marking, data, "sha256")[:_MARK_BYTES]


def new_outbox_secret() -> bytes:
    """Draw the secret of a new outbox."""
    return secrets.token_bytes(KEY_BYTES)


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret)
