"""Read the small parts of a request: its JSON body, its query, ids in its path."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from typing import Annotated, Final, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from signal_index.notice import InvalidField, parse_uuid
from signal_index.notice.fields import parse_json
from signal_index.notice.text import encode_compact
from signal_index.wire.values import Id, read_number_text

PAGE_MAXIMUM: Final = 1_000
PAGE_DEFAULT: Final = 100

Cursor = Annotated[Id | None, Query(description="Waar de bladzijde begint")]
Limit = Annotated[int, BeforeValidator(read_number_text), Query(ge=1, le=PAGE_MAXIMUM)]
Item = TypeVar("Item", bound="Identified")


class Identified(Protocol):
    """What a page is made of: each has an id by which the next page begins."""

    @property
    def id(self) -> UUID:
        """Where it stands in the order of the list."""


def cut_page(found: Sequence[Item], limit: int) -> tuple[list[Item], UUID | None]:
    """Cut what was read, one more than asked, to a page and where the next begins."""
    shown = list(found[:limit])
    return shown, shown[-1].id if len(found) > limit else None


def verify_code(code: str, field: str, codes: Container[str]) -> None:
    """Raise `InvalidField` for a code that a list of the catalogue does not have."""
    if code not in codes:
        raise InvalidField(field, "unknown-code")


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
