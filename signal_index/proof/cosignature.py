"""Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519, `cosignature/v1`).

A cosignature says: at this time, this was the largest consistent tree of this origin
that I had seen. Whoever asks for enough of them need not compare checkpoints with
others: a forked or rolled-back ledger does not get them.

- The key of a witness has type 4: it never passes for a ledger's key, nor the other way
  round, and what it signs begins with `cosignature/v1`.
- Signatures of strangers are ignored; one of a witness we know that fails refuses all.
- An empty list of witnesses and a quorum of nought are refused, not fulfilled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from keys.note_keys import ID_BYTES, derive_key_id, encode_key
from signal_index.proof.errors import MalformedProof, QuorumRefused, SignatureRefused
from signal_index.proof.note import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    encode_line,
    parse_lines,
    split_key,
    split_note,
    verify_ed25519,
)

_COSIGNATURE = b"\x04"
_TIME_BYTES = 8
_LATEST = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True)
class WitnessKey:
    """The public key of a witness, and the name under which it cosigns."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before a cosignature of this key."""
        return derive_key_id(self.name, _COSIGNATURE + self.public)

    def encode(self) -> str:
        """Give the one-line form: name, id in hexadecimal, key in base64."""
        return encode_key(self.name, _COSIGNATURE + self.public)


@dataclass(frozen=True)
class Cosignature:
    """That a witness cosigned a checkpoint, and when it says it did."""

    key: WitnessKey
    at: datetime
    signature: bytes

    def encode(self) -> str:
        """Give the signature line, as it stands below a checkpoint."""
        time = int(self.at.timestamp()).to_bytes(_TIME_BYTES)
        return encode_line(self.key.name, self.key.key_id + time + self.signature)


@dataclass(frozen=True)
class Witnessed:
    """Which witnesses cosigned a checkpoint; `at` is when the last needed one did."""

    names: Sequence[str]
    at: datetime


def parse_witness_key(text: str) -> WitnessKey:
    """Read the public key of a witness in its one-line form, or `MalformedProof`."""
    name, material = split_key(text)
    if material[:1] != _COSIGNATURE or len(material) != 1 + KEY_BYTES:
        raise MalformedProof("a witness key is not an Ed25519 cosignature key")
    return WitnessKey(name, material[1:])


def cosigned_message(text: str, at: datetime) -> bytes:
    """Give the bytes that a witness signs for the text of a checkpoint."""
    return f"cosignature/v1\ntime {int(at.timestamp())}\n{text}".encode()


def read_cosignature_time(blob: bytes) -> datetime:
    """Give when a cosignature was made; `blob` as it stands in a signature line.

    Raises `MalformedProof` where it is not a cosignature, or no time of our era.
    """
    if len(blob) != ID_BYTES + _TIME_BYTES + SIGNATURE_BYTES:
        raise MalformedProof("a cosignature does not have 76 bytes")
    seconds = int.from_bytes(blob[ID_BYTES : ID_BYTES + _TIME_BYTES])
    if seconds > _LATEST:
        raise MalformedProof("the time of a cosignature is not one")
    return datetime.fromtimestamp(seconds, UTC)


def find_cosignatures(note: str, keys: Sequence[WitnessKey]) -> Sequence[Cosignature]:
    """Give the cosignatures of these witnesses below a checkpoint, one of each.

    Raises `SignatureRefused` where one of them fails, and `MalformedProof`. Says
    nothing about the ledger's own signature.
    """
    text, lines = split_note(note)
    return verify_cosignatures(text, lines, keys)


def parse_cosignatures(
    answer: str, text: str, keys: Sequence[WitnessKey]
) -> Sequence[Cosignature]:
    """Give the cosignatures in a witness's answer, for the text it was asked to sign.

    Raises as `find_cosignatures` does.
    """
    return verify_cosignatures(text, parse_lines(answer), keys)


def verify_cosignatures(
    text: str, lines: Sequence[tuple[str, bytes]], keys: Sequence[WitnessKey]
) -> Sequence[Cosignature]:
    """Give the cosignatures of these keys among signature lines, the newest of each."""
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[WitnessKey, Cosignature] = {}
    for name, blob in lines:
        key = known.get((name, blob[:ID_BYTES]))
        if key is None:
            continue
        at, signature = _read(blob)
        verify_ed25519(key.public, signature, cosigned_message(text, at))
        before = found.get(key)
        if before is None or before.at < at:
            found[key] = Cosignature(key, at, signature)
    return [found[key] for key in keys if key in found]


def _read(blob: bytes) -> tuple[datetime, bytes]:
    try:
        return read_cosignature_time(blob), blob[ID_BYTES + _TIME_BYTES :]
    except MalformedProof as cause:
        raise SignatureRefused("the cosignature of a witness we know fails") from cause


@dataclass(frozen=True)
class Quorum:
    """So many of these must have cosigned; a member is a witness, or a group of them.

    Two keys with one public part count once: a witness is a key, not a name. Raises
    ValueError for a quorum that could not refuse or never be reached: that is a mistake
    of whoever configured it, never a pass.
    """

    members: Sequence["WitnessKey | Quorum"]
    count: int

    def __post_init__(self) -> None:
        public = {
            one.public if isinstance(one, WitnessKey) else id(one)
            for one in self.members
        }
        if not 1 <= self.count <= len(public):
            raise ValueError("a quorum is at least one and at most every witness")

    @property
    def keys(self) -> Sequence[WitnessKey]:
        """The witnesses that it names, at any depth, each once."""
        keys: dict[bytes, WitnessKey] = {}
        for one in self.members:
            for key in [one] if isinstance(one, WitnessKey) else one.keys:
                keys.setdefault(key.public, key)
        return list(keys.values())

    def verify(self, note: str) -> Witnessed:
        """Hold that enough of them cosigned this note, or raise `QuorumRefused`.

        Raises `SignatureRefused` where a cosignature of one of them fails, and
        `MalformedProof`. Says nothing about the ledger's own signature.
        """
        keys = self.keys
        found = find_cosignatures(note, keys)
        at = self.find_moment({one.key.public: one.at for one in found})
        if at is None:
            must = f", {self.count} must" if len(keys) == len(self.members) else ""
            raise QuorumRefused(
                f"{len(found)} of the {len(keys)} witnesses cosigned{must}"
            )
        return Witnessed([one.key.name for one in found], at)

    def find_moment(self, moments: Mapping[bytes, datetime]) -> datetime | None:
        """Give when the last member that was needed had cosigned, the newest first."""
        members = {
            one.public if isinstance(one, WitnessKey) else id(one): one
            for one in self.members
        }
        found = [
            moments.get(one.public)
            if isinstance(one, WitnessKey)
            else one.find_moment(moments)
            for one in members.values()
        ]
        newest_first = sorted((at for at in found if at is not None), reverse=True)
        return newest_first[self.count - 1] if len(newest_first) >= self.count else None


def verify_quorum(note: str, keys: Sequence[WitnessKey], quorum: int) -> Witnessed:
    """Hold that at least `quorum` of these witnesses cosigned, as `Quorum` does."""
    return Quorum(keys, quorum).verify(note)
