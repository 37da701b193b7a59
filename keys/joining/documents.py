"""What the three documents say: models, nothing of which is trusted yet."""

from typing import Annotated, Literal, Self
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, RSAKey
from pydantic import AfterValidator, Field, model_validator

from keys.config_document import (
    MAX_HOLDERS,
    Document,
    Instant,
    KeyOrigin,
    SigningKey,
)

RSA_BITS_MINIMUM = 2048
RSA_EXPONENT = 65537
_MEMBERS = {"OKP": {"kty", "kid", "crv", "x"}, "RSA": {"kty", "kid", "n", "e"}}
"""What a client's key may say of itself: a provider might follow an address in it."""

Oin = Annotated[str, Field(pattern=r"^[0-9]{20}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9.]+)*$", max_length=64)]
Place = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
ClientId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Url = Annotated[
    str, Field(pattern=r"^https?://[^\s/\p{C}][^\s\p{C}]*$", max_length=512)
]
Line = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^\p{C}]+$")]
ClientAlgorithm = Literal["PS256", "Ed25519"]


def _public_client_key(jwk: dict[str, str]) -> dict[str, str]:
    parse_client_jwk(jwk)
    return jwk


ClientJwk = Annotated[dict[str, str], AfterValidator(_public_client_key)]


def parse_client_jwk(jwk: dict[str, str]) -> OKPKey | RSAKey:
    """Read the public key of an OpenID client, or raise `ValueError`."""
    kinds: dict[str, type[OKPKey | RSAKey]] = {"OKP": OKPKey, "RSA": RSAKey}
    kind = kinds.get(jwk.get("kty", ""))
    if kind is None or jwk.keys() != _MEMBERS[jwk["kty"]] or not jwk["kid"]:
        raise ValueError("a public Ed25519 or RSA JWK with a kid belongs here")
    members: dict[str, str | list[str]] = {**jwk}
    try:
        key = kind.import_key(members)
    except (JoseError, ValueError, KeyError):
        raise ValueError("not a key") from None
    is_weak = isinstance(key, RSAKey) and (
        key.public_key.key_size < RSA_BITS_MINIMUM
        or key.public_key.public_numbers().e != RSA_EXPONENT
    )
    if is_weak or (isinstance(key, OKPKey) and key.curve_name != "Ed25519"):
        raise ValueError("a key of this kind is not used here")
    return key


def algorithm_of(key: OKPKey | RSAKey) -> ClientAlgorithm:
    """Name the one algorithm that a client's key is used with."""
    return "PS256" if isinstance(key, RSAKey) else "Ed25519"


class DocumentSignature(Document):
    """One signature of a document; an unprotected header is refused."""

    protected: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=512)]
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=1024)]


class Envelope(Document):
    """JWS General JSON: one payload, and a signature by each key that must sign."""

    payload: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    signatures: tuple[DocumentSignature, ...] = Field(min_length=1, max_length=3)


class IndexAt(Document):
    """Where the index is, and the name under which tokens are meant for it."""

    url: Url
    audience: Line


class HolderAt(Document):
    """Where a key holder is, and the name by which requests address it."""

    index: Annotated[int, Field(ge=1, le=MAX_HOLDERS)]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    url: Url


class InvitedSource(Document):
    """What an organisation is invited to publish, where, how often, about how many."""

    kind: Slug
    categories: tuple[Slug, ...] = Field(max_length=64)
    municipality: Place
    rhythm_days: Annotated[int, Field(ge=1, le=366)]
    declared_caseload: Annotated[int, Field(ge=1, le=100_000_000)]


class Invitation(Document):
    """Everything public that one organisation needs to join one index.

    `key` signs this invitation and the index's acceptance; holders know it beforehand,
    the agency trusts it because it was told the fingerprint.
    """

    format: Literal["signal-join/invitation/1"] = "signal-join/invitation/1"
    id: UUID
    ledger: Line
    issued_at: Instant
    expires_at: Instant
    organisation: Oin
    name: Annotated[Line, Field(max_length=120)]
    organisation_kind: Slug
    client_id: ClientId
    client_algorithm: ClientAlgorithm
    source: InvitedSource
    index: IndexAt
    issuer: Url
    accepted_origin: KeyOrigin
    pins: tuple[SigningKey, ...] = Field(min_length=2, max_length=MAX_HOLDERS)
    holders: tuple[HolderAt, ...] = Field(min_length=2, max_length=MAX_HOLDERS)
    checkpoint_key: Line
    witnesses: tuple[Line, ...] = Field(max_length=32)
    key: SigningKey

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.issued_at >= self.expires_at:
            raise ValueError("expires before it was issued")
        if [at.index for at in self.holders] != list(range(1, len(self.pins) + 1)):
            raise ValueError("as many holders as pins, in order")
        return self


class JoinRequest(Document):
    """The keys of an agency, and the invitation that it answers."""

    format: Literal["signal-join/request/1"] = "signal-join/request/1"
    invitation: Envelope
    organisation: Oin
    made_at: Instant
    request_key: SigningKey
    notice_key: SigningKey
    client_key: ClientJwk

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        keys = {self.request_key.jwk["x"], self.notice_key.jwk["x"]}
        if len(keys | {self.client_key.get("x", "")}) != 3:
            raise ValueError("one key is used for two purposes")
        return self


class Acceptance(Document):
    """That a party took a request in: whose, and exactly which."""

    format: Literal["signal-join/acceptance/1"] = "signal-join/acceptance/1"
    party: Literal["index", "holder"]
    name: Line
    organisation: Oin
    request: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    accepted_at: Instant
