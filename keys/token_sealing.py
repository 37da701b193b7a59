"""Sealing under a key that never leaves a token: an HSM, spoken to by PKCS#11.

A fresh data key seals the secret here (AES-256-GCM); the token seals the data key under
its own key, with the same mechanism (CKM_AES_GCM). Both are bound to what stands beside
the secret.

- The token's key was made in it, is sensitive and was never extractable; another one is
  refused, also where it would open: a copy of it may lie anywhere.
- A token is known by its serial number, since anybody gives a token any label.
- Every opening logs in, and out again. A PIN that is wrong is tried once: a token locks
  itself after a few.
- What was sealed is opened once before it is given: a token that draws a nonce of its
  own (FIPS mode of some) would keep the secret for ever.

No mainstream token multiplies in this group, so the share comes into memory when it is
opened; the token stands in the way of who copies files, not of who is on the machine.

Python-pkcs11 comes with the extra `token`: import this by `keys.token_file.open_token`.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pkcs11
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pydantic import BaseModel, ConfigDict

from keys.base64url import decode_b64u, encode_b64u
from keys.errors import KeyFileMalformed, KeyFileSealed, TokenRefused
from keys.sealing import Pin, Seal
from keys.token_file import TokenPlace

_KEY_BITS: Final = 256
_NONCE_BYTES: Final = 12
_TAG_BITS: Final = 128
_WRAP: Final = b"signal-keys/token-wrap/1 "
_KEPT: Final = {
    Attribute.SENSITIVE: True,
    Attribute.ALWAYS_SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.NEVER_EXTRACTABLE: True,
    Attribute.LOCAL: True,
}
"""How the token must keep its key: made in it, and never outside it."""


class _TokenSeal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    wrap_nonce: str
    wrapped: str
    nonce: str
    ciphertext: str


@dataclass(frozen=True, slots=True)
class TokenSealer:
    """AES-256-GCM under a fresh key, which a token sealed under its own."""

    place: TokenPlace
    pin: Pin

    @property
    def name(self) -> str:
        """Name the way of sealing."""
        return "pkcs11-aes-256-gcm"

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        """Seal, and open once what was sealed; raises `TokenRefused`."""
        data_key = AESGCM.generate_key(_KEY_BITS)
        nonce, wrap_nonce = map(secrets.token_bytes, (_NONCE_BYTES, _NONCE_BYTES))
        with self._unlocked() as key, _saying("does not seal with CKM_AES_GCM"):
            if not isinstance(key, pkcs11.EncryptMixin):
                raise TokenRefused("the token's key is not one that seals")
            wrapped = key.encrypt(
                data_key,
                mechanism=Mechanism.AES_GCM,
                mechanism_param=_bind(wrap_nonce, associated),
            )
        seal: Seal = {
            "wrap_nonce": encode_b64u(wrap_nonce),
            "wrapped": encode_b64u(_whole(wrapped)),
            "nonce": encode_b64u(nonce),
            "ciphertext": encode_b64u(
                AESGCM(data_key).encrypt(nonce, secret, associated)
            ),
        }
        try:
            opened = self.open(seal, associated)
        except KeyFileSealed:
            opened = b""
        if opened != secret:
            raise TokenRefused("the token does not open what it sealed; FIPS mode?")
        return seal

    def open(self, seal: Seal, associated: bytes) -> bytes:
        """Open by the token; raises `TokenRefused` where it is not there or refuses."""
        try:
            form = _TokenSeal.model_validate(dict(seal))
            wrap_nonce, wrapped, nonce, sealed = map(
                decode_b64u,
                (form.wrap_nonce, form.wrapped, form.nonce, form.ciphertext),
            )
        except ValueError:
            raise KeyFileMalformed("not a pkcs11-aes-256-gcm seal") from None
        if len(wrap_nonce) != _NONCE_BYTES or len(nonce) != _NONCE_BYTES:
            raise KeyFileMalformed("not a pkcs11-aes-256-gcm seal")
        with self._unlocked() as key:
            data_key = _unwrap(key, wrapped, _bind(wrap_nonce, associated))
        try:
            return AESGCM(data_key).decrypt(nonce, sealed, associated)
        except (InvalidTag, ValueError):
            raise _NOT_ITS_OWN from None

    @contextmanager
    def _unlocked(self) -> Iterator[pkcs11.Object]:
        with _logged_in(self.place, self.pin) as session:
            yield _find_key(session, self.place.key)


def make_key(place: TokenPlace, pin: Pin) -> None:
    """Make the key in the token, for good; raises `TokenRefused` where one is there."""
    with _logged_in(place, pin, writes=True) as session:
        if next(iter(_list_keys(session, place.key)), None) is not None:
            raise TokenRefused("the token has a key of that name already")
        with _saying("makes no AES key of 256 bits that stays inside"):
            session.generate_key(
                KeyType.AES,
                _KEY_BITS,
                label=place.key,
                store=True,
                capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
        _find_key(session, place.key)


_NOT_ITS_OWN: Final = KeyFileSealed("not sealed by this token, or the file was changed")


def _unwrap(key: pkcs11.Object, wrapped: bytes, bound: pkcs11.GCMParams) -> bytes:
    if not isinstance(key, pkcs11.DecryptMixin):
        raise TokenRefused("the token's key is not one that opens")
    # What a token says where the tag does not fit differs by who made it.
    try:
        data_key = key.decrypt(
            wrapped, mechanism=Mechanism.AES_GCM, mechanism_param=bound
        )
    except pkcs11.PKCS11Error:
        raise _NOT_ITS_OWN from None
    return _whole(data_key)


def _whole(given: bytes | Iterator[bytes]) -> bytes:
    return given if isinstance(given, bytes) else b"".join(given)


@contextmanager
def _logged_in(
    place: TokenPlace, pin: Pin, *, writes: bool = False
) -> Iterator[pkcs11.Session]:
    token = _find_token(place)
    try:
        session = token.open(user_pin=pin.text, rw=writes)
    except pkcs11.PinLocked:
        raise TokenRefused("the token is locked: too many wrong PINs") from None
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        raise TokenRefused("wrong PIN; a token locks itself after a few") from None
    except pkcs11.PKCS11Error as refusal:
        raise TokenRefused(f"the token: {type(refusal).__name__}") from None
    try:
        yield session
    finally:
        session.close()


def _find_token(place: TokenPlace) -> pkcs11.Token:
    with _saying("cannot be asked"):
        library = pkcs11.lib(str(place.module))
        found = [
            slot.get_token()
            for slot in library.get_slots(token_present=True)
            if _serial_of(slot.get_token()) == place.serial
        ]
    if len(found) != 1:
        raise TokenRefused("no token with that serial number, or more than one")
    return found[0]


def _serial_of(token: pkcs11.Token) -> str:
    return token.serial.decode("ascii", "replace").strip()


def _find_key(session: pkcs11.Session, name: str) -> pkcs11.Object:
    with _saying("does not show its keys"):
        keys = list(_list_keys(session, name))
        if len(keys) != 1:
            raise TokenRefused("the token has no key of that name, or more than one")
        kept = {attribute: keys[0][attribute] for attribute in _KEPT}
    if kept != _KEPT:
        raise TokenRefused("the token's key was not made in it to stay inside")
    return keys[0]


def _list_keys(session: pkcs11.Session, name: str) -> Iterator[pkcs11.Object]:
    found: Iterator[pkcs11.Object] = session.get_objects(
        {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.AES,
            Attribute.LABEL: name,
        }
    )
    return found


def _bind(nonce: bytes, associated: bytes) -> pkcs11.GCMParams:
    return pkcs11.GCMParams(nonce, aad=_WRAP + associated, tag_bits=_TAG_BITS)


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Say what a token will not do, by the name of the fact and without its words."""
    try:
        yield
    except pkcs11.PKCS11Error as refusal:
        raise TokenRefused(f"the token {what}: {type(refusal).__name__}") from None
