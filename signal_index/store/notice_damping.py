"""What two know of each other already: "already known", until one of them says else.

- Each outcome that is said of a signal is a step, and what was said last holds, in
  whatever order boxes are opened: a correction ends the silence that it corrects.
- A step is a sealed row under a name that only the key gives: the pair, the month in
  which it was written, its number there. A month's rows go together, so that none is
  missing before another; nothing is ever changed.
- Each source told gets one row, whatever was said.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import DisclosureKey
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    Between,
    SaidOutcome,
    Shown,
    Step,
    derive_step,
    open_step,
    seal_step,
)
from signal_index.store.many_rows import in_parts
from signal_index.store.notice_rows import Telling
from signal_index.tables.notices import notice_damping

DAMPED_FOR: Final = timedelta(days=90)
ALREADY_KNOWN: Final = "already-known"
_MONTH: Final = timedelta(days=31)

_Chain = tuple[Between, date]
"""The steps of a pair that were written in the month that began on this day."""


async def find_damped(
    conn: AsyncConnection, asked: Iterable[Between], telling: Telling
) -> frozenset[Between]:
    """Find of which signals "already known" was said last, in the last 90 days.

    Where a step does not open it is told: rather once too often than never.
    """
    since = telling.now - DAMPED_FOR
    chains = await _read_chains(conn, product(set(asked), _months(telling)), telling)
    said: dict[Between, list[Step | None]] = defaultdict(list)
    for (between, _), steps in chains.items():
        said[between] += steps
    return frozenset(one for one, steps in said.items() if _is_known(steps, since))


async def remember(
    conn: AsyncConnection,
    one: SaidOutcome,
    told: Mapping[str, Sequence[Shown]],
    telling: Telling,
) -> None:
    """Add what was said of a signal: one row for each source told."""
    month = _begin_month(telling.now)
    chains = [
        ((one.organisation, src, shown.reference), month)
        for src, signals in told.items()
        for shown in signals
    ]
    steps = await _read_chains(conn, chains, telling)
    names = [
        derive_step(telling.key, between, month, len(steps.get((between, month), ())))
        for between, month in chains
    ]
    names += [secrets.token_bytes(16) for _ in range(len(told) - len(names))]
    step = Step(one.at, is_known=one.outcome == ALREADY_KNOWN)
    until = _begin_month(month + _MONTH) + DAMPED_FOR
    rows = [
        {"handle": name, "sealed": seal_step(name, step, telling.key), "until": until}
        for name in sorted(names)
    ]
    if rows:
        await conn.execute(insert(notice_damping), rows)


def _is_known(steps: Sequence[Step | None], since: datetime) -> bool:
    opened = [step for step in steps if step is not None]
    if len(opened) < len(steps):
        return False
    last = max(reversed(opened), key=lambda step: step.at)
    return last.is_known and last.at >= since


def _months(telling: Telling) -> Collection[date]:
    """Give the months in which what holds now can have been written."""
    days = range(DAMPED_FOR.days + 1)
    return {_begin_month(telling.now - timedelta(days=day)) for day in days}


def _begin_month(at: date | datetime) -> date:
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return day.replace(day=1)


async def _read_chains(
    conn: AsyncConnection, wanted: Iterable[_Chain], telling: Telling
) -> Mapping[_Chain, Sequence[Step | None]]:
    """Give the steps of these, in their order; None for one that does not open."""
    found: dict[_Chain, list[Step | None]] = defaultdict(list)
    going = list(wanted)
    while going:
        names = {
            derive_step(key, between, month, len(found[between, month])): (
                (between, month),
                key,
            )
            for between, month in going
            if (key := telling.keys.disclosures.get(month.year)) is not None
        }
        going = []
        for name, sealed in await _find_rows(conn, sorted(names)):
            chain, key = names[name]
            found[chain].append(_open(name, sealed, key))
            going.append(chain)
    return {chain: steps for chain, steps in found.items() if steps}


async def _find_rows(
    conn: AsyncConnection, names: Sequence[bytes]
) -> Sequence[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    columns = notice_damping.c
    for part in in_parts(names):
        rows = await conn.execute(
            select(columns.handle, columns.sealed).where(columns.handle.in_(part))
        )
        found += [(bytes(row.handle), bytes(row.sealed)) for row in rows]
    return found


def _open(name: bytes, sealed: bytes, key: DisclosureKey) -> Step | None:
    try:
        return open_step(name, sealed, key)
    except DisclosureRefused:
        return None
