"""Write JSON the one way this project writes it."""

from __future__ import annotations

import json


def encode_compact(value: object) -> bytes:
    """Give UTF-8 JSON without white space, in the order of the keys given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
