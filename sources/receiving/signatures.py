"""Check who signed a request: JAdES over the digest of its body.

    Digest: SHA-256=<base64 of SHA-256 over the body>            RFC 3230
    Payload-Signature: <protected header>..<signature>           RFC 7515, appendix F

The protected header says `alg`, `kid`, `b64: false`, `crit` and `sigD`, with
`mId: http://uri.etsi.org/19182/HttpHeaders` and `pars: ["digest"]`; what is signed is
the line `digest: SHA-256=…`. Nothing in it is obeyed beyond that: the key is the one
pinned under `kid`, with the algorithm of that key.

Source: NL API Design Rules, module Signing (rule /signing/payload); ETSI TS 119 182-1.
Proven by tests/attack/test_events_must_be_signed.py.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from keys.base64url import decode_b64u
from sources.errors import InvalidAgencySettings
from sources.receiving.errors import EventSignatureInvalid

HTTP_HEADERS: Final = "http://uri.etsi.org/19182/HttpHeaders"
DIGEST: Final = "SHA-256="
_MEMBERS: Final = frozenset({"alg", "kid", "b64", "crit", "sigD", "sigT", "iat"})
_CRITICAL: Final = frozenset({"sigD", "b64", "sigT", "iat"})
_LONGEST: Final = 4_096
_LEAST_BITS: Final = 2_048
Algorithm = Literal["PS256", "Ed25519"]


@dataclass(frozen=True, slots=True)
class EventSender:
    """A system that may send events: its key, and for which sources it speaks."""

    kid: str
    sources: frozenset[str]
    feed: str
    key: OKPKey | RSAKey = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """Give the one algorithm that this key is used with."""
        return "PS256" if isinstance(self.key, RSAKey) else "Ed25519"


def parse_sender(jwk: bytes, sources: frozenset[str], feed: str) -> EventSender:
    """Read a sender's public key, or raise `InvalidAgencySettings`."""
    try:
        key = import_key(json.loads(jwk))
    except (ValueError, TypeError, JoseError):
        raise InvalidAgencySettings(
            "Een sleutel van een afzender is geen JWK."
        ) from None
    if not isinstance(key, OKPKey | RSAKey) or not key.kid or key.is_private:
        raise InvalidAgencySettings(
            "Een afzender heeft een publieke sleutel (RSA of Ed25519) met een kid."
        )
    if isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_BITS:
        raise InvalidAgencySettings("Een RSA-sleutel van een afzender is te kort.")
    return EventSender(key.kid, sources, feed, key)


def verify_request(
    headers: Mapping[str, Sequence[str]],
    body: bytes,
    senders: Mapping[str, EventSender],
) -> EventSender:
    """Give the sender whose signature stands over this body.

    Raises `EventSignatureInvalid`, always the same: which check failed helps only
    whoever has no key. Header names are in lower case.
    """
    digest = _get_only(headers, "digest")
    expected = DIGEST + b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(digest.encode(), expected.encode()):
        raise EventSignatureInvalid
    protected, _, signature = _get_only(headers, "payload-signature").partition("..")
    header = _read_header(protected)
    sender = senders.get(str(header.get("kid", "")))
    if sender is None or header.get("alg") != sender.algorithm:
        raise EventSignatureInvalid
    message = f"{protected}.digest: {digest}".encode()
    algorithm = JWSRegistry.algorithms[sender.algorithm]
    if not algorithm.verify(message, _decode(signature), sender.key):
        raise EventSignatureInvalid
    return sender


def _get_only(headers: Mapping[str, Sequence[str]], name: str) -> str:
    found = headers.get(name, ())
    if len(found) != 1 or not found[0] or len(found[0]) > _LONGEST:
        raise EventSignatureInvalid
    if not found[0].isascii():
        raise EventSignatureInvalid
    return found[0]


def _read_header(protected: str) -> Mapping[str, object]:
    try:
        header = json.loads(_decode(protected))
    except ValueError:
        raise EventSignatureInvalid from None
    if not isinstance(header, dict) or not header.keys() <= _MEMBERS:
        raise EventSignatureInvalid
    critical = header.get("crit")
    if not isinstance(critical, list) or not {"sigD", "b64"} <= set(map(str, critical)):
        raise EventSignatureInvalid
    if not set(map(str, critical)) <= _CRITICAL or header.get("b64") is not False:
        raise EventSignatureInvalid
    if header.get("sigD") != {"mId": HTTP_HEADERS, "pars": ["digest"]}:
        raise EventSignatureInvalid
    return header


def _decode(text: str) -> bytes:
    try:
        if "=" in text:
            return b64decode(text, validate=True)
        return decode_b64u(text)
    except ValueError:
        raise EventSignatureInvalid from None
