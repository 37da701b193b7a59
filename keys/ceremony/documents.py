"""The forms of a ceremony's files: what they may say at all.

    card-1.json         who a holder is: three keys, proven by each of them
    ceremony.json       who takes part, how many suffice, how long the config holds
    commit-1.json       the digest of a message that nobody has seen yet
    message-1.json      what a holder contributes; a share sealed for each
    certificate-1.json  a holder's signatures on the transcript and on the key config
    done-1.json         that a holder has its new share, where it had one before
    hand-over-1.json    what a holder tells the index alone, where the key changes
    blame-1.json        whom a holder blames, and for what
    record.json         all of it that is public, for whoever checks it later

Nothing here is trusted yet. Unknown members, other types and second spellings are
refused; lengths that the ceremony decides are checked where the ceremony is known.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, ValidationError

from keys.base64url import decode_b64u, encode_b64u
from keys.ceremony.errors import CeremonyMalformed
from keys.config_document import (
    MAX_HOLDERS,
    Count,
    Document,
    Instant,
    PublicPoint,
    Signature,
    SignedDocument,
    SigningKey,
)
from keys.errors import ConfigPointRefused, KeyFileMalformed
from keys.files import read_public

MAX_RUNS: Final = 4
_MAX_DOCUMENT: Final = 256 * 1024
_Parsed = TypeVar("_Parsed", bound=BaseModel)


def _read_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return decode_b64u(value)
    raise ValueError("base64url belongs here")


Bytes = Annotated[bytes, BeforeValidator(_read_bytes), PlainSerializer(encode_b64u)]
Digest = Annotated[Bytes, Field(min_length=32, max_length=32)]
SchnorrSignature = Annotated[Bytes, Field(min_length=64, max_length=64)]
SealedShares = Annotated[
    tuple[Annotated[Bytes, Field(max_length=1024)], ...],
    Field(min_length=1, max_length=MAX_HOLDERS),
]
Index = Annotated[int, Field(ge=1, le=MAX_HOLDERS)]
Points = Annotated[tuple[PublicPoint, ...], Field(min_length=1, max_length=MAX_HOLDERS)]
HolderId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Token = Annotated[str, Field(max_length=8192)]


class CardContent(Document):
    """Who a holder is, as it signs it."""

    format: Literal["signal-keys/card/1"] = "signal-keys/card/1"
    id: HolderId
    config_key: SigningKey
    ticket_key: SigningKey
    ceremony_key: PublicPoint


class CardFile(Document):
    """A card: its content, and a proof by each of the three keys in it."""

    payload: Annotated[str, Field(max_length=2048)]
    signatures: tuple[Signature, Signature]
    possession: SchnorrSignature


class Draft(Document):
    """The key config to come, as far as it stands before there is a key."""

    serial: Count = 1
    key_version: Count = 1
    epoch: Count = 1
    threshold: Annotated[int, Field(ge=2, le=MAX_HOLDERS)]
    valid_from: Instant
    valid_until: Instant


Kind = Literal["generate", "refresh", "replace", "rotate"]


class PlanFile(Document):
    """`ceremony.json`: everything that all must agree on before the first step."""

    format: Literal["signal-keys/ceremony/1"] = "signal-keys/ceremony/1"
    kind: Kind = "generate"
    nonce: Digest
    opened_at: Instant
    """By the clock of who opened it: the others hold theirs against that."""
    draft: Draft
    cards: Annotated[tuple[CardFile, ...], Field(min_length=2, max_length=MAX_HOLDERS)]
    current: SignedDocument | None = None
    """The key config in use, where there is one."""
    givers: Annotated[tuple[Index, ...], Field(max_length=MAX_HOLDERS)] = ()
    """At a replacement: whose shares make the new ones, as many as suffice."""
    rotation: Token | None = None
    """At a rotation: what the index asks, signed (`keys.ceremony.rotation`)."""


class Commit(Document):
    """What a holder signs first: the digest of its message, and when, by its clock."""

    ceremony: Digest
    index: Index
    message: Digest
    made_at: Instant


class CommitFile(Document):
    """`commit-1.json`."""

    commit: Token


class RunMessage(Document):
    """The public part of a holder's contribution to one run."""

    commitments: Points
    possession: SchnorrSignature
    ephemeral: PublicPoint


class Message(Document):
    """What a holder signs second; `shares` is the digest of the sealed shares."""

    ceremony: Digest
    index: Index
    runs: Annotated[tuple[RunMessage, ...], Field(min_length=1, max_length=MAX_RUNS)]
    shares: Digest


class MessageFile(Document):
    """`message-1.json`: the signed message and, beside it, each run's sealed shares."""

    message: Token
    shares: Annotated[
        tuple[SealedShares, ...], Field(min_length=1, max_length=MAX_RUNS)
    ]


