"""Fetch what came back, keep it, and only then say that it arrived.

What a crash comes between is fetched again. Notices of another source that the same
organisation sends for are left for the outbox that knows them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keys.case_seal import CaseKey
from signal_index.wire.notices import (
    Acknowledged,
    Acknowledgements,
    CaseName,
    NoticesAsked,
    ReturnNotice,
    ReturnNotices,
)
from sources.clock import day_of
from sources.outbox.notices import (
    find_case,
    find_notices,
    forget_expired,
    is_asking,
    keep_notices,
    keep_settled,
)
from sources.outbox.store import Outbox
from sources.publisher.clock_check import Clock, verify_clock


class NoticeIndex(Clock, Protocol):
    """The index, as far as notices go."""

    async def fetch_notices(
        self, cursor: UUID | None, state: NoticesAsked = "new"
    ) -> ReturnNotices:
        """Fetch a page of what was not acknowledged, or of all there is."""
        ...

    async def acknowledge(self, said: Acknowledgements) -> None:
        """Say that notices arrived."""
        ...


Hold = Callable[[ReturnNotices], Awaitable[ReturnNotices]]
"""Takes whom to call out of what came back, where that does not hold."""


async def fetch(
    outbox: Outbox,
    index: NoticeIndex,
    source: str,
    case_key: CaseKey | None,
    *,
    hold: Hold,
    now: Callable[[], datetime],
) -> int:
    """Fetch all that waits for this source; how many say something new.

    What is kept was held first: while nobody says whose key is whose nothing is kept
    that names whom to call, nor acknowledged. Raises `ClockDiffers` before that: by a
    clock that is ahead, what still waits for an answer would be wiped.
    """
    await verify_clock(index, now)
    forget_expired(outbox, day_of(now()))
    cursor: UUID | None = None
    new = 0
    while True:
        page = await hold(await index.fetch_notices(cursor))
        own = [one for one in page.items if one.source == source]
        new += keep_notices(outbox, own, now())
        if own:
            await index.acknowledge(_acknowledge(outbox, own, case_key))
        if page.next is None:
            return new
        cursor = page.next


async def look_again(outbox: Outbox, index: NoticeIndex) -> None:
    """Read again what still asks for something: it may have been done meanwhile.

    Notices are told once; what was done with one stands beside it at the index alone.
    """
    kept = find_notices(outbox, is_all=True)  # a dispute laid aside waits all the same
    asking = {one.id for one in kept if is_asking(one.said)}
    cursor: UUID | None = None
    while asking:
        page = await index.fetch_notices(cursor, "all")
        keep_settled(outbox, [one for one in page.items if one.id in asking])
        asking -= {one.id for one in page.items}
        if page.next is None:
            return
        cursor = page.next


def _acknowledge(
    outbox: Outbox, own: Sequence[ReturnNotice], case_key: CaseKey | None
) -> Acknowledgements:
    """Say that these arrived, and how their cases are called, for the desk alone."""
    return Acknowledgements(
        notices=[
            Acknowledged(id=one.id, cases=_name_cases(outbox, one, case_key))
            for one in own
        ]
    )


def _name_cases(
    outbox: Outbox, one: ReturnNotice, case_key: CaseKey | None
) -> list[CaseName]:
    if case_key is None:
        return []
    return [
        CaseName(reference=each.reference, sealed=case_key.seal(each.reference, name))
        for each in one.signals
        if (name := find_case(outbox, each.reference))
    ]
