"""What came of a flag, sealed: a row that tells neither the lookup nor the flag.

- A flag's handle is its place in the group `what` of its entry, counted from 0: nothing
  else links a lookup to a signal. `None` is the lookup as a whole.
- A row is named by a keyed hash of entry and place, and its seal has one length: who
  has the database learns neither which lookup showed flags nor what came of them.
- What was taken back is a row without a code, and looks like any other.
- `told` is by what the notices of this saying are found again, and by nothing else.
- Destroying the year's key ends both, as it does for the entry itself.

Proven by tests/attack/test_a_dump_tells_no_hit_by_its_outcome.py.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signal_index.ledger.entry import flag_find_key
from signal_index.ledger.keys import DisclosureKey
from signal_index.proof import DisclosureRefused

OUTCOME_NONCE_BYTES = 12
_LENGTH = 96
_TOLD_BYTES = 16
_LABEL = b"outcome\n"


def seal_outcome(
    entry: UUID,
    place: int | None,
    code: str | None,
    told: UUID,
    *,
    key: DisclosureKey,
    nonce: bytes,
) -> tuple[bytes, bytes]:
    """Give the name of the row, and nonce and ciphertext; twelve fresh random bytes.

    Raises ValueError for a code that is too long: it would show by its length.
    """
    name, plain = flag_find_key(key, entry, place), (code or "").encode()
    if len(plain) > _LENGTH:
        raise ValueError("a code of an outcome has at most 96 bytes")
    padded = told.bytes + plain + bytes(_LENGTH - len(plain))
    return name, nonce + AESGCM(key.seal).encrypt(nonce, padded, _LABEL + name)


def open_outcome(
    name: bytes, sealed: bytes, *, key: DisclosureKey
) -> tuple[str | None, UUID]:
    """Give the code (None: taken back) and `told`, or raise `DisclosureRefused`."""
    nonce, box = sealed[:OUTCOME_NONCE_BYTES], sealed[OUTCOME_NONCE_BYTES:]
    try:
        plain = AESGCM(key.seal).decrypt(nonce, box, _LABEL + name)
    except (InvalidTag, ValueError) as cause:
        raise DisclosureRefused("what came of a flag does not open") from cause
    told, code = plain[:_TOLD_BYTES], plain[_TOLD_BYTES:]
    return code.rstrip(b"\0").decode() or None, UUID(bytes=told)
