"""Picks, each day, which of yesterday's lookups somebody must look at.

- Rules and a random sample; what breaks the glass is in the queue already, from its own
  transaction. Nobody can foretell the sample: it is drawn by the system's randomness.
- A queue that nobody can keep up with protects nobody: each rule picks at most so many
  a day and organisation, drawn at random from what fits it.
- The rules read clear headers and keyed hashes (`store.picking`). One rule opens, here
  in memory: whether nobody said what came of a flag takes knowing that there was one.
  Whom a lookup was about is never opened. A rule says "look", never "wrong".
- A day, its picks and one ledger entry with counts commit together, also where nothing
  was picked: that there is an entry says nothing of any answer.
- After an outage the last four weeks are gone through; what is older is left, and the
  entries show it.
"""

import asyncio
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.days import day_of
from signal_index.keyring import YearKeys
from signal_index.ledger import Kind, Outcome
from signal_index.overview.days import FOLLOW_UP_DAYS, REPEAT_DAYS
from signal_index.overview.hours import bounds_of, is_off_hours
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import transaction
from signal_index.store.daily_runs import (
    DailyJob,
    find_last_day,
    forget_ahead,
    note_done,
)
from signal_index.store.opened_entries import open_entries
from signal_index.store.outcomes import find_outcomes, in_order
from signal_index.store.own_flags import find_again
from signal_index.store.picking import (
    SeenLookup,
    Window,
    count_by_user,
    find_municipalities,
    find_seen_before,
    read_lookups,
)
from signal_index.store.repeats import find_questions
from signal_index.store.reviews import Pick, insert_picks
from signal_index.wire.reviews import Rule

CATCH_UP: Final = timedelta(days=28)
REFUSED_FIRST_WITHIN: Final = timedelta(hours=1)
SAMPLE_PERCENT: Final = 1
VOLUME_DAYS: Final = 7
VOLUME_TIMES: Final = 3
VOLUME_LEAST: Final = 40
MOST: Final[Mapping[Rule, int]] = {
    "off-hours": 2,
    "colleague-before": 2,
    "refused-first": 5,
    "no-outcome": 2,
    "volume": 3,
}
"""How many a rule picks at most, a day and organisation; `volume` for each user."""

_SUNDAY: Final = 6
_AT_ONCE: Final = 500

Choose = Callable[[Sequence[SeenLookup], int], Sequence[SeenLookup]]
Fitting = Mapping[Rule, Sequence[SeenLookup]]


def choose_at_random(among: Sequence[SeenLookup], most: int) -> Sequence[SeenLookup]:
    """Give at most so many of these; which, nobody can foretell."""
    return secrets.SystemRandom().sample(among, min(most, len(among)))


@dataclass(frozen=True, slots=True)
class Picking:
    """What picking takes."""

    engine: AsyncEngine
    recorder: Recorder
    clock: Callable[[], datetime]
    choose: Choose = choose_at_random

    async def run(self) -> None:
        """Go through every day that has ended and was not gone through yet."""
        yesterday = day_of(self.clock()) - timedelta(days=1)
        async with transaction(self.engine) as conn:
            await forget_ahead(conn, DailyJob.PICK, yesterday)
            places = await find_municipalities(conn)
            last = {
                place: await find_last_day(conn, DailyJob.PICK, place)
                for place in places
            }
        for place in places:
            done = last[place] or yesterday - CATCH_UP
            day = max(done, yesterday - CATCH_UP) + timedelta(days=1)
            while day <= yesterday:
                await self._pick_day(place, day)
                day += timedelta(days=1)

    async def _pick_day(self, place: str, day: date) -> None:
        async with transaction(self.engine) as conn:
            await note_done(conn, DailyJob.PICK, place, day)
            fitting = await self._find_fitting(conn, place, day)
            rules = _draw(fitting, self.choose)
            now = self.clock()
            picks = [
                Pick(lookup.entry, place, lookup.organisation, frozenset(found), now)
                for lookup, found in rules.items()
            ]
            new = await insert_picks(conn, picks)
            what: JsonObject = {
                "act": "picked",
                "day": day.isoformat(),
                "new": new,
                "counts": _count(rules.values()),
            }
            act = Act(what, Kind.REVIEW, None, place)
            await self.recorder.record(conn, act)

    async def _find_fitting(
        self, conn: AsyncConnection, place: str, day: date
    ) -> Fitting:
        """Give what fits each rule on a day."""
        today = Window(place, *bounds_of(day))
        lookups = await read_lookups(conn, today)
        seen = await find_seen_before(conn, today, timedelta(days=REPEAT_DAYS))
        earlier = Window(place, *bounds_of(day - timedelta(days=FOLLOW_UP_DAYS)))
        keys = self.recorder.keys
        return {
            "sample": [one for one in lookups if one.outcome is Outcome.ANSWERED],
            "off-hours": [one for one in lookups if is_off_hours(one.at)],
            "colleague-before": [one for one in lookups if one.entry in seen],
            "refused-first": find_refused_first(lookups),
            "no-outcome": await _find_silent(conn, earlier, keys),
            "volume": await _find_heavy(conn, place, day),
        }


