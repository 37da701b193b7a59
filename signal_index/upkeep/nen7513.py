"""Writes entries with the fields of NEN 7513 to a file, CSV or JSON.

- Streamed: any period takes constant memory. A file appears when it is whole.
- A client is a code made for this one file: two files do not join by it, and neither
  joins with the ledger.
- A text that a spreadsheet would take for a formula is kept a text.
"""

import csv
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, TextIO

from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import ExportRefused
from signal_index.keyring import YearKeys
from signal_index.ledger import KINDS, open_disclosures
from signal_index.ledger.nen7513 import FIELDS, Logged, describe_event
from signal_index.proof import (
    FirstLeaf,
    Group,
    parse_disclosure,
    parse_leaf,
)
from signal_index.store.connect import reading
from signal_index.store.opened_days import SealedEntry, Span, find_of_kinds

Form = Literal["csv", "json"]
_EVENTS: Final = frozenset(kind for kind, rule in KINDS.items() if rule.nen7513)
"""Whatever looks at a client's data or at the log of it."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
Fields = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Exporting:
    """Which entries: of one organisation, or of all."""

    engine: AsyncEngine
    keys: YearKeys
    source: str
    organisation: str | None


async def export_nen7513(
    exporting: Exporting, span: Span, into: Path, form: Form
) -> int:
    """Write the entries of a span to a new file; give how many there are.

    Raises `ExportRefused` where something stands there already.
    """
    key, count = secrets.token_bytes(32), 0
    async with reading(exporting.engine) as conn:
        with _new_file(into) as file, _writing(file, form) as write:
            async for sealed in find_of_kinds(conn, span, _EVENTS):
                fields = _describe(sealed, exporting, key)
                if fields is not None:
                    write(fields)
                    count += 1
    return count


def _describe(sealed: SealedEntry, exporting: Exporting, key: bytes) -> Fields | None:
    leaf = parse_leaf(sealed.leaf)
    wanted = exporting.organisation
    if isinstance(leaf, FirstLeaf) or wanted not in {None, leaf.organisation}:
        return None
    disclosure_key = exporting.keys.get_disclosure_key(sealed.year)
    texts = open_disclosures(sealed.entry, sealed.sealed, key=disclosure_key)
    groups = {group: parse_disclosure(text).value for group, text in texts.items()}
    person = groups.pop(Group.PERSON)
    del groups[Group.ABOUT]
    return describe_event(
        Logged(
            entry=sealed.entry,
            kind=leaf.kind,
            outcome=leaf.outcome,
            recorded_at=sealed.recorded_at,
            organisation=leaf.organisation,
            municipality=leaf.municipality,
            policy=leaf.policy,
            groups=groups,
            person=None if person is None else _code(key, str(person["name"])),
            source=exporting.source,
        )
    )


def _code(key: bytes, name: str) -> str:
    return hmac.digest(key, name.encode(), sha256)[:16].hex()


@contextmanager
def _writing(file: TextIO, form: Form) -> Iterator[Callable[[Fields], None]]:
    if form == "json":
        with _writing_json(file) as write:
            yield write
        return
    rows = csv.writer(file)
    rows.writerow(FIELDS)
    yield lambda fields: rows.writerow([guard_formula(v) for v in fields.values()])


@contextmanager
def _writing_json(file: TextIO) -> Iterator[Callable[[Fields], None]]:
    separator = "["

    def write(fields: Fields) -> None:
        nonlocal separator
        file.write(separator + "\n" + json.dumps(dict(fields), ensure_ascii=False))
        separator = ","

    yield write
    file.write("[]\n" if separator == "[" else "\n]\n")


def guard_formula(value: str | None) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    text = value or ""
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def _new_file(into: Path) -> Iterator[TextIO]:
    """Give a file for its owner only, that appears under its name when it is whole."""
    unfinished = into.with_name(f"{into.name}.part")
    if into.exists():
        raise ExportRefused(f"{into.name} is there already")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(into)
    except OSError as cause:
        raise ExportRefused(f"{into.name}: {cause.strerror}") from cause
    finally:
        unfinished.unlink(missing_ok=True)
