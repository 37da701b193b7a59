"""How a source calls the cases of its matches, for as long as a match stands.

- A notice is gone after 30 days and a match stands for 90, so the case stands apart. It
  is written when a notice of a run or a transfer is acknowledged: as many rows for each
  such notice, cover or not, so that no copy of the database counts matches.
- Nothing is rewritten: the newest of a signal's rows counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.matching import derive_case_handle, open_case, seal_case
from signal_index.proof import DisclosureRefused
from signal_index.returning import SIGNALS_AT_MOST, NoticeKind
from signal_index.store.match_rows import (
    Written,
    find_step_rows,
    insert_step_row,
    tally_rows,
)
from signal_index.store.notices import StoredNotice

NAMING: Final = frozenset({NoticeKind.MATCH, NoticeKind.SUCCESSION})
_HANDLE_BYTES: Final = 16

OwnSignal = tuple[str, UUID]
"""A source, and its own reference."""


async def store_cases(
    conn: AsyncConnection,
    arrived: Iterable[StoredNotice],
    keys: YearKeys,
    kept_until: Callable[[str], date],
) -> None:
    """Keep the cases that these notices name; rows that say nothing for all others.

    `kept_until`: by municipality, until when.
    """
    rows = [
        (one, case) for one in arrived if one.names_case for case in _find_named(one)
    ]
    secrets.SystemRandom().shuffle(rows)
    made: list[Written] = []
    for one, named in rows:
        key = keys.get_disclosure_key(one.year)
        until = kept_until(one.municipality)
        if named is None:
            handle = secrets.token_bytes(_HANDLE_BYTES)
            await insert_step_row(conn, handle, seal_case(handle, "", key), until)
        else:
            reference, case = named
            signal = (one.source, reference)
            handle = await _add_case(conn, signal, case, key, until)
        made.append(Written(handle, until, key))
    await tally_rows(conn, made)


async def find_cases(
    conn: AsyncConnection, signals: Iterable[OwnSignal], keys: YearKeys
) -> Mapping[OwnSignal, str | None]:
    """Give what their machines call the cases of these signals, where they said so.

    None where the row was altered: a match is shown without its case.
    """
    wanted = set(signals)
    cases: dict[OwnSignal, str | None] = {}
    for year in sorted(keys.disclosures):
        key, going, number = keys.get_disclosure_key(year), wanted, 0
        while going:
            names = {derive_case_handle(key, *one, number): one for one in going}
            found = await find_step_rows(conn, names)
            for handle, sealed in found.items():
                cases[names[handle]] = _open(handle, sealed, key)
            going, number = {names[handle] for handle in found}, number + 1
    return cases


def _find_named(one: StoredNotice) -> Sequence[tuple[UUID, str] | None]:
    """Give as many as a notice can name, whatever this one does."""
    body = one.body
    signals = () if body is None or body.kind not in NAMING else body.signals
    named: list[tuple[UUID, str] | None] = [
        None if each.case is None else (each.reference, each.case) for each in signals
    ]
    return named + [None] * (SIGNALS_AT_MOST - len(named))


async def _add_case(
    conn: AsyncConnection,
    signal: OwnSignal,
    case: str,
    key: DisclosureKey,
    until: date,
) -> bytes:
    """Write it under the first name that is free, which it gives."""
    for number in count():
        handle = derive_case_handle(key, *signal, number)
        sealed = seal_case(handle, case, key)
        if await insert_step_row(conn, handle, sealed, until):
            return handle
    raise AssertionError("names never end")


def _open(handle: bytes, sealed: bytes, key: DisclosureKey) -> str | None:
    try:
        return open_case(handle, sealed, key)
    except DisclosureRefused:
        return None
