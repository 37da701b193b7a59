"""Which day's work is done to its end: what was killed half-way goes on at a next look.

A day is the one the work counts for. What a clock that was ahead noted is forgotten
(`forget_ahead`, `erase_days`): it keeps no day from being done.
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.daily_runs import daily_run

KEPT: Final = timedelta(days=35)
"""How long a day is known as done: longer than any job looks back."""


class DailyJob(StrEnum):
    """What the leader does once a day."""

    ERASE = "erase"
    MATCH = "match"
    PICK = "pick"


async def find_done(conn: AsyncConnection, job: DailyJob, day: date) -> Collection[str]:
    """Give the municipalities of which a day's work is done."""
    done = (daily_run.c.job == job.value) & (daily_run.c.day == day)
    return frozenset(await conn.scalars(select(daily_run.c.municipality).where(done)))


async def find_last_day(
    conn: AsyncConnection, job: DailyJob, municipality: str
) -> date | None:
    """Give the last day of which a municipality's work is done."""
    found: date | None = await conn.scalar(
        select(func.max(daily_run.c.day)).where(_of(job, municipality))
    )
    return found


async def forget_ahead(conn: AsyncConnection, job: DailyJob, last: date) -> None:
    """Forget what was noted by a clock that was ahead: of days after the last due."""
    ahead = (daily_run.c.job == job.value) & (daily_run.c.day > last)
    await conn.execute(delete(daily_run).where(ahead))


async def note_done(
    conn: AsyncConnection, job: DailyJob, municipality: str, day: date
) -> None:
    """Note that a day's work is done to its end; the same day twice fails."""
    row = {"job": job.value, "municipality": municipality, "day": day}
    await conn.execute(insert(daily_run), row)


async def note_again(
    conn: AsyncConnection, job: DailyJob, municipality: str, day: date
) -> None:
    """Note it where it may have been done before; again says nothing new."""
    again = _of(job, municipality) & (daily_run.c.day == day)
    await conn.execute(delete(daily_run).where(again))
    await note_done(conn, job, municipality, day)


async def erase_days(conn: AsyncConnection, today: date) -> None:
    """Delete what no job looks back to, and what a clock that was ahead noted."""
    is_old = daily_run.c.day < today - KEPT
    await conn.execute(delete(daily_run).where(is_old | (daily_run.c.day > today)))


def _of(job: DailyJob, municipality: str) -> ColumnElement[bool]:
    return and_(daily_run.c.job == job.value, daily_run.c.municipality == municipality)
