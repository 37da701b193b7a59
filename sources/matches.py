"""Matches: who else helps the people whom we signal; read, and answered.

- Nothing of a match is kept in the outbox: the list is read when somebody asks for it,
  so that a stolen outbox pairs nobody with another organisation.
- How the case is called our desk learns when the notice is acknowledged
  (`sources.notices.fetching`).
Proven by tests/contract/test_an_agency_reads_its_matches.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from signal_index.wire.matches import Match, MatchAct, Matches, MatchStep
from sources.errors import IndexRefused, InvalidAgencySettings, MatchRefused

SHOWN_ID: Final = 8
_REFUSED: Final = {
    "match-changed": (
        "De andere organisatie heeft intussen iets laten weten. Er is niets veranderd. "
        "Kijk met `signal-source matches list` wat er nu staat, en kies dan opnieuw."
    ),
    "match-over": (
        "Deze match is klaar; er verandert niets meer. Is er nog iets? Bel de andere "
        "organisatie."
    ),
    "unknown-match": (
        "Deze match staat er niet meer. Kijk met `signal-source matches list` wat er "
        "nu staat."
    ),
}


class MatchIndex(Protocol):
    """The index, as far as matches are read."""

    async def fetch_matches(self, cursor: UUID | None) -> Matches:
        """Fetch a page of the matches of our signals, as they stand now."""
        ...


class SayingIndex(MatchIndex, Protocol):
    """The index, as far as somebody says what comes of a match."""

    async def say_of_match(self, match: UUID, said: MatchStep) -> Match:
        """Say what comes of a match; gives it as it is then."""
        ...


@dataclass(frozen=True, slots=True)
class OwnMatches:
    """The matches of one source; `unreadable`: how many the index cannot open."""

    items: Sequence[Match]
    unreadable: int


async def fetch_matches(index: MatchIndex, source: str) -> OwnMatches:
    """Read all matches of this source: what is late first, then what waits longest."""
    found: list[Match] = []
    cursor: UUID | None = None
    while True:
        page = await index.fetch_matches(cursor)
        found += [one for one in page.items if one.source == source]
        if page.next is None:
            break
        cursor = page.next
    ordered = sorted(found, key=lambda one: (not one.isOverdue, one.foundOn, one.id))
    return OwnMatches(ordered, page.unreadable)


def name_match(one: Match) -> str:
    """Give what somebody types to name a match as it is shown: its start, its step."""
    return f"{str(one.id)[:SHOWN_ID]}.{one.step}"


async def say_of_match(
    index: SayingIndex, source: str, named: str, act: MatchAct
) -> Match:
    """Say something of the match that was shown under this name.

    The name holds how many steps were seen: what the other side said since is not
    passed over; less of its id than is shown names none. Raises `MatchRefused`, and
    `InvalidAgencySettings` where it names none.
    """
    start, _, step = named.lower().partition(".")
    found = (await fetch_matches(index, source)).items
    fitting = [one for one in found if str(one.id).startswith(start)]
    is_whole = len(start) >= SHOWN_ID and step.isascii() and step.isdigit()
    if not is_whole or len(fitting) != 1:
        raise InvalidAgencySettings(
            "Onder dit kenmerk staat geen match. `signal-source matches list` noemt "
            "ze, elk met een kenmerk vooraan zoals 3f2a91bc.0; neem het helemaal over."
        )
    try:
        return await index.say_of_match(
            fitting[0].id, MatchStep(act=act, step=int(step[:9]))
        )
    except IndexRefused as refusal:
        if refusal.slug not in _REFUSED:
            raise
        raise MatchRefused(_REFUSED[refusal.slug]) from None
