"""A profile that delivers through an outbox for the first time is looked at first.

Is it a registration that delivered before, under another name or from another outbox?
Then every case would be new here, and every person would have two flags.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from uuid import UUID

from signal_index.wire.signals import OwnSignal, OwnSignals
from sources.errors import OutboxElsewhere, ProfileOverlaps
from sources.outbox.registrations import find_overlaps, is_registered
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.outbox.strays import is_ours
from sources.profile import Profile

_BESIDE = "beside"


class Lister(Protocol):
    """The index, as far as it lists our own signals."""

    async def fetch_signals(self, cursor: UUID | None) -> OwnSignals:
        """Give a page of our own signals."""
        ...


async def admit(outbox: Outbox, index: Lister, profile: Profile) -> None:
    """Let a profile deliver here, or raise `ProfileOverlaps` or `OutboxElsewhere`."""
    if is_registered(outbox, profile.name):
        return
    for one in find_overlaps(outbox, profile):
        raise ProfileOverlaps(profile.name, one.profile, one.signals)
    if get_meta(outbox.connection, _BESIDE) is None:
        await _verify_alone(outbox, index, profile)


def live_beside(outbox: Outbox) -> None:
    """Let this outbox deliver beside others of the same source, which stay as is."""
    with outbox.transaction("mend") as connection:
        put_meta(connection, _BESIDE, b"yes")


async def find_foreign(outbox: Outbox, index: Lister) -> AsyncIterator[OwnSignal]:
    """Give our signals at the index that stand, and that this outbox does not know."""
    cursor: UUID | None = None
    while True:
        page = await index.fetch_signals(cursor)
        for one in page.items:
            if one.state != "ended" and not is_ours(outbox, one.reference):
                yield one
        if page.next is None or not page.items:
            return
        cursor = page.next


async def _verify_alone(outbox: Outbox, index: Lister, profile: Profile) -> None:
    async for one in find_foreign(outbox, index):
        if _covers(profile.categories, profile.municipalities, one):
            raise OutboxElsewhere


def _covers(
    categories: Sequence[str], municipalities: Sequence[str], one: OwnSignal
) -> bool:
    return one.category in categories and one.municipality in municipalities
