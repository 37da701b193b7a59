"""Seal what stands in the database under the secret that only the cookie holds.

A cookie is 32 random bytes. The database knows SHA-256 of it as the row's name and
keeps the contents under AES-256-GCM with a key derived from it: who reads the database
gets no token and no name, who has the cookie of one session opens that one only.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desk.errors import SessionEnded
from keys.base64url import decode_b64u, encode_b64u

SECRET_BYTES: Final = 32
NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True, repr=False)
class CookieSecret:
    """What one cookie holds; without it a row cannot be found or opened."""

    secret: bytes

    @classmethod
    def new(cls) -> Self:
        """Make a fresh one: 256 random bits."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def parse(cls, cookie: str) -> Self:
        """Read a cookie's value, or raise `SessionEnded`."""
        try:
            secret = decode_b64u(cookie)
        except ValueError:
            raise SessionEnded from None
        if len(secret) != SECRET_BYTES:
            raise SessionEnded
        return cls(secret)

    def __repr__(self) -> str:
        """Show the type, never the secret."""
        return "<CookieSecret>"

    @property
    def cookie(self) -> str:
        """Give the value for the cookie itself."""
        return encode_b64u(self.secret)

    @property
    def row_id(self) -> bytes:
        """Give the name of the row in the database."""
        return hashlib.sha256(b"signal-desk/row\n" + self.secret).digest()

    def seal(self, value: object) -> bytes:
        """Seal a JSON value for this row."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = json.dumps(value).encode()
        return nonce + self._cipher().encrypt(nonce, data, self.row_id)

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Open a sealed JSON object, or raise `SessionEnded`."""
        nonce, data = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            opened = json.loads(self._cipher().decrypt(nonce, data, self.row_id))
        except (InvalidTag, ValueError):
            raise SessionEnded from None
        if not isinstance(opened, dict):
            raise SessionEnded
        return opened

    def _cipher(self) -> AESGCM:
        derive = HKDF(SHA256(), 32, salt=None, info=b"signal-desk/seal")
        return AESGCM(derive.derive(self.secret))
