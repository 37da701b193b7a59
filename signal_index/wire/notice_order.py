"""Notices as whoever gets them reads them: in the order of events, the newest first.

What is said of a lookup can be changed: the newest counts, and takes the place of what
was said before of the same signals. The index tells each time; every reader of notices
(page, agent, command line, mail) asks this which of them counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from signal_index.wire.notices import ReturnNotice

COVER: Final = "cover"
OUTCOME: Final = "outcome"
_One = TypeVar("_One")


def find_moment_of(one: ReturnNotice) -> datetime | None:
    """Give when it was looked, said or done; None where its hour alone is known."""
    if one.kind == OUTCOME or one.lookedUp is None:
        return one.saidAt
    return one.lookedUp.at


def sort_notices(
    found: Iterable[_One], said: Callable[[_One], ReturnNotice]
) -> list[_One]:
    """Give them with the newest first; what came of a lookup stands above it."""
    return sorted(found, key=lambda one: _rank(said(one)), reverse=True)


def find_former(
    found: Iterable[ReturnNotice],
) -> Mapping[UUID, Sequence[ReturnNotice]]:
    """Give, by each outcome that replaces others, which: the newest of them first.

    Of the same lookup and the same signals. Where the lookup itself is erased nobody
    can tell, and each stands.
    """
    groups: dict[tuple[object, ...], list[ReturnNotice]] = defaultdict(list)
    for one in found:
        if one.kind == OUTCOME and one.saidAt and one.lookedUp:
            about = frozenset(each.reference for each in one.signals)
            looker = one.lookedUp
            groups[one.source, looker.organisation, looker.at, about].append(one)
    former: dict[UUID, Sequence[ReturnNotice]] = {}
    for same in groups.values():
        newest = sort_notices(same, lambda one: one)
        for place, one in enumerate(newest[:-1]):
            former[one.id] = newest[place + 1 :]
    return former


def find_replaced(former: Mapping[UUID, Sequence[ReturnNotice]]) -> frozenset[UUID]:
    """Give which do not count any more."""
    return frozenset(one.id for ones in former.values() for one in ones)


def find_counting(found: Sequence[ReturnNotice]) -> frozenset[UUID]:
    """Give which say something that counts, and that no other replaced."""
    said = frozenset(one.id for one in found if tells(one))
    return said - find_replaced(find_former(found))


def tells(one: ReturnNotice) -> bool:
    """Whether it tells its reader something: no cover, nor what they did themselves."""
    is_own = one.lookedUp is not None and one.lookedUp.own
    return one.kind != COVER and not is_own


def _rank(one: ReturnNotice) -> tuple[datetime, bool, str]:
    moment = find_moment_of(one) or one.madeIn
    if one.lookedUp is not None:
        moment = max(moment, one.lookedUp.at)
    return moment, one.kind == OUTCOME, str(one.id)
