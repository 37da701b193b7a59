"""Notices as they are written: in an order that chance decides, with the hour alone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.catalogue import Catalogue
from policy.key import calendar_day
from signal_index.keyring import LeaderKeys
from signal_index.ledger import DisclosureKey
from signal_index.returning import SIGNALS_AT_MOST, Body, Shown, seal_body
from signal_index.store.many_rows import by_turns, insert_rows
from signal_index.store.notices import hide_embargoed, name_keys, year_of
from signal_index.store.row_keys import hold_written
from signal_index.tables.notices import return_notice

KEPT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Telling:
    """What opening takes besides the database."""

    keys: LeaderKeys
    catalogue_in: Callable[[str], Catalogue]
    now: datetime

    @property
    def key(self) -> DisclosureKey:
        """Give the key that seals what is made now."""
        return self.keys.get_disclosure_key(year_of(self.now))


@dataclass(frozen=True, slots=True, repr=False)
class NoticeRow:
    """A notice to be written.

    `name`: its id, where it must be found again; else chance gives one.
    `names_case`: how its case is called is kept for longer than the notice; of all that
    one act made alike, covers too.
    """

    source: str
    municipality: str
    body: Body
    name: UUID | None = None
    names_case: bool = False


async def write_notices(
    conn: AsyncConnection, made: Iterable[NoticeRow], telling: Telling
) -> None:
    """Write notices in an order that chance decides, with the hour alone.

    What is about a person under an embargo is written as a cover, whoever made it.
    Raises `RowKeyLeft` where the key that one names its person under is closed by now.
    """
    told, row_keys = list(made), telling.keys.row_keys
    says = [(one.municipality, one.body) for one in told]
    bodies = await hide_embargoed(conn, says, telling.keys, telling.now)
    mixed = list(zip(told, bodies, strict=True))
    secrets.SystemRandom().shuffle(mixed)
    key = telling.key
    always = {
        "year": key.year,
        "made_in": telling.now.replace(minute=0, second=0, microsecond=0),
        "expires": calendar_day(telling.now) + timedelta(days=KEPT_DAYS),
        "told": False,
        "acknowledged": False,
    }
    async for some in by_turns(mixed):
        await insert_rows(
            conn, return_notice, [_row(one, body, key) | always for one, body in some]
        )
    await hold_written(conn, row_keys, name_keys(row_keys, bodies))


def _row(one: NoticeRow, body: Body, key: DisclosureKey) -> dict[str, Any]:
    id_ = one.name or uuid4()
    return {
        "id": id_,
        "source": one.source,
        "municipality": one.municipality,
        "sealed": seal_body(id_, body, key),
        "names_case": one.names_case,
    }


def cut_up(signals: Sequence[Shown]) -> Iterable[tuple[Shown, ...]]:
    """Give as many signals at a time as one notice names."""
    for start in range(0, len(signals), SIGNALS_AT_MOST):
        yield tuple(signals[start : start + SIGNALS_AT_MOST])