def find_refused_first(lookups: Sequence[SeenLookup]) -> Sequence[SeenLookup]:
    """Give what was answered within an hour after a refusal, about the same person.

    By the same user. A refusal just before midnight belongs to another day: that one
    hour is not looked over.
    """
    refused: dict[tuple[bytes, bytes], datetime] = {}
    found = []
    for one in lookups:
        if one.user is None or one.person is None:
            continue
        key = (one.user, one.person)
        if one.outcome is Outcome.REFUSED:
            refused[key] = one.at
        elif key in refused and one.at - refused.pop(key) <= REFUSED_FIRST_WITHIN:
            found.append(one)
    return found


def find_outliers(
    counts: Mapping[tuple[str, bytes], int],
) -> Collection[tuple[str, bytes]]:
    """Give the users who asked far more than their colleagues of one organisation.

    More than three times the median of the others, and at least 40 in the seven days:
    in a small team three times very little is very little.
    """
    found = []
    for (oin, user), count in counts.items():
        peers = [
            n for (other, one), n in counts.items() if other == oin and one != user
        ]
        if peers and count >= VOLUME_LEAST and count > VOLUME_TIMES * median(peers):
            found.append((oin, user))
    return found


async def _find_silent(
    conn: AsyncConnection, window: Window, keys: YearKeys
) -> Sequence[SeenLookup]:
    """Give the lookups that showed a flag, and nobody said what came of any in time.

    A miss asks nobody to call, and a year whose key is gone is not opened. What was
    asked again is one lookup: the first entry of it that showed a flag. What was looked
    up again in the same case is one call (`store.own_flags`): said once, said of both.
    """
    lookups = await read_lookups(conn, window)
    answered = [one for one in lookups if one.outcome is Outcome.ANSWERED]
    found: list[SeenLookup] = []
    for start in range(0, len(answered), _AT_ONCE):
        some = {one.entry: one for one in answered[start : start + _AT_ONCE]}
        opened = await open_entries(conn, some, keys.disclosures)
        again = await find_questions(conn, some, keys.disclosures)
        asked = {entry: again.get(entry, [one]) for entry, one in opened.items()}
        every = {one.entry: one for ones in asked.values() for one in ones}
        said = await find_outcomes(conn, every.values(), keys.disclosures)
        silent = [
            entry
            for entry, question in asked.items()
            if next((one.entry for one in question if one.flags), None) == entry
            and not any(in_order(said.get(one.entry, {})) for one in question)
        ]
        spoken = await _find_said_again(conn, silent, keys)
        found += [some[entry] for entry in silent if entry not in spoken]
        await asyncio.sleep(0)
    return sorted(found, key=lambda one: one.entry)


async def _find_said_again(
    conn: AsyncConnection, entries: Collection[UUID], keys: YearKeys
) -> Collection[UUID]:
    """Find of which of these it was said at another lookup of the same in its case."""
    again = await find_again(conn, entries, timedelta(days=FOLLOW_UP_DAYS))
    others = set[UUID]().union(*again.values())
    opened = await open_entries(conn, others, keys.disclosures) if others else {}
    said = await find_outcomes(conn, opened.values(), keys.disclosures)
    spoken = {one for one in others if any(in_order(said.get(one, {})))}
    return {entry for entry, each in again.items() if not spoken.isdisjoint(each)}


async def _find_heavy(
    conn: AsyncConnection, place: str, day: date
) -> Sequence[SeenLookup]:
    """Give the week's lookups of those who asked far more than others; on Sundays."""
    if day.weekday() != _SUNDAY:
        return []
    begins, _ = bounds_of(day - timedelta(days=VOLUME_DAYS - 1))
    week = Window(place, begins, bounds_of(day)[1])
    heavy = find_outliers(await count_by_user(conn, week))
    if not heavy:
        return []
    lookups = await read_lookups(conn, week)
    return [one for one in lookups if (one.organisation, one.user) in heavy]


def _draw(fitting: Fitting, choose: Choose) -> Mapping[SeenLookup, Collection[Rule]]:
    """Give what is picked, and by which rules, from what fits them."""
    drawn: dict[SeenLookup, set[Rule]] = defaultdict(set)
    for rule, lookups in fitting.items():
        groups: dict[tuple[str, bytes | None], list[SeenLookup]] = defaultdict(list)
        for one in lookups:
            groups[one.organisation, one.user if rule == "volume" else None] += [one]
        for group in groups.values():
            for one in choose(group, _most(rule, len(group))):
                drawn[one].add(rule)
    return drawn


def _count(picked: Collection[Collection[Rule]]) -> Mapping[str, int]:
    counts = Counter(rule for rules in picked for rule in rules)
    return dict(sorted(counts.items()))


def _most(rule: Rule, count: int) -> int:
    """Give how many a rule picks out of so many: of the sample one in a hundred."""
    if rule == "sample":
        return -(-count * SAMPLE_PERCENT // 100)
    return MOST[rule]
