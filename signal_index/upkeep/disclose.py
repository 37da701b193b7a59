"""Opens what a day's entries say of their requests, for `signal-index reconcile`.

- Opened are who, what and decision, of entries that name tickets, and users' reports of
  requests that came to nothing; never the person, why or role.
- Half an hour around the day belongs to it: a ticket of 23:59 has its entry after it.
- What is written can be held to the tree; leaving an entry out shows there.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from keys.instants import write_instant
from signal_index.errors import ExportRefused
from signal_index.keyring import YearKeys
from signal_index.ledger import open_disclosures
from signal_index.proof import (
    OPENED_DAY,
    Group,
    JsonObject,
    LineWriter,
    parse_disclosure,
)
from signal_index.store.connect import reading
from signal_index.store.opened_days import (
    SealedEntry,
    Span,
    find_around,
    find_oldest_pending,
)

AROUND: Final = timedelta(minutes=30)
UNDER_WAY: Final = timedelta(seconds=65)
"""A lookup is recorded with the time at which it came, at most a minute before."""

_OPENED: Final = (Group.WHAT, Group.WHO, Group.DECISION)
_TELLING: Final = frozenset({"tickets", "reqs"})


@dataclass(frozen=True, slots=True)
class Disclosing:
    """What opening a day takes."""

    engine: AsyncEngine
    keys: YearKeys
    origin_base: str


async def disclose_day(
    disclosing: Disclosing, day: date, into: Path, *, now: datetime
) -> int:
    """Write the opened entries of a UTC day to a new file; give how many there are.

    The file is compressed (gzip) and readable for its owner only. Raises
    `ExportRefused` where something stands there already.
    """
    start = datetime.combine(day, time(), UTC)
    span = Span(start - AROUND, start + timedelta(days=1) + AROUND)
    async with reading(disclosing.engine) as conn:
        oldest = await find_oldest_pending(conn)
        head = _head(disclosing, day, min(now - UNDER_WAY, oldest or now))
        with _new_file(into) as file:
            writer = LineWriter(file.write, head)
            async for sealed in find_around(conn, span):
                opened = _open(sealed, disclosing.keys)
                if opened is not None:
                    writer.add(opened)
            return writer.end()


def _head(disclosing: Disclosing, day: date, as_of: datetime) -> JsonObject:
    return {
        "format": OPENED_DAY,
        "day": day.isoformat(),
        "origin": disclosing.origin_base,
        "asOf": write_instant(as_of),
    }


def _open(sealed: SealedEntry, keys: YearKeys) -> JsonObject | None:
    """Give what an entry says of requests, or None where it says nothing of any."""
    key = keys.get_disclosure_key(sealed.year)
    texts = open_disclosures(sealed.entry, sealed.sealed, key=key)
    what = parse_disclosure(texts[Group.WHAT]).value or {}
    if _TELLING.isdisjoint(what):
        return None
    return {
        "entry": str(sealed.entry),
        "disclosures": [texts[group] for group in _OPENED],
    }


@contextmanager
def _new_file(into: Path) -> Iterator[gzip.GzipFile]:
    """Give a compressed file that appears under its name only when it is whole."""
    if into.exists():
        raise ExportRefused(f"{into.name} is there already")
    unfinished = into.with_name(f"{into.name}.part")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        with gzip.open(unfinished, "wb", compresslevel=6) as file:
            yield file
        unfinished.replace(into)
    except OSError as cause:
        raise ExportRefused(f"{into.name}: {cause.strerror}") from cause
    finally:
        unfinished.unlink(missing_ok=True)
