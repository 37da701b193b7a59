"""Sealed values that say of whom they are: how each is sealed anew under another name.

A table of these is sealed anew whole, whatever is in each row: a cover, and what is
about nobody, too. Each keeps its length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, Table

from keys.errors import InvalidRow
from keys.pseudonym import SealedRow
from signal_index.errors import KeyFilesRefused
from signal_index.ledger import DisclosureKey
from signal_index.matching import (
    BoxAt,
    SheetAt,
    open_match_box,
    open_sheet,
    reseal_sheet,
    seal_match_box,
)
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    LookedUp,
    Told,
    open_body,
    open_box,
    seal_body,
    seal_box,
)
from signal_index.tables.matches import match_box, match_sheet
from signal_index.tables.notices import notice_box, return_notice

Rename = Callable[[SealedRow], SealedRow]
"""How a person is called from now on."""

AnyRow = Row[*tuple[Any, ...]]
Reseal = Callable[[AnyRow, DisclosureKey, Rename], bytes]

UNREADABLE: Final = (DisclosureRefused, KeyFilesRefused, InvalidRow)
"""A row that was altered, whose year has no key, or about whom no key of ours says."""


def _notice_box(row: AnyRow, key: DisclosureKey, rename: Rename) -> bytes:
    content = open_box(row.id, bytes(row.sealed), key)
    if isinstance(content, LookedUp):
        content = replace(content, person=rename(content.person))
    elif isinstance(content, Told) and content.body.person is not None:
        body = replace(content.body, person=rename(content.body.person))
        content = replace(content, body=body)
    return seal_box(row.id, row.municipality, content, key).sealed


def _return_notice(row: AnyRow, key: DisclosureKey, rename: Rename) -> bytes:
    body = open_body(row.id, bytes(row.sealed), key)
    if body.person is not None:
        body = replace(body, person=rename(body.person))
    return seal_body(row.id, body, key)


def _match_box(row: AnyRow, key: DisclosureKey, rename: Rename) -> bytes:
    at = BoxAt(row.id, row.municipality, row.until)
    box = open_match_box(at, bytes(row.sealed), key)
    rows = replace(box.rows, person=rename(box.rows.person))
    return seal_match_box(at, replace(box, rows=rows), key)


def _match_sheet(row: AnyRow, key: DisclosureKey, rename: Rename) -> bytes:
    at = SheetAt(row.id, row.municipality, row.source, row.until)
    sealed = bytes(row.sealed)
    sides = [
        replace(one, person=rename(one.person)) for one in open_sheet(at, sealed, key)
    ]
    return reseal_sheet(at, sides, sealed, key)


SEALED: Final[Mapping[Table, Reseal]] = {
    notice_box: _notice_box,
    return_notice: _return_notice,
    match_box: _match_box,
    match_sheet: _match_sheet,
}
"""Tables of sealed values that are about a person, and how one of each is sealed."""

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "notice_box": ("id", "municipality", "year", "sealed"),
    "return_notice": ("id", "year", "sealed"),
    "match_box": ("id", "municipality", "year", "until", "sealed"),
    "match_sheet": ("id", "municipality", "source", "year", "until", "sealed"),
}
