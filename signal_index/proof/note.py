"""Signed notes (c2sp.org/signed-note) with Ed25519 signatures.

- A signature of a key we were not given is ignored, as the specification asks; one of a
  key we were given that fails refuses the whole note.
- A note without one good signature of a given key is refused: an empty list of keys
  accepts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signal_index.proof.encoding import decode_b64, encode_b64
from signal_index.proof.errors import MalformedProof, SignatureRefused

_ED25519 = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_MAX_BYTES = 64 * 1024
_DASH = "— "  # em dash and space begin a signature line


@dataclass(frozen=True)
class NoteKey:
    """A public key and the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        material = self.name.encode() + b"\n" + _ED25519 + self.public
        return sha256(material).digest()[:_ID_BYTES]

    def encode(self) -> str:
        """Give the one-line form: name, id in hexadecimal, key in base64."""
        key = encode_b64(_ED25519 + self.public)
        return f"{self.name}+{self.key_id.hex()}+{key}"


def parse_note_key(text: str) -> NoteKey:
    """Read a public key in its one-line form, or raise `MalformedProof`."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise MalformedProof("a ledger key is not name+id+key")
    material = decode_b64(parts[2])
    if material[:1] != _ED25519 or len(material) != 1 + _KEY_BYTES:
        raise MalformedProof("a ledger key is not an Ed25519 key")
    key = NoteKey(parts[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise MalformedProof("the id of a ledger key does not belong to it")
    return key


def is_key_name(name: str) -> bool:
    """Say whether a text may name a key: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def encode_note(text: str, signatures: Sequence[tuple[NoteKey, bytes]]) -> str:
    """Give the note of a text and its signatures, in the given order."""
    if not text.endswith("\n"):
        raise ValueError("the text of a note ends in a newline")
    lines = [
        f"{_DASH}{key.name} {encode_b64(key.key_id + signature)}\n"
        for key, signature in signatures
    ]
    return f"{text}\n{''.join(lines)}"


def verify_note(note: str, keys: Sequence[NoteKey]) -> str:
    """Give the text of a note that one of the keys signed.

    Raises `MalformedProof` where it is no note, `SignatureRefused` where no signature
    of a given key holds or one of them fails.
    """
    text, signatures = _split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    holding = 0
    for name, blob in signatures:
        key = known.get((name, blob[:_ID_BYTES]))
        if key is not None:
            _verify_signature(key, blob[_ID_BYTES:], text)
            holding += 1
    if not holding:
        raise SignatureRefused("no key that we were given signed this")
    return text


def _verify_signature(key: NoteKey, signature: bytes, text: str) -> None:
    if len(signature) != _SIGNATURE_BYTES:
        raise SignatureRefused("a signature does not have 64 bytes")
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public)
        public.verify(signature, text.encode())
    except (InvalidSignature, ValueError) as cause:
        raise SignatureRefused("the signature of a key we know fails") from cause


def _split_note(note: str) -> tuple[str, Sequence[tuple[str, bytes]]]:
    if len(note) > _MAX_BYTES or any(c < " " and c != "\n" for c in note):
        raise MalformedProof("a note is too long or holds control characters")
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise MalformedProof("a note does not end in signature lines")
    return text + "\n", [_parse_line(line) for line in tail[:-1].split("\n")]


def _parse_line(line: str) -> tuple[str, bytes]:
    name, separator, signature = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not is_key_name(name):
        raise MalformedProof("a signature line is not one")
    blob = decode_b64(signature)
    if len(blob) <= _ID_BYTES:
        raise MalformedProof("a signature is too short")
    return name, blob
