"""Seal what the desk keeps for its own people, under a key of the desk itself.

Another key than a session's: what is kept here must open next month too. Each row is
bound to its own name, so that what was sealed for one opens under no other; and whose
row it is stands beside it as a keyed hash, by which nobody finds a person without the
key. AES-256-GCM, with keys derived for each use (HKDF, RFC 5869).
"""

import hmac
import json
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desk.errors import DatabaseRefused, SettingsRefused
from keys.base64url import decode_b64u
from keys.errors import KeysError
from keys.files import read_secret

NOTES_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class OwnSeal:
    """The desk's own seal. Prints as `<OwnSeal>`."""

    __slots__ = ("_cipher", "_names")

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derive(key, b"signal-desk/notes/seal"))
        self._names = _derive(key, b"signal-desk/notes/names")

    def __repr__(self) -> str:
        return "<OwnSeal>"

    def seal(self, value: object, row: bytes) -> bytes:
        """Seal a JSON value for the row with this name."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(value).encode(), row)

    def open(self, sealed: bytes, row: bytes) -> dict[str, Any]:
        """Open a sealed JSON object, or raise `DatabaseRefused`."""
        nonce, data = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            opened = json.loads(self._cipher.decrypt(nonce, data, row))
        except (InvalidTag, ValueError):
            raise DatabaseRefused("sealed under another notes key") from None
        if not isinstance(opened, dict):
            raise DatabaseRefused("sealed under another notes key")
        return opened

    def name_row(self, *parts: str) -> bytes:
        """Give the keyed hash that names a row: of these parts, in this order."""
        encoded = [part.encode() for part in parts]
        message = b"".join(len(part).to_bytes(4) + part for part in encoded)
        return hmac.digest(self._names, message, sha256)

    def name_user(self, sub: str) -> bytes:
        """Give the keyed hash under which a user's own rows are found."""
        return hmac.digest(self._names, sub.encode(), sha256)


def read_notes_key(path: Path) -> bytes:
    """Read the notes key, or raise `SettingsRefused`."""
    try:
        key = decode_b64u(read_secret(path).decode("ascii").strip())
    except KeysError as error:
        raise SettingsRefused(str(error)) from None
    except ValueError:
        raise SettingsRefused(f"{path.name}: not base64url") from None
    if len(key) != NOTES_KEY_BYTES:
        raise SettingsRefused(f"{path.name}: a notes key has 32 bytes")
    return key


def _derive(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=use).derive(key)
