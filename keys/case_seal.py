"""How an agency's machine tells its desk what it calls a case: sealed, past the index.

Agent and desk of one organisation share a key of 32 bytes; the index carries the sealed
text beside a notice and cannot read it. Every sealed text has one length, so that it
says nothing of the case either.

- AES-256-GCM; associated data: a label and the reference of the signal.
- A case that takes more than 65 bytes is cut, and ends in a sign that says so: it is
  for people to read.
"""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.base64url import decode_b64u, encode_b64u
from keys.case_name import CUT
from keys.errors import CaseNotReadable

KEY_BYTES: Final = 32
NAME_BYTES: Final = 65
_NONCE_BYTES: Final = 12
_LABEL: Final = b"signal-source/case/1\0"


class CaseKey:
    """The key that an agency's machine and its desk share. Prints as `<CaseKey>`."""

    __slots__ = ("_seal",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("a case key has 32 bytes")
        self._seal = AESGCM(secret)

    def __repr__(self) -> str:
        return "<CaseKey>"

    def seal(self, reference: UUID, name: str) -> str:
        """Seal how a case is called, for the desk; 126 characters, always."""
        text = name.encode()
        if len(text) > NAME_BYTES:
            kept = text[: NAME_BYTES - len(CUT.encode())].decode(errors="ignore")
            text = f"{kept}{CUT}".encode()
        plain = bytes([len(text)]) + text.ljust(NAME_BYTES, b"\0")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        about = _LABEL + reference.bytes
        return encode_b64u(nonce + self._seal.encrypt(nonce, plain, about))

    def open(self, reference: UUID, sealed: str) -> str:
        """Give the name again, or raise `CaseNotReadable`."""
        try:
            given = decode_b64u(sealed)
            nonce, rest = given[:_NONCE_BYTES], given[_NONCE_BYTES:]
            plain = self._seal.decrypt(nonce, rest, _LABEL + reference.bytes)
            return plain[1 : 1 + plain[0]].decode()
        except (InvalidTag, ValueError, IndexError):
            raise CaseNotReadable from None


def parse_case_key(text: bytes) -> CaseKey:
    """Read a key file (base64url), or raise ValueError."""
    return CaseKey(decode_b64u(text.decode("ascii").strip()))


def new_case_secret() -> bytes:
    """Draw a key, as its file holds it."""
    return f"{encode_b64u(secrets.token_bytes(KEY_BYTES))}\n".encode()
