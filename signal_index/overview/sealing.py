"""Seals the counts of a day, and opens them again (AES-256-GCM, the year's own key).

Counts say what entries hide: whether a lookup showed a flag, in which team, by whom.
With one lookup on a day they say it of that very lookup. So they are stored like the
entries themselves: unreadable without the disclosure key of the year, and gone with it.

- The associated data is day, municipality and organisation: a row moved elsewhere
  does not open.
- The plaintext is padded to a multiple of 1,024 bytes.
"""

from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signal_index.ledger import DisclosureKey
from signal_index.overview.counts import Counts, encode_counts, parse_counts
from signal_index.proof import DisclosureRefused, MalformedProof

NONCE_BYTES = 12
_STEP = 1024
_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Whose counts these are: a day of an organisation in a municipality."""

    day: date
    municipality: str
    organisation: str

    def bound(self) -> bytes:
        """Give what the seal is bound to."""
        parts = (self.day.isoformat(), self.municipality, self.organisation)
        return b"overview\n" + "\n".join(parts).encode()


def seal_counts(
    place: Place, counts: Counts, *, key: DisclosureKey, nonce: bytes
) -> bytes:
    """Give nonce and ciphertext; the nonce is twelve fresh random bytes."""
    data = encode_counts(counts)
    plain = len(data).to_bytes(_LENGTH) + data
    padded = plain + bytes(-len(plain) % _STEP)
    return nonce + AESGCM(key.seal).encrypt(nonce, padded, place.bound())


def open_counts(place: Place, sealed: bytes, *, key: DisclosureKey) -> Counts:
    """Give the counts again, or raise `DisclosureRefused`."""
    nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        padded = AESGCM(key.seal).decrypt(nonce, box, place.bound())
        end = _LENGTH + int.from_bytes(padded[:_LENGTH])
        return parse_counts(padded[_LENGTH:end])
    except (InvalidTag, ValueError, MalformedProof) as cause:
        raise DisclosureRefused("the counts of a day do not open") from cause
