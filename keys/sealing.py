"""Sealing a secret for storage: by a passphrase here, by a token in a plug-in.

- What stands beside a sealed secret is bound to it as associated data.
- A fresh salt, hence a fresh key, for every seal; the cost of a guess is bounded below
  for whoever seals, and above so that a file cannot exhaust the memory.
- A passphrase has no repr and is read only from a file of its owner or a prompt.
- It is one text on every keyboard: Unicode's NFC, and every space is a space, as RFC
  8265 section 4.2 says. NFKC would make one of characters that are two to who typed.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from keys.base64url import decode_b64u, encode_b64u
from keys.errors import KeyFileMalformed, KeyFileSealed
from keys.files import read_secret

MIN_PASSPHRASE: Final = 16
SCRYPT_COST: Final = 2**17
"""128 MiB and some 0.4 s for each guess (RFC 7914; OWASP's strongest setting)."""

_MIN_COST: Final = 2**14
_MAX_COST: Final = 2**18
_BLOCK: Final = 8
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12

Seal = Mapping[str, str | int]


class Sealer(Protocol):
    """Seals a share for storage: a passphrase here, a token in `keys.token_sealing`.

    `open` must raise `KeyFileSealed` unless the very bytes were sealed under the very
    associated data, and `KeyFileMalformed` for a seal of another form.
    """

    @property
    def name(self) -> str:
        """Name the way of sealing; it stands in the file."""
        ...

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        """Encrypt and authenticate a secret, bound to what stands beside it."""
        ...

    def open(self, seal: Seal, associated: bytes) -> bytes:
        """Give the secret back."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Passphrase:
    """What opens a share file; made by `parse_passphrase`."""

    text: str

    def __repr__(self) -> str:
        """Show the type, never the text."""
        return "<Passphrase>"


@dataclass(frozen=True, slots=True, repr=False)
class Pin:
    """What a token asks for; made by `parse_pin`."""

    text: str

    def __repr__(self) -> str:
        """Show the type, never the text."""
        return "<Pin>"


class _ScryptSeal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    cost: Annotated[int, Field(ge=_MIN_COST, le=_MAX_COST)]
    salt: str
    nonce: str
    ciphertext: str


@dataclass(frozen=True, slots=True)
class PassphraseSealer:
    """AES-256-GCM under scrypt of a passphrase."""

    passphrase: Passphrase
    cost: int = SCRYPT_COST

    @property
    def name(self) -> str:
        """Name the way of sealing."""
        return "scrypt-aes-256-gcm"

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        """Seal under a fresh salt, hence a fresh key, and a fresh nonce."""
        salt = secrets.token_bytes(_SALT_BYTES)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(salt, self.cost).encrypt(nonce, secret, associated)
        return {
            "cost": self.cost,
            "salt": encode_b64u(salt),
            "nonce": encode_b64u(nonce),
            "ciphertext": encode_b64u(sealed),
        }

    def open(self, seal: Seal, associated: bytes) -> bytes:
        """Open; the cost is bounded, so that a file cannot exhaust the memory."""
        try:
            form = _ScryptSeal.model_validate(dict(seal))
            salt, nonce, sealed = map(
                decode_b64u, (form.salt, form.nonce, form.ciphertext)
            )
            cipher = self._cipher(salt, form.cost)
            return cipher.decrypt(nonce, sealed, associated)
        except InvalidTag:
            raise KeyFileSealed("wrong passphrase, or the file was changed") from None
        except ValueError:  # pydantic's error is one; so are base64's and a wrong size
            raise KeyFileMalformed("not a scrypt-aes-256-gcm seal") from None

    def _cipher(self, salt: bytes, cost: int) -> AESGCM:
        kdf = Scrypt(salt=salt, length=32, n=cost, r=_BLOCK, p=1)
        return AESGCM(kdf.derive(self.passphrase.text.encode()))


def parse_passphrase(text: str) -> Passphrase:
    """Take a passphrase of at least 16 characters, without surrounding white space.

    Raises `KeyFileMalformed` for a shorter one: it is all that protects a stolen file;
    and for what is no text, as a terminal of another encoding sends it.
    """
    stripped = _spell(text).strip()
    if not _is_text(stripped):
        raise KeyFileMalformed("a passphrase is text in UTF-8")
    if len(stripped) < MIN_PASSPHRASE:
        raise KeyFileMalformed(f"a passphrase has at least {MIN_PASSPHRASE} characters")
    return Passphrase(stripped)


def _spell(text: str) -> str:
    """Give a text in one spelling: a letter with its accent is one character."""
    spaced = "".join(
        " " if unicodedata.category(each) == "Zs" else each for each in text
    )
    return unicodedata.normalize("NFC", spaced)


def _is_text(given: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in given)


def generate_passphrase() -> Passphrase:
    """Give a fresh passphrase of 192 bits."""
    return Passphrase(secrets.token_urlsafe(24))


def read_passphrase(path: Path) -> Passphrase:
    """Read a passphrase file; refused when others than its owner may read it."""
    try:
        return parse_passphrase(read_secret(path).decode())
    except UnicodeDecodeError:
        raise KeyFileMalformed(f"{path.name}: not text") from None


def parse_pin(text: str) -> Pin:
    """Take the PIN of a token, or raise `KeyFileMalformed`; the token judges it."""
    stripped = text.strip()
    if not stripped or not _is_text(stripped):
        raise KeyFileMalformed("a PIN is text in UTF-8, and not empty")
    return Pin(stripped)


def read_pin(path: Path) -> Pin:
    """Read a file with a PIN; refused when others than its owner may read it."""
    try:
        return parse_pin(read_secret(path).decode())
    except UnicodeDecodeError:
        raise KeyFileMalformed(f"{path.name}: not text") from None
