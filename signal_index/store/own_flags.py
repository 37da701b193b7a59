"""Which flags of a user's own lookups are one and the same to call about.

A signal that was shown again in the same case, with the same contact holder, is one
call: what came of it at one lookup came of it at the other. It is known by its mark
(`ledger.mark_flag`): only answers to one user about one citizen in one case and year
have marks in common. What passed on to another source is one flag with what that one
shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import DisclosureKey, Opened
from signal_index.store.near_entries import find_near
from signal_index.store.outcomes import Said
from signal_index.store.repeats import Question, find_home, find_questions
from signal_index.successions import Held, Succession, find_heir

UNREACHED: Final = frozenset({None, "not-reachable"})
"""What came of a flag while somebody is still to be called there."""

Place = tuple[UUID, int]
"""The entry that showed a flag first, and where in it."""


@dataclass(frozen=True, slots=True)
class SameFlag:
    """One flag and the places where it was shown, the newest lookup's first.

    `held`: whose it is by now, also where another showed it.
    """

    held: Held
    mark: bytes
    places: Sequence[Place]

    def find_said(self, said: Mapping[UUID, Said]) -> Place:
        """Find where the most was said of it: reached, tried, or else the newest."""
        told = {place: said.get(place[0], {}).get(place[1]) for place in self.places}
        reached = [place for place, what in told.items() if what not in UNREACHED]
        tried = [place for place, what in told.items() if what is not None]
        return (reached or tried or list(self.places))[0]

    def is_open(self, said: Mapping[UUID, Said]) -> bool:
        """Tell whether nobody was reached at any of its places."""
        entry, place = self.find_said(said)
        return said.get(entry, {}).get(place) in UNREACHED


async def find_asked(
    conn: AsyncConnection,
    found: Sequence[Opened],
    keys: Mapping[int, DisclosureKey],
) -> Sequence[Question]:
    """Find as part of which question each of these lookups was asked, in their order.

    What was asked once is a question by itself.
    """
    again = await find_questions(conn, [one.entry for one in found], keys)
    return [again.get(one.entry, [one]) for one in found]


async def find_again(
    conn: AsyncConnection, entries: Collection[UUID], within: timedelta
) -> Mapping[UUID, Collection[UUID]]:
    """Find when else the same user looked the same citizen up in the same case.

    Before and after, so long at most; a lookup without a case is among none.
    """
    if not entries:
        return {}
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, each in await find_near(conn, entries, within, in_same_case=True):
        found[one].add(each)
    return found


def find_same(
    questions: Sequence[Question], since: Sequence[Succession]
) -> Mapping[Place, SameFlag]:
    """Find, for the first place of each flag of these questions, what is the same.

    Questions are the newest first. `since`: a flag of before is its successor's, as
    one that was shown after it.
    """
    shown: dict[tuple[Held, bytes], list[Place]] = defaultdict(list)
    for question in questions:
        for one in question:
            place_of = one.parsed_leaf.municipality or ""
            flags = zip(one.flags or (), one.contacts, one.marks, strict=True)
            for place, (kind, contact, mark) in enumerate(flags):
                at = (one.entry, place)
                if find_home(question, *at) == at:
                    told = Held(*kind, contact)
                    held = find_heir(told, place_of, one.recorded_at, since)
                    shown[held, mark].append(at)
    same = (SameFlag(*key, places) for key, places in shown.items())
    return {place: one for one in same for place in one.places}