class CertificateFile(Document):
    """`certificate-1.json`: the transcript and the key config, signed by one holder."""

    ceremony: Digest
    index: Index
    certificate: SchnorrSignature
    config: Signature


class Blame(Document):
    """Whom a holder blames; `message` is what the blamed holder signed."""

    ceremony: Digest
    index: Index
    blamed: Index
    run: Annotated[int, Field(ge=1, le=MAX_RUNS)]
    rule: Annotated[str, Field(max_length=200)]
    message: Token
    share: Annotated[Bytes, Field(max_length=1024)] | None = None


class BlameFile(Document):
    """`blame-1.json`."""

    blame: Token


class Done(Document):
    """What a holder signs last: it has its new share; the former may go."""

    ceremony: Digest
    index: Index
    transcript: Digest


class DoneFile(Document):
    """`done-1.json`."""

    done: Token


class HandOver(Document):
    """What a holder tells the index; `sealed` opens with its one-time key alone."""

    ceremony: Digest
    index: Index
    transcript: Digest
    sealed: Annotated[Bytes, Field(max_length=1024)]


class HandOverFile(Document):
    """`hand-over-1.json`."""

    hand_over: Token


class RecordFile(Document):
    """`record.json`: enough to check a ceremony again, and no secret."""

    format: Literal["signal-keys/ceremony-record/1"] = "signal-keys/ceremony-record/1"
    ceremony: PlanFile
    commits: tuple[Token, ...]
    messages: tuple[Token, ...]
    certificates: tuple[CertificateFile, ...]


_WORDS: Final[Mapping[type[BaseModel], str]] = {
    CardFile: "a card",
    PlanFile: "a ceremony.json",
    CommitFile: "a commit",
    MessageFile: "a message",
    CertificateFile: "a certificate",
    DoneFile: "a done file",
    BlameFile: "a blame",
    RecordFile: "a record",
    SignedDocument: "a key config",
}
"""What a file is called to whoever gave another one."""


def parse_file(model: type[_Parsed], data: bytes, name: str) -> _Parsed:
    """Read one of these documents, or raise `CeremonyMalformed`; echoes no input.

    Nothing may be left out, said twice or in another order: what a default filled in
    would be read where nobody wrote it. White space is no matter.
    """
    if len(data) > _MAX_DOCUMENT:
        raise CeremonyMalformed(f"{name}: too large")
    try:
        parsed = model.model_validate_json(data, by_alias=True, by_name=False)
    except ValidationError as error:
        found = _recognise(data)
        if found is not None and found is not model:
            said = f"{_WORDS[found]}; {_WORDS[model]} belongs here"
            raise CeremonyMalformed(f"{name}: this is {said}") from None
        raise _malformed(error, name) from None
    except ConfigPointRefused:
        raise CeremonyMalformed(
            f"{name}: holds the identity, or no canonical point"
        ) from None
    if _members(encode(parsed)) != _members(data):
        raise CeremonyMalformed(f"{name}: not as `signal-keys` writes it")
    return parsed


def _recognise(data: bytes) -> type[BaseModel] | None:
    """Find which document this is by its members, whatever else is wrong with it."""
    try:
        members = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict):
        return None
    for model in _WORDS:
        fields = model.model_fields.values()
        known = {field.alias for field in fields}
        needed = {field.alias for field in fields if field.is_required()}
        if needed <= members.keys() <= known:
            return model
    return None


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Raise `CeremonyMalformed` where a document would be of another form."""
    try:
        yield
    except ValidationError as error:
        raise _malformed(error, name) from None


def _members(data: bytes) -> object:
    """Give a JSON value with its members in order, each as often as it stands there."""
    members: object = json.loads(data, object_pairs_hook=tuple)
    return members


def _malformed(error: ValidationError, name: str) -> CeremonyMalformed:
    found = error.errors(include_url=False, include_input=False)[0]
    if found["type"] == "json_invalid":
        return CeremonyMalformed(f"{name}: not whole; get it once more")
    where = ".".join(str(step) for step in found["loc"])
    return CeremonyMalformed(f"{name}: {where}: {found['msg']}")


def read_file(model: type[_Parsed], path: Path) -> _Parsed:
    """Read a document's file, or raise `CeremonyMalformed`."""
    try:
        data = read_public(path, _MAX_DOCUMENT)
    except KeyFileMalformed as refusal:
        raise CeremonyMalformed(str(refusal)) from None
    return parse_file(model, data, path.name)


def encode(document: BaseModel) -> bytes:
    """Give a document's one spelling: as it is written, hashed and signed."""
    return document.model_dump_json(by_alias=True, exclude_none=True).encode()
