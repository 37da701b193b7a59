"""The key a source signs its notices with, and the public half the index knows.

- Neither half has a repr that shows key material.
- The private half is a JWK file at the source, written by `signal-source`; reading and
  writing files is done there, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from signal_index.notice.errors import InvalidField
from signal_index.notice.text import encode_compact
from signal_index.wire.model import parse_field, parse_json
from signal_index.wire.values import Oin, read_oin

_MEMBERS: Final = ("kty", "crv", "x", "d", "kid")


class NoticeKey:
    """The private key of one submitter. Prints as `<NoticeKey>`."""

    __slots__ = ("_key", "kid")

    def __init__(self, key: OKPKey) -> None:
        self._key = _ed25519(key)
        if not key.is_private:
            raise InvalidField("key", "not-private")
        self.kid = _kid(key)

    def __repr__(self) -> str:
        return "<NoticeKey>"

    @property
    def public_value(self) -> str:
        """The public key itself, as its JWK writes it (`x`)."""
        return str(self._key.as_dict(private=False)["x"])

    def reveal(self) -> OKPKey:
        """Give the key itself, to sign with."""
        return self._key

    def encode(self) -> bytes:
        """Give the private JWK, for a file with mode 0600."""
        return encode_compact({**self._key.as_dict(private=True), "kid": self.kid})

    def encode_public(self) -> bytes:
        """Give the public JWK, to register with the index."""
        return encode_compact({**self._key.as_dict(private=False), "kid": self.kid})


class SignerKey:
    """The public key of one organisation that submits notices."""

    __slots__ = ("jwk", "kid", "organisation")

    def __init__(self, organisation: Oin, jwk: OKPKey) -> None:
        self.organisation = organisation
        self.jwk = _ed25519(jwk)
        self.kid = _kid(jwk)

    def __repr__(self) -> str:
        return "<SignerKey>"


def new_notice_key(kid: str | None = None) -> NoticeKey:
    """Make a fresh signing key, named by its RFC 7638 thumbprint unless told."""
    made = OKPKey.generate_key("Ed25519", private=True)
    return NoticeKey(_named(made, kid or made.thumbprint()))


def parse_notice_key(data: bytes) -> NoticeKey:
    """Give the private key from its JWK, or raise `InvalidField`."""
    return NoticeKey(_parse_jwk(data))


def parse_signer_key(
    organisation: str, data: bytes | str | Mapping[str, object]
) -> SignerKey:
    """Give the public key of an organisation from its JWK, or raise `InvalidField`."""
    key = _import(data) if isinstance(data, Mapping) else _parse_jwk(data)
    if key.is_private:
        raise InvalidField("key", "private")
    return SignerKey(parse_field(read_oin, organisation, "organisation"), key)


def _parse_jwk(data: bytes | str) -> OKPKey:
    value = parse_json(data)
    if not isinstance(value, dict):
        raise InvalidField("key", "not-an-object")
    return _import(value)


def _named(key: OKPKey, kid: str) -> OKPKey:
    members = key.as_dict(private=True)
    return _import({**members, "kid": kid})


def _import(value: Mapping[str, object]) -> OKPKey:
    members: dict[str, str | list[str]] = {
        name: str(value[name]) for name in _MEMBERS if name in value
    }
    try:
        return OKPKey.import_key(members)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise InvalidField("key", "wrong-form") from error


def _ed25519(key: OKPKey) -> OKPKey:
    if key.curve_name != "Ed25519":
        raise InvalidField("key", "wrong-curve")
    return key


def _kid(key: OKPKey) -> str:
    if not key.kid:
        raise InvalidField("kid", "missing")
    return key.kid
