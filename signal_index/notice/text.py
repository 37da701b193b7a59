"""Write JSON the one way this project writes it."""

from __future__ import annotations

import hashlib
import json

from keys.base64url import encode_b64u


def encode_compact(value: object) -> bytes:
    """Give UTF-8 JSON without white space, in the order of the keys given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def digest_compact(value: object) -> str:
    """Give the SHA-256 of that text, b64u: what an entry says of what was stored."""
    return encode_b64u(hashlib.sha256(encode_compact(value)).digest())
