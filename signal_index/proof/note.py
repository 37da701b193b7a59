"""Signed notes (c2sp.org/signed-note) with Ed25519 signatures.

- A signature of a key we were not given is ignored, as the specification asks; one of a
  key we were given that fails refuses the whole note.
- A note without one good signature of a given key is refused: an empty list of keys
  accepts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys import note_keys
from keys.note_keys import (
    ED25519,
    ID_BYTES,
    derive_key_id,
    encode_key,
    is_key_name,
)
from signal_index.proof.encoding import decode_b64, encode_b64
from signal_index.proof.errors import MalformedProof, SignatureRefused, SignerUnknown

KEY_BYTES = 32
SIGNATURE_BYTES = 64
MAX_NOTE_BYTES = 128 * 1024
"""Sixteen post-quantum signatures of nearly 5 kB each, as the specification asks."""
_DASH = "— "  # em dash and space begin a signature line


@dataclass(frozen=True)
class NoteKey:
    """A public key and the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        return derive_key_id(self.name, ED25519 + self.public)

    def encode(self) -> str:
        """Give the one-line form: name, id in hexadecimal, key in base64."""
        return encode_key(self.name, ED25519 + self.public)

    def list_named(
        self, origin: str, since: datetime, until: datetime
    ) -> Sequence["NoteKey"]:
        """Give it under the name of an origin: a key that has no successor counts."""
        del since, until
        return [NoteKey(origin, self.public)]


def parse_note_key(text: str) -> NoteKey:
    """Read a public key in its one-line form, or raise `MalformedProof`."""
    name, material = split_key(text)
    if material[:1] != ED25519 or len(material) != 1 + KEY_BYTES:
        raise MalformedProof("a ledger key is not an Ed25519 key")
    return NoteKey(name, material[1:])


def split_key(text: str) -> tuple[str, bytes]:
    """Give name and material of a key in its one form, or raise `MalformedProof`."""
    try:
        return note_keys.split_key(text)
    except ValueError as cause:
        raise MalformedProof(str(cause)) from cause


def encode_note(text: str, signatures: Sequence[tuple[NoteKey, bytes]]) -> str:
    """Give the note of a text and its signatures, in the given order."""
    if not text.endswith("\n"):
        raise ValueError("the text of a note ends in a newline")
    lines = [
        encode_line(key.name, key.key_id + signature) for key, signature in signatures
    ]
    return f"{text}\n{''.join(lines)}"


def encode_line(name: str, blob: bytes) -> str:
    """Give a signature line; `blob` begins with the four bytes of the key's id."""
    return f"{_DASH}{name} {encode_b64(blob)}\n"


def parse_lines(text: str) -> Sequence[tuple[str, bytes]]:
    """Give name and bytes of each signature line, or raise `MalformedProof`."""
    if not text.endswith("\n") or len(text) > MAX_NOTE_BYTES:
        raise MalformedProof("these are not signature lines")
    return [_parse_line(line) for line in text[:-1].split("\n")]


def verify_note(note: str, keys: Sequence[NoteKey]) -> str:
    """Give the text of a note that one of the keys signed; raises as `open_note`."""
    return open_note(note, keys)[0]


def open_note(note: str, keys: Sequence[NoteKey]) -> tuple[str, Sequence[str]]:
    """Give the text of a note that one of the keys signed, and their lines.

    Raises `MalformedProof` where it is no note, `SignerUnknown` where no given key
    signed it, `SignatureRefused` where a signature of one fails.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    lines: list[str] = []
    for name, blob in signatures:
        key = known.get((name, blob[:ID_BYTES]))
        if key is not None:
            verify_ed25519(key.public, blob[ID_BYTES:], text.encode())
            lines.append(encode_line(name, blob))
    if not lines:
        raise SignerUnknown("no key that we were given signed this")
    return text, lines


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    """Hold that a key we know signed a message, or raise `SignatureRefused`."""
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureRefused("a signature does not have 64 bytes")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as cause:
        raise SignatureRefused("the signature of a key we know fails") from cause


def split_note(note: str) -> tuple[str, Sequence[tuple[str, bytes]]]:
    """Give the signed text, and per signature line its name and its bytes.

    The bytes begin with the four of the key's id. Raises `MalformedProof`.
    """
    if len(note) > MAX_NOTE_BYTES or any(c < " " and c != "\n" for c in note):
        raise MalformedProof("a note is too long or holds control characters")
    text, separator, tail = note.rpartition("\n\n")
    if not separator:
        raise MalformedProof("a note does not end in signature lines")
    return text + "\n", parse_lines(tail)


def _parse_line(line: str) -> tuple[str, bytes]:
    name, separator, signature = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not is_key_name(name):
        raise MalformedProof("a signature line is not one")
    blob = decode_b64(signature)
    if len(blob) <= ID_BYTES:
        raise MalformedProof("a signature is too short")
    return name, blob
