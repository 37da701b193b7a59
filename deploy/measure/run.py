"""One run of the benchmark: set up, measure each part that is asked for, stop all.

The limits are measured just before the lookups, on the same server and disk.
"""

import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from deploy.measure.agency import measure_agency
from deploy.measure.asking import Crowd
from deploy.measure.evaluations import measure_evaluations
from deploy.measure.figures import Figures
from deploy.measure.filling import SignedPart, fill_index, make_parts
from deploy.measure.hostile import measure_hostile
from deploy.measure.joining import RECORDS, measure_joining
from deploy.measure.key_changes import measure_key_changes
from deploy.measure.limits import (
    measure_multiplications,
    measure_pgbench,
    prepare_pgbench,
)
from deploy.measure.lookups import compare_hit_and_miss, measure_rate, warm_up
from deploy.measure.memory import read_memory_mib
from deploy.measure.own_page import measure_own_page
from deploy.measure.parts import Part
from deploy.measure.publishing import measure_publishing
from deploy.measure.screen import measure_screen
from deploy.measure.searching import measure_searches
from deploy.measure.sequencing import measure_ledger
from deploy.measure.sizes import OWN_LOOKUPS, Sizes
from deploy.measure.starting import measure_starts
from deploy.measure.town import (
    MeasuredTown,
    running_measured_town,
    start_sqlite_index,
)
from deploy.town.postgres import running_postgres
from keys import clock

SQLITE_CONNECTIONS = 16


ALONE = {Part.LEDGER, Part.START}
"""What needs no town."""

LOOKING_UP = {
    *(Part.LOOKUP, Part.TIMING, Part.SCREEN, Part.SOURCES, Part.HOSTILE),
    *(Part.OWN_PAGE, Part.KEYS),
}
"""What needs a filled index."""


class FillDiffers(Exception):
    """The index does not hold the signals that it must hold."""


