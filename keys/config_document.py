"""The form of the key config and of the pins: what the documents may say at all.

Nothing here is trusted yet; `keys.config.verify_config` decides that.

- unknown members, other types and other spellings of an instant are refused;
- ids, indexes, config keys and ticket keys belong to one holder each;
- a point is canonical and never the identity;
- a `distributed` key names the ceremony that made it, a dealt one names none.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from keys.base64url import decode_b64u, encode_b64u
from keys.errors import (
    ConfigMalformed,
    ConfigPointRefused,
    InvalidPseudonym,
    UnusableKey,
)
from keys.instants import write_instant
from keys.jose import PublicKey, parse_public_key
from keys.pseudonym import KeyVersion, parse_pseudonym

MAX_HOLDERS: Final = 9
"""Every quorum is checked; nine holders have at most 126."""

_MAX_DOCUMENT: Final = 64 * 1024
# Canonical base64url only: a second spelling would be a second valid document.
_POINT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_SIGNATURE: Final = r"^[A-Za-z0-9_-]{85}[AQgw]$"
_DIGEST_BYTES: Final = 32
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

KeyOrigin = Literal["dealt", "distributed"]
_Parsed = TypeVar("_Parsed", bound=BaseModel)


def _read_point(value: object) -> bytes:
    if isinstance(value, bytes):
        encoded = value
    elif isinstance(value, str) and _POINT.fullmatch(value):
        encoded = decode_b64u(value)
    else:
        raise ValueError("a point is 43 characters of base64url")
    try:
        return parse_pseudonym(encoded).encoded
    except InvalidPseudonym:
        raise ConfigPointRefused from None


def _read_key(value: object) -> PublicKey:
    if isinstance(value, PublicKey):
        return value
    try:
        return parse_public_key(value)
    except UnusableKey:
        raise ValueError("a public Ed25519 JWK belongs here") from None


def _read_instant(value: object) -> object:
    if isinstance(value, str):
        if not _INSTANT.fullmatch(value):
            raise ValueError("an instant is UTC, in seconds, ending in Z")
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return value


def _write_point(value: bytes) -> str:
    return encode_b64u(value)


def _read_digest(value: object) -> bytes:
    if isinstance(value, bytes) and len(value) == _DIGEST_BYTES:
        return value
    if isinstance(value, str) and _POINT.fullmatch(value):
        return decode_b64u(value)
    raise ValueError("a digest is 43 characters of base64url")


def _refuse_null(value: object) -> object:
    """Refuse null: what is not there is left out, and has no second spelling."""
    if value is None:
        raise ValueError("null; leave the member out")
    return value


PublicPoint = Annotated[
    bytes, BeforeValidator(_read_point), PlainSerializer(_write_point)
]
SigningKey = Annotated[
    PublicKey, BeforeValidator(_read_key), PlainSerializer(lambda key: key.jwk)
]
CeremonyDigest = Annotated[
    bytes, BeforeValidator(_read_digest), PlainSerializer(encode_b64u)
]
Instant = Annotated[
    datetime, BeforeValidator(_read_instant), PlainSerializer(write_instant)
]
Count = Annotated[int, Field(ge=1, lt=2**32)]


class Document(BaseModel):
    """A JSON document of ours: frozen, strict, camelCase, nothing unknown."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )


class HolderConfig(Document):
    """One key holder as the others and all clients know it."""

    index: Annotated[int, Field(ge=1, le=MAX_HOLDERS)]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    public_share: PublicPoint
    config_key: SigningKey
    ticket_key: SigningKey
    former_ticket_key: Annotated[SigningKey | None, BeforeValidator(_refuse_null)] = (
        None
    )
    """What it signed with before: still good, so that nothing is lost while it and
    everybody else take the new one up."""

    @property
    def ticket_keys(self) -> tuple[PublicKey, ...]:
        """Give every key by which a ticket or statement of this holder holds."""
        former = self.former_ticket_key
        return (self.ticket_key,) if former is None else (self.ticket_key, former)


