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
from typing import Final, Protocol
from uuid import UUID, uuid4

from signal_index.notice import Batch, sign_batch
from signal_index.wire.signals import BatchBody
from sources.errors import (
    OutboxBusy,
    OutboxRefused,
    OutboxSound,
    OutboxUnsure,
    OutboxUnwritable,
)
from sources.outbox.deliveries import find_newest
from sources.outbox.settling import BatchAnswer
from sources.outbox.standing import read_everything_again
from sources.outbox.store import Outbox
from sources.outbox.strays import count_strays, keep_strays
from sources.outbox_key import OutboxKey
from sources.publisher.admission import (
    Lister,
    Registrar,
    find_foreign,
    find_taken_over,
    live_beside,
    verify_in_use,
)
from sources.publisher.pipeline import Sender

_KEPT_AT_ONCE: Final = 1_000


class Successor(Lister, Registrar, Protocol):
    """The index, as far as an outbox takes the place of another one there."""

    async def send_batch(self, batch: BatchBody) -> BatchAnswer:
        """Take what is signed."""
        ...


def set_aside(path: Path, key: OutboxKey, *, now: datetime) -> Path | None:
    """Put an outbox that cannot be used beside its place; None where there is none.

    Gives None too for one that can be used. Raises `OutboxBusy` and `OutboxUnwritable`
    as ever.
    """
    if not path.exists():
        return None
    try:
        with Outbox(path, key):
            return None
    except (OutboxBusy, OutboxUnwritable):
        raise
    except OutboxRefused:
        return move_aside(path, "damaged", now=now)


async def take_over(
    outbox: Outbox, index: Successor, sender: Sender, lost: Collection[UUID] = ()
) -> int:
    """Keep every signal of a lost outbox as a stray; gives how many there are.

    From then on the index takes nothing of it: a copy that turns up sends nothing.

    Raises `OutboxUnsure` where `lost` does not say which outboxes are gone, also where
    signals of a single one stand: one that is in use would lose its flags. Raises
    `OutboxReplaced` for an outbox that was called lost itself, and `OutboxSound` for
    one that was used and of which nothing is said to be lost.
    """
    await verify_in_use(outbox, index)
    if not lost and find_newest(outbox, limit=1):
        raise OutboxSound
    told = Counter(
        [one.outbox async for one in find_foreign(outbox, index) if one.outbox]
    )
    gone = set(lost)
    if gone - told.keys() or (told and not gone):
        raise OutboxUnsure(told)
    if told.keys() - gone:
        live_beside(outbox)
    if gone:
        replacing = Batch(uuid4(), outbox=outbox.id, replaces=tuple(sorted(gone)))
        token = sign_batch(
            sender.key, replacing, iss=sender.submitter, now=sender.now()
        )
        await index.send_batch(BatchBody(batch=token, subjects=[]))
    found = []
    async for one in find_foreign(outbox, index):
        if one.outbox and one.outbox not in gone:
            continue
        found.append(one)
        if len(found) == _KEPT_AT_ONCE:
            keep_strays(outbox, found)
            found = []
    keep_strays(outbox, found)
    read_everything_again(outbox)
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


def move_aside(path: Path, why: str, *, now: datetime) -> Path:
    """Put the file of an outbox beside its place, under a name that says why."""
    aside = path.with_name(f"{path.name}.{why}-{now:%Y%m%dT%H%M%SZ}")
    try:
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
    except OSError:
        raise OutboxRefused("De map van het postvak is niet te schrijven.") from None
    return aside
