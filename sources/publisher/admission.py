"""A profile that delivers through an outbox for the first time is looked at first.

Is it a registration that delivered before, under another name or from another outbox?
Then every case would be new here, and every person would have two flags. And is this
the newest copy of the outbox, rather than a backup that was put back?
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol
from uuid import UUID

from signal_index.wire.deliveries import ClosedDelivery
from signal_index.wire.own_registration import OutboxSignals, OwnRegistration
from signal_index.wire.signals import OwnSignal, OwnSignals
from sources.errors import (
    CodesUnfit,
    OutboxElsewhere,
    OutboxOutdated,
    OutboxReplaced,
    ProfileOverlaps,
)
from sources.informing import find_unfit, list_allowed
from sources.outbox.last_heard import find_newest_own, is_heard_here, keep_heard
from sources.outbox.registrations import (
    find_overlaps,
    has_registrations,
    is_registered,
)
from sources.outbox.standing import keep_elsewhere
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.outbox.strays import count_strays, is_ours
from sources.outbox.takes import Taken
from sources.profile import Profile

_BESIDE: Final = "beside"


class Lister(Protocol):
    """The index, as far as it lists our own signals."""

    async def fetch_signals(self, cursor: UUID | None) -> OwnSignals:
        """Give a page of our own signals."""
        ...


class Historian(Protocol):
    """The index, as far as it lists the newest deliveries of our source."""

    async def fetch_deliveries(self) -> Sequence[ClosedDelivery]:
        """Give the newest deliveries, the newest first."""
        ...


class Registrar(Protocol):
    """The index, as far as it says how it knows us."""

    async def fetch_registration(self) -> OwnRegistration:
        """Give how the index knows us."""
        ...


class Admitter(Lister, Historian, Protocol):
    """The index, as far as it says what we told before."""


async def admit(outbox: Outbox, index: Admitter, profile: Profile) -> None:
    """Let a profile deliver here, or say why not.

    Raises `ProfileOverlaps`, `OutboxElsewhere` or `OutboxOutdated`; nothing was read.
    `verify_in_use` comes first: of an outbox that was replaced the rest says nothing.
    """
    await verify_newest(outbox, index)
    if is_registered(outbox, profile.name):
        return
    verify_own_name(outbox, profile)
    if get_meta(outbox.connection, _BESIDE) is None:
        await _verify_alone(outbox, index, profile)


async def verify_in_use(outbox: Outbox, index: Registrar) -> OwnRegistration:
    """Raise `OutboxReplaced` where another outbox took this one's place.

    Gives how the index knows us.
    """
    known = await index.fetch_registration()
    for one in known.replacedOutboxes:
        if one.outbox == outbox.id:
            raise OutboxReplaced(one.replacedBy)
    return known


def note_elsewhere(
    outbox: Outbox, known: OwnRegistration, source: str, profiles: Sequence[Profile]
) -> None:
    """Note which other outboxes have signals standing of what these profiles deliver.

    None where this one lives beside others by choice. Strays are its own to take back.
    """
    told: Counter[UUID] = Counter()
    if get_meta(outbox.connection, _BESIDE) is None:
        waiting = count_strays(outbox) > 0
        own = {x.outbox for x in known.replacedOutboxes if x.replacedBy == outbox.id}
        for one in known.outboxes:
            is_known = one.outbox == outbox.id or (waiting and one.outbox in own)
            if one.source == source and not is_known and _delivers(profiles, one):
                told[one.outbox] += one.count
    keep_elsewhere(outbox, told)


def verify_codes(known: OwnRegistration, profile: Profile, source: str) -> None:
    """Raise `CodesUnfit` where the index takes other codes of informing."""
    for one in find_unfit(profile, list_allowed(known, source)):
        raise CodesUnfit(profile.name, one.say())


def list_taken(known: OwnRegistration, source: str) -> Taken | None:
    """Give what the index takes of a source today; None where it does not know it."""
    for one in known.sources:
        if one.source == source and one.active:
            told = {(x.category, x.municipality): x.mayPublish for x in one.coverage}
            today = frozenset(which for which, may in told.items() if may)
            return Taken(frozenset(told), today)
    return None


def verify_own_name(outbox: Outbox, profile: Profile) -> None:
    """Raise `ProfileOverlaps` for a profile that is new and tells what another told."""
    if is_registered(outbox, profile.name):
        return
    for one in find_overlaps(outbox, profile):
        raise ProfileOverlaps(profile.name, one.profile, one.signals)


async def verify_newest(outbox: Outbox, index: Historian) -> None:
    """Hold that the index heard no delivery of this outbox which it does not know."""
    newest = await _find_heard(outbox, index)
    if newest is not None and not is_heard_here(outbox, newest):
        raise OutboxOutdated


async def keep_newest(outbox: Outbox, index: Historian) -> None:
    """Note that this copy has caught up with the index: both sides were compared."""
    newest = await _find_heard(outbox, index)
    if newest is not None:
        with outbox.transaction("mend") as connection:
            keep_heard(connection, newest)


async def _find_heard(outbox: Outbox, index: Historian) -> UUID | None:
    told = await index.fetch_deliveries()
    return find_newest_own(outbox, (one.delivery for one in told))


async def verify_used_before(outbox: Outbox, index: Lister) -> None:
    """Raise `OutboxElsewhere` where an outbox that is new is not the first."""
    if not has_registrations(outbox):
        await verify_nothing_elsewhere(outbox, index)


async def verify_nothing_elsewhere(outbox: Outbox, index: Lister) -> None:
    """Raise `OutboxElsewhere` where the index has signals of us that none here told.

    Unless this outbox lives beside others.
    """
    if get_meta(outbox.connection, _BESIDE) is None:
        async for _ in find_foreign(outbox, index):
            raise OutboxElsewhere


def live_beside(outbox: Outbox) -> None:
    """Let this outbox deliver beside others of the same source, which stay as is."""
    with outbox.transaction("mend") as connection:
        put_meta(connection, _BESIDE, b"yes")


async def find_foreign(outbox: Outbox, index: Lister) -> AsyncIterator[OwnSignal]:
    """Give our signals at the index that stand, and that this outbox does not know.

    Not what our people gave by hand: no outbox told that, and none may take it back.
    Nor what we took over: no outbox of ours was lost with that (`find_taken_over`).
    """
    async for one in _list_standing(index):
        if not one.untold and not is_ours(outbox, one.reference):
            yield one


async def find_taken_over(outbox: Outbox, index: Lister) -> AsyncIterator[OwnSignal]:
    """Give what we took over from another source, and have not told ourselves since."""
    async for one in _list_standing(index):
        if one.untold and not is_ours(outbox, one.reference):
            yield one


async def _list_standing(index: Lister) -> AsyncIterator[OwnSignal]:
    cursor: UUID | None = None
    while True:
        page = await index.fetch_signals(cursor)
        for one in page.items:
            if one.state != "ended" and not one.byHand:
                yield one
        if page.next is None:
            return
        cursor = page.next


async def _verify_alone(outbox: Outbox, index: Lister, profile: Profile) -> None:
    async for one in find_foreign(outbox, index):
        if _covers(profile.categories, profile.municipalities, one):
            raise OutboxElsewhere


def _delivers(profiles: Sequence[Profile], one: OutboxSignals) -> bool:
    return any(
        one.category in each.categories and one.municipality in each.municipalities
        for each in profiles
    )


def _covers(
    categories: Sequence[str], municipalities: Sequence[str], one: OwnSignal
) -> bool:
    return one.category in categories and one.municipality in municipalities
