"""The small parts of requests and answers: where a page begins, codes of a list."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Annotated, Final, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, Field

from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id, OinText, read_number_text

PAGE_MAXIMUM: Final = 1_000
PAGE_DEFAULT: Final = 100

Cursor = Annotated[Id | None, Query(description="Waar de bladzijde begint")]
OfSource = Annotated[
    OinText | None, Query(description="Een bron waarvoor u levert; zonder: uzelf")
]
Limit = Annotated[
    int,
    Field(ge=1, le=PAGE_MAXIMUM),
    BeforeValidator(read_number_text),
    Query(description="Hoeveel er hooguit op een bladzijde staan"),
]
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
