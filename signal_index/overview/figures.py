"""From counts to what an officer reads: totals, tables, and who looks most.

Nothing here is protected: this is for the officer's own screen. What leaves the desk
goes through `signal_index.overview.report`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeVar

from signal_index.overview.counts import Cell, Counts, UserCell

HEAVIEST: Final = 10
PEERS_NEEDED: Final = 5
"""Fewer colleagues than this in a team, and all of the organisation are the peers."""
STANDS_OUT_FROM: Final = 20
STANDS_OUT_TIMES: Final = 3.0

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers above the charts. Every one counts lookups of one person."""

    lookups: int
    hits: int
    misses: int
    refused: int
    failed: int
    off_hours: int
    break_glass: int
    repeated: int
    retries: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What came of flags, or of lookups that showed one, that are settled."""

    asked: int
    said: Mapping[str, int]

    @property
    def missing(self) -> int:
        """Give of how many nobody said anything."""
        return self.asked - sum(self.said.values())


@dataclass(frozen=True, slots=True)
class UserFigures:
    """One user beside the peers: how often, how often others, what stood out."""

    organisation: str
    sub: str
    team: str | None
    lookups: int
    peers_median: float
    off_hours: int
    refused: int
    break_glass: int
    repeated: int

    @property
    def stands_out(self) -> bool:
        """Tell whether this is far more than the peers do, and not by chance."""
        many = self.lookups >= STANDS_OUT_FROM
        return many and self.lookups >= STANDS_OUT_TIMES * max(self.peers_median, 1)


def total(counts: Counts) -> Totals:
    """Give the numbers above the charts."""

    def number(holds: Callable[[Cell], bool]) -> int:
        return sum(n for cell, n in counts.cells.items() if holds(cell))

    return Totals(
        lookups=counts.cells.total(),
        hits=number(lambda cell: cell.is_hit),
        misses=number(lambda cell: cell.outcome == "answered" and not cell.is_hit),
        refused=number(lambda cell: cell.outcome == "refused"),
        failed=number(lambda cell: cell.outcome == "failed"),
        off_hours=number(lambda cell: cell.off_hours),
        break_glass=number(lambda cell: cell.break_glass),
        repeated=number(lambda cell: cell.repeated),
        retries=counts.retries,
    )


def sum_by(counts: Counts, key_of: Callable[[Cell], Key]) -> Mapping[Key, int]:
    """Give how many lookups there were by purpose, by team, or by whatever you name."""
    sums: Counter[Key] = Counter()
    for cell, number in counts.cells.items():
        sums[key_of(cell)] += number
    return sums


def follow_up(counts: Counts, order: Sequence[str]) -> FollowUp:
    """Give what came of lookups with a flag; give it only settled days.

    A lookup counts once. Where different things came of its flags, the one counts that
    stands first in `order`, the catalogue's: contact was made, whatever else there was.
    """
    said: Counter[str] = Counter()
    asked = 0
    for cell, number in counts.cells.items():
        if cell.is_hit:
            asked += number
            if cell.follow_up:
                said[choose_first(cell.follow_up, order)] += number
    return FollowUp(asked, said)


def follow_up_of_flags(counts: Counts) -> FollowUp:
    """Give what came of each flag; give it only settled days."""
    said: Counter[str] = Counter()
    for cell, number in counts.flags.items():
        if cell.follow_up is not None:
            said[cell.follow_up] += number
    return FollowUp(counts.flags.total(), said)


def choose_first(codes: Collection[str], order: Sequence[str]) -> str:
    """Choose the code that stands first in an order; one that is not in it comes last.

    Raises ValueError where there is no code.
    """
    rank = {code: place for place, code in enumerate(order)}
    return min(codes, key=lambda code: (rank.get(code, len(rank)), code))


def heaviest_users(by_organisation: Mapping[str, Counts]) -> Sequence[UserFigures]:
    """Give who looked most, each beside the median of the peers.

    Peers are the others of the same team, or of the organisation where the team is too
    small to say anything. Somebody without peers has nobody to be compared with.
    """
    found = [
        figures
        for organisation, counts in by_organisation.items()
        for figures in _compare(organisation, counts.users)
    ]
    return sorted(found, key=lambda one: (-one.lookups, one.sub))[:HEAVIEST]


def _compare(organisation: str, users: Counter[UserCell]) -> Sequence[UserFigures]:
    own: dict[str, Counter[UserCell]] = defaultdict(Counter)
    for cell, number in users.items():
        own[cell.sub][cell] += number
    team_of = {sub: _main_team(cells) for sub, cells in own.items()}
    totals = {sub: cells.total() for sub, cells in own.items()}
    return [
        _figures(organisation, sub, own[sub], _peers_median(sub, totals, team_of))
        for sub in own
    ]


def _main_team(cells: Counter[UserCell]) -> str | None:
    teams: Counter[str | None] = Counter()
    for cell, number in cells.items():
        teams[cell.team] += number
    return teams.most_common(1)[0][0]


def _peers_median(
    sub: str, totals: Mapping[str, int], team_of: Mapping[str, str | None]
) -> float:
    others = [one for one in totals if one != sub]
    team = [one for one in others if team_of[one] == team_of[sub]]
    peers = team if len(team) >= PEERS_NEEDED else others
    return float(median(totals[one] for one in peers)) if peers else 0.0


def _figures(
    organisation: str, sub: str, cells: Counter[UserCell], peers: float
) -> UserFigures:
    def number(holds: Callable[[UserCell], bool]) -> int:
        return sum(n for cell, n in cells.items() if holds(cell))

    return UserFigures(
        organisation=organisation,
        sub=sub,
        team=_main_team(cells),
        lookups=cells.total(),
        peers_median=peers,
        off_hours=number(lambda cell: cell.off_hours),
        refused=number(lambda cell: cell.refused),
        break_glass=number(lambda cell: cell.break_glass),
        repeated=number(lambda cell: cell.repeated),
    )
