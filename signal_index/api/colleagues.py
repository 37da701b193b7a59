"""What an answer says beside the flags: which colleague helps this citizen, too.

- Only open follows of the asker's own organisation are ever read, by a row that is of
  one person within one organisation.
- Only where the act `colleague` permits is anybody named; by what their own provider
  said of them when they began, and never how often or why.
- At most `MOST_NAMED`, so that the part keeps its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from signal_index.api.context import Index
from signal_index.api.follow_permits import Beside
from signal_index.api.lookup_run import Draft
from signal_index.days import day_of
from signal_index.errors import KeyFilesRefused
from signal_index.follows import open_following
from signal_index.proof import DisclosureRefused
from signal_index.store.lookups import FollowRow
from signal_index.wire.lookups import Colleague

MOST_NAMED: Final = 2
"""Who began last; with more, nineteen long flags would no longer fit in one part."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside the flags of one person."""

    colleagues: Sequence[Colleague] = ()
    can_follow: bool = False
    followed_until: date | None = None


def tell_beside(index: Index, draft: Draft) -> Sequence[Said]:
    """Say what stands beside the flags of each person of an answer."""
    beside, follows = draft.granted.beside, draft.follows
    if not beside:
        return [Said() for _ in draft.entries]
    who = draft.granted.permit.caller.subject
    return [
        _tell(index, permitted, rows, who)
        for permitted, rows in zip(beside, follows, strict=True)
    ]


def _tell(index: Index, permitted: Beside, rows: Sequence[FollowRow], who: str) -> Said:
    own: date | None = None
    named = []
    for row in rows:
        try:
            key = index.keys.get_disclosure_key(row.year)
            said = open_following(row.id, row.sealed, key)
        except (
            DisclosureRefused,
            KeyFilesRefused,
        ):
            continue  # one altered row may not cost anybody the answer
        follower = said.follower
        if follower.sub == who:
            own = row.until
        else:
            since = day_of(said.since)
            named.append(Colleague(name=follower.name, team=follower.team, since=since))
    named.sort(key=lambda one: one.since, reverse=True)
    return Said(
        colleagues=named[:MOST_NAMED] if permitted.names_colleagues else (),
        can_follow=permitted.can_follow,
        followed_until=own if permitted.can_follow else None,
    )
