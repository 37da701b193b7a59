"""Write JSON the one way this project writes it."""

from __future__ import annotations

import base64
import hashlib
import json


def encode_compact(value: object) -> bytes:
    """Give UTF-8 JSON without white space, in the order of the keys given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def digest_compact(value: object) -> str:
    """Give the SHA-256 of that text, b64u: what an entry says of what was stored."""
    digest = hashlib.sha256(encode_compact(value)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
