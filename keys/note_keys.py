"""The one-line form of a key that signs notes (c2sp.org/signed-note).

    name+id+key     the id is four bytes in hexadecimal, the key in base64

`key` is a byte that says its type, and the key itself; the id follows from name and
key, so that a line that was cut or changed is none. Says nothing about who owns it.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Final

ED25519: Final = b"\x01"
ID_BYTES: Final = 4


def derive_key_id(name: str, material: bytes) -> bytes:
    """Give the id of a key: `material` is its type (one byte) and its bytes."""
    return sha256(name.encode() + b"\n" + material).digest()[:ID_BYTES]


def encode_key(name: str, material: bytes) -> str:
    """Give the one-line form of a key: name, id in hexadecimal, key in base64."""
    key_id = derive_key_id(name, material).hex()
    return f"{name}+{key_id}+{b64encode(material).decode('ascii')}"


def split_key(text: str) -> tuple[str, bytes]:
    """Give name and material of a key in its one form, or raise ValueError."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise ValueError("a key is not name+id+key")
    material = b64decode(parts[2], validate=True)
    if b64encode(material).decode("ascii") != parts[2]:
        raise ValueError("a base64 text has more than one form")
    if derive_key_id(parts[0], material).hex() != parts[1]:
        raise ValueError("the id of a key does not belong to it")
    return parts[0], material


def is_key_name(name: str) -> bool:
    """Say whether a text may name a key: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)
