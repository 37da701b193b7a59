"""What two know of each other already: "already known", until one of them says else.

- Each outcome that is said of a signal is a step, and the last one holds: a correction
  ends the silence that it corrects.
- A step is a row with a name that only the key gives; nothing is ever changed or taken
  away before its time. Each source told gets as many rows, whatever was said.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.key import calendar_day
from signal_index.ledger import DisclosureKey
from signal_index.returning import (
    SIGNALS_AT_MOST,
    SaidOutcome,
    Shown,
    derive_damping,
)
from signal_index.store.many_rows import in_parts
from signal_index.store.notice_rows import Telling
from signal_index.store.notices import year_of
from signal_index.tables.notices import notice_damping

DAMPED_FOR: Final = timedelta(days=90)
ALREADY_KNOWN: Final = "already-known"

Between = tuple[str, str, UUID]
"""Who looks, whose signal, its reference."""


async def find_damped(
    conn: AsyncConnection, asked: Iterable[Between], telling: Telling
) -> frozenset[Between]:
    """Find of which signals "already known" was said last, in the last 90 days."""
    years = {year_of(telling.now), year_of(telling.now - DAMPED_FOR)}
    found = telling.keys.disclosures
    wanted, known = set(asked), dict.fromkeys(asked, False)
    for key in (found[year] for year in sorted(years) if year in found):
        steps = await _find_steps(conn, wanted, key, telling)
        known |= {between: is_known for between, (_, is_known) in steps.items()}
    return frozenset(between for between, is_known in known.items() if is_known)


async def remember(
    conn: AsyncConnection,
    one: SaidOutcome,
    told: Mapping[str, Sequence[Shown]],
    telling: Telling,
) -> None:
    """Add what was said of these signals; as many rows for each source told."""
    about = {
        (one.organisation, src, shown.reference)
        for src, signals in told.items()
        for shown in signals
    }
    steps = await _find_steps(conn, about, telling.key, telling)
    is_known = one.outcome == ALREADY_KNOWN
    names = {
        derive_damping(telling.key, *between, step, is_known=is_known)
        for between in about
        for step, _ in (steps.get(between, (0, False)),)
    }
    fill = max(0, SIGNALS_AT_MOST * len(told) - len(names))
    names |= {secrets.token_bytes(16) for _ in range(fill)}
    until = calendar_day(telling.now) + DAMPED_FOR
    if names:
        rows = [{"handle": name, "until": until} for name in sorted(names)]
        await conn.execute(insert(notice_damping), rows)


async def _find_steps(
    conn: AsyncConnection,
    wanted: Iterable[Between],
    key: DisclosureKey,
    telling: Telling,
) -> Mapping[Between, tuple[int, bool]]:
    """Give the number of the next step, and what the last one said; none: no step."""
    found: dict[Between, tuple[int, bool]] = {}
    going, step = set(wanted), 0
    while going:
        names = {
            derive_damping(key, *between, step, is_known=is_known): (between, is_known)
            for between in going
            for is_known in (True, False)
        }
        here = [names[name] for name in await _find_names(conn, sorted(names), telling)]
        step += 1
        found |= {between: (step, is_known) for between, is_known in here}
        going = {between for between, _ in here}
    return found


async def _find_names(
    conn: AsyncConnection, names: Sequence[bytes], telling: Telling
) -> Sequence[bytes]:
    found: list[bytes] = []
    for part in in_parts(names):
        rows = await conn.scalars(
            select(notice_damping.c.handle)
            .where(notice_damping.c.handle.in_(part))
            .where(notice_damping.c.until >= calendar_day(telling.now))
        )
        found += [bytes(name) for name in rows]
    return found
