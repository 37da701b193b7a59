"""The few encodings that leaves, disclosures and proofs share.

- One value has one text: keys sorted, no white space, no escapes but those JSON needs.
- Decoding is strict: what does not encode back to the same text is refused, so that two
  different texts never pass for one proof.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from json.encoder import c_encode_basestring, c_make_encoder  # type: ignore[attr-defined]  # of CPython
from typing import Never, TypeAlias

from keys import base64url
from signal_index.proof.errors import MalformedProof

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]

HASH_BYTES = 32


def _refuse_value(value: object) -> Never:
    raise TypeError(f"{type(value).__name__} is not of JSON")


_WRITE = c_make_encoder(
    markers=None,
    default=_refuse_value,
    encoder=c_encode_basestring,
    indent=None,
    key_separator=":",
    item_separator=",",
    sort_keys=True,
    skipkeys=False,
    allow_nan=False,
)
"""What `json.dumps` makes anew for each text (sorted keys, no white space, no NaN)."""


def decode_b64u(text: str) -> bytes:
    """Read base64url in its one form, or raise `MalformedProof`."""
    try:
        return base64url.decode_b64u(text)
    except ValueError as cause:
        raise MalformedProof("a base64url text is not one") from cause


def encode_b64(data: bytes) -> str:
    """Give standard base64 with padding, as the C2SP texts use it."""
    return base64.b64encode(data).decode("ascii")


def decode_b64(text: str) -> bytes:
    """Give the bytes of a standard base64 text, or raise `MalformedProof`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise MalformedProof("a base64 text is not one") from cause
    if encode_b64(data) != text:
        raise MalformedProof("a base64 text is not in its one form")
    return data


def decode_hash(text: str) -> bytes:
    """Give the 32 bytes of a hash written in standard base64."""
    data = decode_b64(text)
    if len(data) != HASH_BYTES:
        raise MalformedProof("a hash does not have 32 bytes")
    return data


def parse_size(text: str) -> int:
    """Give a count written in ASCII decimals without leading zeroes."""
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise MalformedProof("a size is not a decimal number in its one form")
    if len(text) > 19:
        raise MalformedProof("a size is larger than any tree")
    return int(text)


def encode_json(value: Json) -> bytes:
    """Give the one UTF-8 JSON text of a value: keys sorted, no white space."""
    return "".join(_WRITE(value, 0)).encode()


def _refuse(_text: str) -> Json:
    raise MalformedProof("a number is not a whole one")


def decode_json(data: bytes) -> Json:
    """Give the value of a JSON text in its one form, or raise `MalformedProof`."""
    try:
        value: Json = json.loads(data, parse_float=_refuse, parse_constant=_refuse)
        again = encode_json(value)
    except (ValueError, RecursionError) as cause:
        raise MalformedProof("the bytes are not JSON") from cause
    if again != data:
        raise MalformedProof("the JSON is not in its one form")
    return value
