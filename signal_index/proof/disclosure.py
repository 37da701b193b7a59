"""Salted disclosures: the seven groups behind the digests of a leaf (RFC 9901 form).

A leaf holds `SHA-256(disclosure)` per group. Who is shown a disclosure can check it
against the leaf; who is not shown it learns nothing, also not by guessing, for each has
16 random bytes in it. Erasing a disclosure leaves a digest that means nothing.

- A disclosure is ASCII: b64u of the JSON array `[salt, group, value]`.
- `what` is padded to a multiple of 4,096 characters, so that a hit and a miss have
  disclosures of one length (proven by tests/unit/signal_index/test_ledger_entry.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from keys.base64url import encode_b64u
from signal_index.proof.encoding import (
    Json,
    JsonObject,
    decode_b64u,
    decode_json,
    encode_json,
)
from signal_index.proof.errors import DisclosureRefused, MalformedProof

SALT_BYTES = 16
WHAT_CHARACTERS = 4096
# b64u gives four characters for three bytes
_WHAT_BYTES = WHAT_CHARACTERS * 3 // 4


class Group(StrEnum):
    """The seven groups of an entry, each opened or kept closed as a whole.

    `PERSON` is what the ledger calls somebody, for the index alone; `ABOUT` is for who
    knows whom they asked about (`proof.about`). An entry has both or neither.
    """

    ABOUT = "about"
    DECISION = "decision"
    PERSON = "person"
    ROLE = "role"
    WHAT = "what"
    WHO = "who"
    WHY = "why"


@dataclass(frozen=True, repr=False)
class Disclosure:
    """One opened group; `value` is None where the entry lacks the group.

    Has no repr: what it opens is what the ledger protects.
    """

    group: Group
    salt: bytes
    value: JsonObject | None


_NAMES: Final = {group.value: group for group in Group}


def make_disclosure(group: Group, salt: bytes, value: JsonObject | None) -> str:
    """Give the disclosure text of one group.

    `salt` must be 16 fresh random bytes: with a salt used twice, equal groups show.
    Group `what` gets a member `pad`; a value that has one already is refused.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 16 bytes")
    return encode_b64u(_encode(group, salt, _pad(group, salt, value)))


def _encode(group: Group, salt: bytes, value: JsonObject | None) -> bytes:
    return encode_json([encode_b64u(salt), group.value, value])


def _pad(group: Group, salt: bytes, value: JsonObject | None) -> JsonObject | None:
    if group is not Group.WHAT or value is None:
        return value
    if "pad" in value:
        raise ValueError("the padding is ours to make")
    bare = len(_encode(group, salt, {**value, "pad": ""}))
    return {**value, "pad": " " * (-bare % _WHAT_BYTES)}


def digest_disclosure(text: str) -> bytes:
    """Give the digest that the leaf holds: SHA-256 of the disclosure's text."""
    return sha256(text.encode("ascii")).digest()


def parse_disclosure(text: str) -> Disclosure:
    """Read a disclosure, or raise `MalformedProof`.

    Says nothing about the leaf it belongs to: `verify_disclosure` does.
    """
    match decode_json(decode_b64u(text)):
        case [str(salt), str(name), value] if name in _NAMES:
            return Disclosure(_NAMES[name], _parse_salt(salt), _parse_value(value))
    raise MalformedProof("a disclosure is not [salt, group, value]")


def _parse_salt(text: str) -> bytes:
    salt = decode_b64u(text)
    if len(salt) != SALT_BYTES:
        raise MalformedProof("a salt does not have 16 bytes")
    return salt


def _parse_value(value: Json) -> JsonObject | None:
    if value is None or isinstance(value, Mapping):
        return value
    raise MalformedProof("the value of a group is not an object")


def verify_disclosure(groups: Mapping[Group, bytes], text: str) -> Disclosure:
    """Open a disclosure against the digests of a leaf, or raise `DisclosureRefused`.

    Raises `MalformedProof` where the text is not a disclosure.
    """
    opened = parse_disclosure(text)
    if not compare_digest(groups[opened.group], digest_disclosure(text)):
        raise DisclosureRefused("an opened group is not the one in the leaf")
    return opened
