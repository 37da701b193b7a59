"""The secrets that the ledger's writing side holds; none has a repr.

- `DisclosureKey`: one per calendar year; seals the opened groups and makes the keyed
  hashes by which entries are found, and does both for what comes back to sources. By
  another one the index knows the embargoes that it wrote itself.
  Destroying it makes all of it unreadable.
- `CheckpointKey` signs the tree, `ReceiptKey` signs promises: Ed25519, two keys, so
  that a web process, which must promise, can never sign a tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey

from keys.base64url import encode_b64u
from keys.keyed_hash import KeyedHash

Signing_co = TypeVar("Signing_co", covariant=True)

KEY_BYTES = 32
_SEAL = b"signal-index/ledger/seal/1"
_FIND = b"signal-index/ledger/find/1"
_NOTICE_SEAL = b"signal-index/notices/seal/1"
_NOTICE_FIND = b"signal-index/notices/find/1"
_FOLLOW_SEAL = b"signal-index/follows/seal/1"
_MATCH_SEAL = b"signal-index/matches/seal/1"
_MATCH_FIND = b"signal-index/matches/find/1"
_EMBARGO_STAMP = b"signal-index/embargoes/stamp/1"
_VIEW_MARK = b"signal-index/own-views/mark/1"
_VIEW_SEAL = b"signal-index/own-views/seal/1"
_MESSAGE_SEAL = b"signal-index/own-messages/seal/1"


class DisclosureKey:
    """The key of one calendar year, with the eleven keys derived from it (RFC 5869)."""

    __slots__ = (
        "embargo_stamp",
        "find",
        "follow_seal",
        "match_find",
        "match_seal",
        "message_seal",
        "notice_find",
        "notice_seal",
        "seal",
        "view_mark",
        "view_seal",
        "year",
    )

    def __init__(self, year: int, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("a disclosure key has 32 bytes")
        self.year = year
        self.seal = _derive(secret, _SEAL)
        self.find = KeyedHash(_derive(secret, _FIND))
        self.notice_seal = _derive(secret, _NOTICE_SEAL)
        self.notice_find = _derive(secret, _NOTICE_FIND)
        self.follow_seal = _derive(secret, _FOLLOW_SEAL)
        self.match_seal = _derive(secret, _MATCH_SEAL)
        self.match_find = _derive(secret, _MATCH_FIND)
        self.embargo_stamp = _derive(secret, _EMBARGO_STAMP)
        self.view_mark = KeyedHash(_derive(secret, _VIEW_MARK))
        self.view_seal = _derive(secret, _VIEW_SEAL)
        self.message_seal = _derive(secret, _MESSAGE_SEAL)

    def __repr__(self) -> str:
        return "<DisclosureKey>"


class CheckpointKey:
    """The Ed25519 key that signs the tree, made from its 32-byte seed."""

    __slots__ = ("private", "public")

    def __init__(self, seed: bytes) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return "<CheckpointKey>"

    def at(self, now: datetime) -> Sequence["CheckpointKey"]:
        """Give what signs at this moment: one that has no successor, by itself."""
        del now
        return [self]


@dataclass(frozen=True, slots=True, repr=False)
class CheckpointKeys:
    """The keys that sign the tree, each from when until when: in an overlap two."""

    dated: Sequence[tuple[datetime, datetime, CheckpointKey]]

    def __repr__(self) -> str:
        return "<CheckpointKeys>"

    def at(self, now: datetime) -> Sequence[CheckpointKey]:
        """Give every key that signs at this moment, the newest last."""
        return [key for begins, ends, key in self.dated if begins <= now < ends]


class ReceiptKey:
    """The Ed25519 key that signs promises, with the key id that its JWS names."""

    __slots__ = ("jose", "kid", "private", "public_jwk", "verifying")

    def __init__(self, seed: bytes, kid: str) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self.private.public_key()
        self.kid = kid
        self.public_jwk = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": encode_b64u(public.public_bytes_raw()),
            "kid": kid,
        }
        self.jose = OKPKey.import_key({**self.public_jwk, "d": encode_b64u(seed)})
        self.verifying: Sequence[OKPKey] = (self.jose,)
        """With which what this index signed before is verified: each of its keys."""

    def __repr__(self) -> str:
        return "<ReceiptKey>"


@dataclass(frozen=True, slots=True, repr=False)
class ReceiptKeys:
    """The receipt keys of an index: which one signs depends on the moment.

    Each knows all the others, to verify what they signed into the database.
    """

    dated: Sequence[tuple[datetime, ReceiptKey]]
    """From when each signs, in order."""

    def __repr__(self) -> str:
        return "<ReceiptKeys>"

    def at(self, now: datetime) -> ReceiptKey:
        """Give the key that signs at this moment, or raise `LookupError`."""
        begun = [key for begins, key in self.dated if begins <= now]
        return begun[-1]

    @classmethod
    def join(
        cls, dated: Sequence[tuple[datetime, ReceiptKey]], former: Sequence[OKPKey]
    ) -> Self:
        """Put keys together; `former` are those that sign no more, public."""
        verifying = (*former, *(key.jose for _, key in dated))
        for _, key in dated:
            key.verifying = verifying
        return cls(dated)


class Signers(Protocol[Signing_co]):
    """What signs at a moment: keys of one use, or what follows their files."""

    def at(self, now: datetime) -> Signing_co:
        """Give what signs at this moment."""


ReceiptSigners = Signers[ReceiptKey]
"""Each key knows all that this index ever signed with: any of them verifies."""

CheckpointSigners = Signers[Sequence[CheckpointKey]]


def _derive(secret: bytes, label: bytes) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label)
    return hkdf.derive(secret)
