"""Read the small parts of a request: its JSON body, its query, ids in its path."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from signal_index.notice import InvalidField, parse_uuid
from signal_index.notice.fields import parse_json
from signal_index.notice.text import encode_compact

PAGE_MAXIMUM: Final = 1_000
PAGE_DEFAULT: Final = 100


async def read_json(request: Request) -> object:
    """Give the JSON value that a request carries, or raise `InvalidField`."""
    return parse_json(await request.body())


def read_query(request: Request, allowed: Collection[str] = ()) -> Mapping[str, str]:
    """Give the query; a key that is not known, or doubled, is refused."""
    pairs = request.query_params.multi_items()
    query = dict(pairs)
    if len(query) != len(pairs) or any(key not in allowed for key in query):
        raise InvalidField("query", "unknown-field")
    return query


def read_limit(query: Mapping[str, str]) -> int:
    """Give how many items a page may hold."""
    text = query.get("limit", str(PAGE_DEFAULT))
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise InvalidField("limit", "not-a-number")
    if not 1 <= int(text) <= PAGE_MAXIMUM:
        raise InvalidField("limit", "out-of-range")
    return int(text)


def read_cursor(query: Mapping[str, str]) -> UUID | None:
    """Give where a page begins, if the caller says so."""
    text = query.get("cursor")
    return None if text is None else parse_uuid(text, "cursor")


def give_json(value: object, status: int = 200) -> Response:
    """Give an answer in the JSON that this project writes."""
    return Response(encode_compact(value), status, media_type="application/json")
