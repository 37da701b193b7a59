"""Begin an outbox anew where the old one is lost: from the index's own list.

The index lists our signals by our own references, which name nobody. They cannot be
matched with cases, whose keyed hashes are gone; they are kept as strays, which the next
full delivery takes back when it has told every open case anew. What we took over from
another source goes the same way, once somebody says that its cases are ours to tell.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sources.errors import (
    OutboxBusy,
    OutboxRefused,
    OutboxSound,
    OutboxUnsure,
    OutboxUnwritable,
)
from sources.outbox.deliveries import find_newest
from sources.outbox.store import Outbox
from sources.outbox.strays import count_strays, keep_strays
from sources.outbox_key import OutboxKey
from sources.publisher.admission import (
    Lister,
    find_foreign,
    find_taken_over,
    live_beside,
)

_KEPT_AT_ONCE = 1_000


def set_aside(path: Path, key: OutboxKey, *, now: datetime) -> Path | None:
    """Put an outbox that cannot be used beside its place; None where there is none.

    Raises `OutboxSound` for one that can be used, `OutboxBusy` and `OutboxUnwritable`
    as ever.
    """
    if not path.exists():
        return None
    try:
        with Outbox(path, key) as outbox:
            is_used = bool(find_newest(outbox, limit=1))
    except (OutboxBusy, OutboxUnwritable):
        raise
    except OutboxRefused:
        return _move(path, now)
    if is_used:
        raise OutboxSound
    return None


async def take_over(outbox: Outbox, index: Lister, lost: Collection[UUID] = ()) -> int:
    """Keep every signal of a lost outbox as a stray; gives how many there are.

    Raises `OutboxUnsure` where `lost` does not say which outboxes are gone, also where
    signals of a single one stand: one that is in use would lose its flags.
    """
    told = Counter(
        [one.outbox async for one in find_foreign(outbox, index) if one.outbox]
    )
    gone = set(lost)
    if gone - told.keys() or (told and not gone):
        raise OutboxUnsure(told)
    if told.keys() - gone:
        live_beside(outbox)
    found = []
    async for one in find_foreign(outbox, index):
        if one.outbox and one.outbox not in gone:
            continue
        found.append(one)
        if len(found) == _KEPT_AT_ONCE:
            keep_strays(outbox, found)
            found = []
    keep_strays(outbox, found)
    return count_strays(outbox)


async def replace_taken_over(
    outbox: Outbox,
    index: Lister,
    categories: Collection[str],
    municipalities: Collection[str],
) -> int:
    """Keep what we took over as strays; gives how many there are now.

    Only of these kinds and municipalities, which our own deliveries tell: what none of
    them tells would be let go of with nothing in its place. Nothing is sent here.
    """
    keep_strays(
        outbox,
        [
            one
            async for one in find_taken_over(outbox, index)
            if one.category in categories and one.municipality in municipalities
        ],
    )
    return count_strays(outbox)


def _move(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    try:
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
    except OSError:
        raise OutboxRefused("De map van het postvak is niet te schrijven.") from None
    return aside
