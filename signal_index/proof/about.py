"""About whom an entry is, for whoever knows already: a commitment to the pseudonym N.

Group `about` holds a salt and HMAC-SHA-256 of N under it. Who has N, because they asked
about that person or because they are that person, holds the entry to it; who has not
learns nothing, for N cannot be guessed. Two entries about one person have other salts.

- It binds to N under one key version: under another the same person has another N.
"""

import hmac
from hashlib import sha256

from signal_index.proof.encoding import HASH_BYTES, JsonObject, decode_b64u
from signal_index.proof.errors import AboutRefused, MalformedProof

ABOUT_SALT_BYTES = 16
_LABEL = b"signal-index/about/1\n"


def mark_about(pseudonym: bytes, key_version: int, salt: bytes) -> bytes:
    """Give the 32 bytes that stand for a pseudonym under this salt.

    `salt` must be 16 fresh random bytes: with one used twice, equal persons show.
    """
    if len(salt) != ABOUT_SALT_BYTES:
        raise ValueError("the salt of a person has 16 bytes")
    said = _LABEL + key_version.to_bytes(4) + pseudonym
    return hmac.digest(salt, said, sha256)


def verify_about(value: JsonObject | None, pseudonym: bytes, key_version: int) -> None:
    """Hold that an opened group `about` is of this person, or raise `AboutRefused`.

    Raises `MalformedProof` where it is no such group, or of another key version:
    nothing can be said then.
    """
    version, mark, salt = _read(value)
    if version != key_version:
        raise MalformedProof("the entry names its person under another key version")
    if not hmac.compare_digest(mark, mark_about(pseudonym, version, salt)):
        raise AboutRefused("the entry is about another person")


def _read(value: JsonObject | None) -> tuple[int, bytes, bytes]:
    match value:
        case {
            "keyVersion": int(version),
            "mark": str(mark),
            "salt": str(salt),
            **rest,
        } if not rest and version > 0:
            said = decode_b64u(mark), decode_b64u(salt)
            if (len(said[0]), len(said[1])) == (HASH_BYTES, ABOUT_SALT_BYTES):
                return version, *said
    raise MalformedProof("a group about a person is not version, mark and salt")