class KeyConfig(Document):
    """Key, holders and validity; to be trusted only as `verify_config` returns it."""

    format: Literal["signal-keys/config/1"] = "signal-keys/config/1"
    serial: Count
    key_version: Annotated[KeyVersion, Field(ge=1, lt=2**32)]
    epoch: Count
    state: Literal["upcoming", "active", "retired"]
    origin: KeyOrigin
    ceremony: Annotated[CeremonyDigest | None, BeforeValidator(_refuse_null)] = None
    """SHA-256 of the transcript of the ceremony that made this version and epoch."""
    threshold: Annotated[int, Field(ge=2, le=MAX_HOLDERS)]
    valid_from: Instant
    valid_until: Instant
    public_key: PublicPoint
    holders: tuple[HolderConfig, ...]

    @model_validator(mode="after")
    def _holders_are_distinct(self) -> Self:
        indexes = [holder.index for holder in self.holders]
        if indexes != list(range(1, len(self.holders) + 1)):
            raise ValueError("holders are numbered 1, 2, 3, … in order")
        if self.threshold > len(self.holders):
            raise ValueError("fewer holders than the threshold")
        if len({holder.id for holder in self.holders}) != len(self.holders):
            raise ValueError("two holders have the same id")
        # One key in two roles or hands would let one party sign, or ticket, for two.
        keys = [key for h in self.holders for key in (h.config_key, *h.ticket_keys)]
        if len({key.jwk["x"] for key in keys}) != len(keys):
            raise ValueError("two signing keys are the same")
        if self.valid_from >= self.valid_until:
            raise ValueError("valid until before valid from")
        if (self.origin == "distributed") != (self.ceremony is not None):
            raise ValueError("a distributed key names its ceremony, a dealt one none")
        return self

    @property
    def place(self) -> tuple[int, int]:
        """Give version and epoch: which sharing of which key this is."""
        return int(self.key_version), self.epoch

    def find_holder(self, holder: str) -> HolderConfig | None:
        """Find a holder by its id."""
        return next((each for each in self.holders if each.id == holder), None)

    def encode(self) -> bytes:
        """Give the JSON payload that the holders sign."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class ConfigPins(Document):
    """The holders' config-signing keys, in order of index, got by another road."""

    keys: tuple[SigningKey, ...] = Field(
        alias="pins", min_length=2, max_length=MAX_HOLDERS
    )

    @model_validator(mode="after")
    def _keys_are_distinct(self) -> Self:
        if len({key.jwk["x"] for key in self.keys}) != len(self.keys):
            raise ValueError("two pins are the same key")
        return self


class Signature(Document):
    """One member of a JWS; an unprotected header is refused."""

    protected: str
    signature: Annotated[str, Field(pattern=_SIGNATURE)]


class SignedDocument(Document):
    """JWS General JSON: one payload, a signature by each holder."""

    payload: str
    signatures: tuple[Signature, ...]


def parse_pins(data: bytes) -> ConfigPins:
    """Read `{"pins": [JWK, …]}`; raises `ConfigMalformed`, also for fewer than two.

    An empty list would make every config valid: it is refused here, not there.
    """
    return parse_document(ConfigPins, data)


def read_payload(document: SignedDocument) -> KeyConfig:
    """Read what was signed, without a look at who did; raises `ConfigMalformed`."""
    try:
        payload = decode_b64u(document.payload)
    except ValueError:
        payload = b""
    return parse_document(KeyConfig, payload)


def parse_document(model: type[_Parsed], data: bytes) -> _Parsed:
    """Read one of these documents; raises `ConfigMalformed`, never echoing input."""
    if len(data) > _MAX_DOCUMENT:
        raise ConfigMalformed("the document is too large")
    try:
        return model.model_validate_json(data, by_alias=True, by_name=False)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in found["loc"])
        raise ConfigMalformed(f"{where}: {found['msg']}") from None
