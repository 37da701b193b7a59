"""Seals counts of a day, and what a report was asked about (AES-256-GCM).

Counts say what entries hide: whether a lookup showed a flag, in which team, by whom.
With one lookup on a day they say it of that very lookup. So they are stored like the
entries themselves: unreadable without the disclosure key of the year, and gone with it.

- The associated data is day, municipality and organisation, or a request's id: a row
  moved elsewhere does not open.
- The plaintext is padded to a multiple of 1,024 bytes.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signal_index.ledger import DisclosureKey
from signal_index.overview.counts import Counts, encode_counts, parse_counts
from signal_index.proof import (
    DisclosureRefused,
    JsonObject,
    MalformedProof,
    decode_json,
    encode_json,
)

NONCE_BYTES = 12
_STEP = 1024
_LENGTH = 4
_CODE_BYTES = 5


@dataclass(frozen=True, slots=True)
class CountedDay:
    """Whose counts these are: a day of an organisation in a municipality."""

    day: date
    municipality: str
    organisation: str

    def bound(self) -> bytes:
        """Give what the seal is bound to."""
        parts = (self.day.isoformat(), self.municipality, self.organisation)
        return b"overview\n" + "\n".join(parts).encode()


def seal_counts(
    place: CountedDay, counts: Counts, *, key: DisclosureKey, nonce: bytes
) -> bytes:
    """Give nonce and ciphertext; the nonce is twelve fresh random bytes."""
    return _seal(encode_counts(counts), place.bound(), key, nonce)


def open_counts(place: CountedDay, sealed: bytes, *, key: DisclosureKey) -> Counts:
    """Give the counts again, or raise `DisclosureRefused`."""
    try:
        return parse_counts(_open(sealed, place.bound(), key))
    except MalformedProof as cause:
        raise DisclosureRefused("the counts of a day do not open") from cause


def seal_question(
    request: UUID, said: JsonObject, *, key: DisclosureKey, nonce: bytes
) -> bytes:
    """Give nonce and ciphertext of what a report was asked about."""
    return _seal(encode_json(said), b"report\n" + request.bytes, key, nonce)


def open_question(request: UUID, sealed: bytes, *, key: DisclosureKey) -> JsonObject:
    """Give what a report was asked about again, or raise `DisclosureRefused`."""
    said = decode_json(_open(sealed, b"report\n" + request.bytes, key))
    if not isinstance(said, dict):
        raise DisclosureRefused("a request for a report does not open")
    return said


def name_in_report(
    key: DisclosureKey, request: UUID, person: bytes | None
) -> str | None:
    """Give the code that stands for a person within one report, and in no other.

    `person` is the keyed hash under which the ledger finds them. Forty bits: enough to
    tell a hundred thousand persons apart, too few to be anything else.
    """
    if person is None:
        return None
    code = key.find.digest(b"report\n" + request.bytes + person)
    digits = code[:_CODE_BYTES].hex().upper()
    return f"{digits[:5]}-{digits[5:]}"


def _seal(data: bytes, bound: bytes, key: DisclosureKey, nonce: bytes) -> bytes:
    plain = len(data).to_bytes(_LENGTH) + data
    padded = plain + bytes(-len(plain) % _STEP)
    return nonce + AESGCM(key.seal).encrypt(nonce, padded, bound)


def _open(sealed: bytes, bound: bytes, key: DisclosureKey) -> bytes:
    nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        padded = AESGCM(key.seal).decrypt(nonce, box, bound)
    except (InvalidTag, ValueError) as cause:
        raise DisclosureRefused("what was sealed does not open") from cause
    return padded[_LENGTH : _LENGTH + int.from_bytes(padded[:_LENGTH])]