@dataclass
class Run:
    """One run: what to measure, how much of it, and where to say what happens."""

    sizes: Sizes
    parts: Collection[Part]
    say: Callable[[str], None]
    figures: Figures
    _signed: list[SignedPart] = field(default_factory=list)

    async def measure(self) -> None:
        """Measure all parts that were asked for, and fill in the figures."""
        started = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="signal-index-bench-") as name,
            running_postgres() as server,
        ):
            folder = Path(name)
            if Part.START in self.parts:
                self.say("start: the help of commands")
                self.figures.start |= measure_starts(self.sizes.starts)
            if Part.LEDGER in self.parts:
                self.say(f"ledger: {self.sizes.sequenced} entries into the tree")
                costs = await measure_ledger(server, folder, self.sizes)
                self.figures.ledger |= costs.encode()
            if set(self.parts) <= ALONE:
                self.figures.seconds = time.monotonic() - started
                return
            self.say("founding the town: keys, registrations, processes")
            with running_measured_town(folder, server, self.sizes) as town:
                await self._measure_holders(town)
                await self._measure_joining(town)
                await self._measure_postgres(town)
                await self._measure_searches(town)
                await self._measure_sqlite(town)
        self.figures.seconds = time.monotonic() - started

    async def _measure_holders(self, town: MeasuredTown) -> None:
        if Part.LIMIT in self.parts:
            self.say("limit: multiplications on every core")
            seconds = self.sizes.limit_seconds
            self.figures.multiplications = measure_multiplications(seconds)
        if Part.EVALUATE in self.parts:
            self.say("evaluate: a pair of holders on batches of 4,096")
            self.figures.evaluate = await measure_evaluations(town, self.sizes)

    async def _measure_joining(self, town: MeasuredTown) -> None:
        if Part.JOINING in self.parts:
            self.say("joining: an agency's first day")
            self.figures.joining |= (await measure_joining(town)).encode()

    async def _measure_postgres(self, town: MeasuredTown) -> None:
        if Part.PUBLISH in self.parts:
            self.say(f"publish: {self.sizes.published} records end to end")
            self.figures.publish = measure_publishing(town, self.sizes.published)
        self._measure_sources(town)
        if LOOKING_UP & set(self.parts):
            await self._fill_postgres(town)
        if Part.LIMIT in self.parts:
            self.say("limit: bare lookup transactions")
            prepare_pgbench(town.server)
            self.figures.pgbench = measure_pgbench(
                town.server, town.places.folder, self.sizes.limit_seconds
            )
        crowd = Crowd(self.sizes.citizens)
        if LOOKING_UP & set(self.parts):
            await warm_up(town, town.index, crowd)
        if Part.LOOKUP in self.parts:
            await self._measure_lookups(town, crowd)
        if Part.TIMING in self.parts:
            pairs = self.figures.pairs = self.sizes.pairs
            self.say(f"timing: {pairs} pairs of a hit and a miss")
            self.figures.timing = await compare_hit_and_miss(
                town, town.index, crowd, pairs=pairs
            )
        await self._measure_what_people_meet(town, crowd)

    async def _measure_what_people_meet(self, town: MeasuredTown, crowd: Crowd) -> None:
        if Part.SCREEN in self.parts:
            pairs = self.sizes.screen_pairs
            self.say(f"screen: {2 * pairs} clicks in Chromium")
            self.figures.screen = await measure_screen(town, crowd, pairs=pairs)
        if Part.OWN_PAGE in self.parts:
            self.say(f"own page: a citizen who was looked up {OWN_LOOKUPS} times")
            self.figures.own_page |= await measure_own_page(town)
        if Part.HOSTILE in self.parts:
            await self._measure_hostile(town, crowd)
        if Part.KEYS in self.parts:
            self.figures.keys |= await measure_key_changes(
                town, crowd, self.sizes, self.say
            )

    async def _measure_hostile(self, town: MeasuredTown, crowd: Crowd) -> None:
        connections, count = self.sizes.lookups[-1]
        known = self.figures.lookup.get(connections)
        if known is None:
            self.say(f"hostile: what is sustainable, {count} lookups")
            known = await measure_rate(
                town, town.index, crowd, count=count, connections=connections
            )
        self.say(f"hostile: a flood over {self.sizes.flood_connections} connections")
        self.figures.hostile |= await measure_hostile(
            town, crowd, self.sizes, known.per_second
        )

    async def _fill_postgres(self, town: MeasuredTown) -> None:
        self.say(f"filling the index with {self.sizes.signals} signals")
        signed = await self._sign(town)
        published = self.sizes.published if self.figures.publish else 0
        parts = signed[published // 1_000 :]
        started = time.monotonic()
        await fill_index(town, town.index, parts)
        sent = sum(part.count for part in parts)
        seconds = time.monotonic() - started
        if Part.SOURCES in self.parts:
            self.figures.sources["indexAcceptsPerSecond"] = round(sent / seconds, 1)
        stored = town.server.run_sql("SELECT count(*) FROM signal", "measured")
        sourced = self.sizes.sourced if Part.SOURCES in self.parts else 0
        joined = RECORDS if Part.JOINING in self.parts else 0
        if int(stored) != self.sizes.signals + sourced + joined:
            raise FillDiffers(f"the index holds {stored} signals")
        town.server.run_sql("ANALYZE", "measured")

    async def _measure_lookups(self, town: MeasuredTown, crowd: Crowd) -> None:
        for connections, count in self.sizes.lookups:
            self.say(f"lookup: {count} over {connections} connections")
            self.figures.lookup[connections] = await measure_rate(
                town, town.index, crowd, count=count, connections=connections
            )
        pid = town.processes.running["index"].pid
        self.figures.index_mib = read_memory_mib(pid, "VmHWM")

    def _measure_sources(self, town: MeasuredTown) -> None:
        if Part.SOURCES in self.parts:
            count = self.sizes.sourced
            self.say(f"sources: {count} records of one agency, again, and compared")
            self.figures.sources |= measure_agency(town, count).encode()

    async def _measure_searches(self, town: MeasuredTown) -> None:
        if Part.SEARCH in self.parts:
            count = self.sizes.ledger_entries
            self.say(f"search: filling the ledger with {count} entries")
            self.figures.ledger |= (await measure_searches(town, self.sizes)).encode()

    async def _measure_sqlite(self, town: MeasuredTown) -> None:
        if Part.SQLITE not in self.parts:
            return
        town.processes.stop("index")
        index = start_sqlite_index(town)
        self.say(f"filling an index on SQLite with {self.sizes.signals} signals")
        await fill_index(town, index, await self._sign(town))
        crowd = Crowd(self.sizes.citizens)
        await warm_up(town, index, crowd)
        self.say(f"sqlite: {self.sizes.sqlite_lookups} lookups")
        self.figures.sqlite[SQLITE_CONNECTIONS] = await measure_rate(
            town,
            index,
            crowd,
            count=self.sizes.sqlite_lookups,
            connections=SQLITE_CONNECTIONS,
        )

    async def _sign(self, town: MeasuredTown) -> list[SignedPart]:
        if not self._signed:
            self._signed = await make_parts(town, self.sizes)
        return self._signed


def new_figures(sizes: Sizes, *, quick: bool) -> Figures:
    """Give figures to fill in."""
    return Figures(clock.now(), quick, sizes.signals)
