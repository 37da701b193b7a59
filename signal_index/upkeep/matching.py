"""Matching: once a day, at an hour of the settings, for each municipality that has it.

- The hour is nobody's publication: what was published since the run before is looked at
  together, in one transaction with its ledger entries, one for each match.
- The rules are those in force as the database has them, asked in both directions. What
  may be looked for at all was decided at publication, by the signed policy: here it can
  only become less.
- Where the rules cannot be read nothing is opened; boxes wait for some days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.events import EventLog
from policy.bundle import load_bundle
from policy.errors import InvalidPolicy
from policy.policy import Policy
from policy.vocabulary import LoopActId
from signal_index.days import HERE, day_of
from signal_index.errors import PolicyUnusable, UnknownPolicy
from signal_index.events import Event
from signal_index.keyring import LeaderKeys
from signal_index.ledger import Kind
from signal_index.matching import Permits, is_open
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import reading, transaction
from signal_index.store.daily_runs import DailyJob, find_done, note_again
from signal_index.store.match_finding import (
    Run,
    count_unreadable,
    erase_boxes,
    find_matches,
    find_places,
    open_some,
)
from signal_index.store.match_sheets import write_sheets
from signal_index.store.notice_rows import Telling
from signal_index.store.policies import find_newest_adoptions, get_bundle
from signal_index.store.row_keys import holding_rows, take_up
from signal_index.store.standing import establishments_of, find_recorded
from signal_index.upkeep.match_records import record_matches

MATCH_SECONDS: Final = 60.0
"""How often it is looked whether a day's run is still to be done."""


@dataclass(frozen=True, slots=True)
class MatchUpkeep:
    """What matching takes."""

    engine: AsyncEngine
    recorder: Recorder
    keys: LeaderKeys
    shipped: Policy  # holds where a municipality adopted none
    log: EventLog
    clock: Callable[[], datetime]
    hour: int

    async def run_daily(self) -> None:
        """From today's hour, do the run where it was not done to its end."""
        now = self.clock()
        if now < self._hour_of(day_of(now)):
            return
        async with reading(self.engine) as conn:
            done = await find_done(conn, DailyJob.MATCH, day_of(now))
            due = [place for place in await find_places(conn) if place not in done]
            policies = await self.find_open(conn, due) if due else {}
        await self._run_all(policies)

    async def run_now(self) -> int:
        """Do the run everywhere, whether it was done or not; how many were found."""
        async with reading(self.engine) as conn:
            policies = await self.find_open(conn, await find_places(conn))
        return await self._run_all(policies)

    async def say_unreadable(self) -> None:
        """Say what does not open: before anything is erased, for it may be altered."""
        async with reading(self.engine) as conn:
            await take_up(conn, self.keys.ring)
            count = await count_unreadable(conn, self.keys, self.clock())
        if count:
            self.log.write(Event.MATCHES_UNREADABLE, count=count)

    async def find_open(
        self, conn: AsyncConnection, places: Sequence[str]
    ) -> Mapping[str, Policy]:
        """Give the policy of each of these places where the act is open."""
        recorded = await find_recorded(conn)
        opened = {one.municipality for one in recorded if one.opens == LoopActId.MATCH}
        adopted = await find_newest_adoptions(conn)
        found: dict[str, Policy] = {}
        for place in opened.intersection(places):
            policy = self.shipped
            if place in adopted:
                try:
                    bundle = await get_bundle(conn, adopted[place].digest)
                    policy = load_bundle(bundle)
                except (PolicyUnusable, UnknownPolicy, InvalidPolicy):
                    continue  # its boxes wait; serving says that it is closed
            made = establishments_of(recorded, policy.catalogue)
            policy = policy.with_establishments(made)
            if is_open(policy, place, self.clock()):
                found[place] = policy
        return found

    def _hour_of(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), HERE).astimezone(UTC)

    async def _run_all(self, policies: Mapping[str, Policy]) -> int:
        """Do a run that counts for the day whose hour was the last."""
        now = self.clock()
        day = day_of(now)
        if now < self._hour_of(day):
            day -= timedelta(days=1)
        found = [await self._run_in(*one, day) for one in sorted(policies.items())]
        return sum(found)

    async def _run_in(self, municipality: str, policy: Policy, day: date) -> int:
        """Open all boxes of a municipality, so many at a time; the last round notes it.

        One that breaks off is not done: it begins anew with what is left.
        """
        keys, total = self.keys, 0
        last: UUID | None = None
        while True:
            telling = Telling(keys, lambda _: policy.catalogue, self.clock())
            permits = Permits(policy, municipality, telling.now)
            run = Run(municipality, policy, telling, permits)
            async with transaction(self.engine) as conn, holding_rows(conn, keys.ring):
                opened = await open_some(conn, municipality, last, keys, telling.now)
                found = await find_matches(conn, opened.boxes, run)
                actor = self.recorder.actor
                made = await record_matches(conn, found.matches, run, actor)
                await write_sheets(conn, made, run)
                await erase_boxes(conn, opened.boxes.keys() - found.waiting)
                count = len(opened.boxes)
                what: JsonObject = {"act": "signals-matched", "boxes": count}
                act = Act(what, Kind.NOTICE, municipality=municipality)
                await self.recorder.record(conn, act)
                if opened.last is None:
                    await note_again(conn, DailyJob.MATCH, municipality, day)
            total, last = total + len(made), opened.last
            if last is None:
                return total
