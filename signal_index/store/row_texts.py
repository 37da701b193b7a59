"""A row as bytes, the same on every database: what the index signs or stamps."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from signal_index.identifiers import floor_minute
from signal_index.proof import Json, encode_json


def encode_row(row: Mapping[Any, Any], names: Sequence[str]) -> bytes:
    """Write down what these columns of a row say; one that it lacks is null."""
    return encode_json({name: _write(row.get(name)) for name in names})


def _write(value: object) -> Json:
    if isinstance(value, datetime):
        return floor_minute(value).isoformat()  # what its column keeps of it
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list):
        return [_write(one) for one in value]
    if value is None or isinstance(value, str | bool):
        return value
    raise TypeError(type(value).__name__)
