"""What stands at the index of what people of the organisation gave by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from desk.callers import Caller
from desk.desk import Desk
from signal_index.wire.hand_signals import HandSignal, HandSignals

PATH: Final = "/v1/hand-signals"
_AT_ONCE: Final = "500"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the index has; `unreadable` stands there too, but says nothing any more."""

    signals: Mapping[UUID, HandSignal]
    unreadable: frozenset[UUID]


async def fetch_standing(desk: Desk, caller: Caller) -> Standing:
    """Ask the index for all of them, in as many pages as it takes."""
    found: dict[UUID, HandSignal] = {}
    broken: set[UUID] = set()
    query = {"limit": _AT_ONCE}
    while True:
        page = await desk.index.fetch(
            HandSignals, PATH, caller.access_token, query=query
        )
        found |= {one.reference: one for one in page.items}
        broken |= set(page.unreadable)
        if page.next is None:
            return Standing(found, frozenset(broken))
        query = {"limit": _AT_ONCE, "cursor": str(page.next)}
