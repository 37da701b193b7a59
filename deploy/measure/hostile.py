"""Measure the index while somebody means it harm: a flood, and attacks of one address.

A flood is ten times what the index can do, from ten addresses over 500 connections:
each asks when its turn comes, and again whatever it hears. While an attack goes on,
others look up at a modest rate; how long each takes counts from when it was due.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from deploy.measure.asking import Crowd, Lookup, prepare_lookups
from deploy.measure.attacks import ATTACKS, attacking
from deploy.measure.judging import verify_answers, verify_spent
from deploy.measure.load import Address, Answer, open_stream, send_one
from deploy.measure.memory import read_memory_mib
from deploy.measure.sizes import Sizes
from deploy.measure.statistics import compute_percentile
from deploy.measure.town import MeasuredTown

FLOOD_ADDRESSES = 10
OTHERS = 8
TIMES = 10
NORMAL_SECONDS = 0.25
BACK_SECONDS = 5.0
PUT_OFF = frozenset({429, 503})


class StillBusy(Exception):
    """The index was not as it was, five seconds after a flood."""


@dataclass
class Flood:
    """A flood and what came of it: answers by place, and what was put off."""

    address: Address
    waiting: deque[tuple[int, Lookup]]
    every: float
    """After how long each connection asks again."""
    until: float
    answers: dict[int, Answer] = field(default_factory=dict)
    offered: int = 0
    put_off: int = 0
    broken: int = 0

    async def ask_in_turn(self, source: str) -> None:
        """Ask over connections of one address until it is over, whatever it hears."""
        while self.waiting and time.perf_counter() < self.until:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await open_stream(self.address, source)
                try:
                    await self._ask_over(reader, writer)
                finally:
                    writer.transport.abort()

    async def _ask_over(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while self.waiting and (left := self.until - time.perf_counter()) > 0:
            place, lookup = self.waiting.popleft()
            self.broken += 1  # until it is answered
            answer = await send_one(reader, writer, lookup.request)
            self.broken -= 1
            # each turn that came while it waited was offered too
            self.offered += max(1, int(answer.seconds / self.every))
            if answer.status in PUT_OFF:
                self.put_off += 1
                self.waiting.append((place, lookup))
            else:
                self.answers[place] = answer
            await asyncio.sleep(min(left, max(0.0, self.every - answer.seconds)))


async def measure_hostile(
    town: MeasuredTown, crowd: Crowd, sizes: Sizes, sustainable: float
) -> dict[str, object]:
    """Give the figures of a flood and of each attack.

    Raises `AnswerDoesNotCount` where an answer was acknowledged and is not in the
    ledger, `StillBusy` where the index does not recover.
    """
    said = await _measure_flood(town, crowd, sizes, sustainable)
    others: dict[str, object] = {}
    for name in ATTACKS:
        others[name] = await _measure_attack(town, crowd, sizes, name)
    return {**said, "othersP99Ms": others}


async def _measure_flood(
    town: MeasuredTown, crowd: Crowd, sizes: Sizes, sustainable: float
) -> dict[str, object]:
    lookups = await prepare_lookups(town, crowd.take_pairs(sizes.flooded // 2))
    calm = await prepare_lookups(town, crowd.take_pairs(sizes.others // 2))
    pid = town.processes.running["index"].pid
    before = read_memory_mib(pid, "VmRSS")
    started = time.perf_counter()
    flood = await _flood(town.index.address, lookups, sizes, TIMES * sustainable)
    seconds = time.perf_counter() - started
    recovered = await _recover(town, calm)
    answered = [lookups[place] for place in flood.answers]
    verify_answers(town, answered, list(flood.answers.values()))
    await verify_spent(town.index, answered)
    times = [answer.seconds * 1000 for answer in flood.answers.values()]
    return {
        "floodSeconds": round(seconds, 1),
        "offeredPerSecond": round(flood.offered / seconds, 1),
        "acceptedPerSecond": round(len(answered) / seconds, 1),
        "putOffPerSecond": round(flood.put_off / seconds, 1),
        "broken": flood.broken,
        "acceptedP99Ms": round(compute_percentile(times, 0.99), 1),
        "memoryGrowthMiB": round(read_memory_mib(pid, "VmHWM") - before, 1),
        "normalAgainSeconds": round(recovered, 2),
    }


async def _flood(
    address: Address, lookups: Sequence[Lookup], sizes: Sizes, per_second: float
) -> Flood:
    """Send what waits over every connection in turn, until it is over."""
    flood = Flood(
        address,
        deque(enumerate(lookups)),
        sizes.flood_connections / per_second,
        time.perf_counter() + sizes.flood_seconds,
    )
    async with asyncio.TaskGroup() as group:
        for number in range(sizes.flood_connections):
            source = f"127.0.1.{1 + number % FLOOD_ADDRESSES}"
            group.create_task(flood.ask_in_turn(source))
    return flood


async def _recover(town: MeasuredTown, calm: Sequence[Lookup]) -> float:
    """Give after how long a lookup takes as long as on any day, or raise."""
    started = time.perf_counter()
    answered: list[tuple[Lookup, Answer]] = []
    for lookup in calm:
        reader, writer = await open_stream(town.index.address)
        answer = await send_one(reader, writer, lookup.request)
        writer.close()
        if answer.status not in PUT_OFF:
            answered.append((lookup, answer))
        took = time.perf_counter() - started
        if answer.status == 200 and answer.seconds < NORMAL_SECONDS:
            verify_answers(town, *zip(*answered, strict=True))
            return took
        if took > BACK_SECONDS:
            break
    raise StillBusy(f"not as before after {BACK_SECONDS} seconds")


async def _measure_attack(
    town: MeasuredTown, crowd: Crowd, sizes: Sizes, name: str
) -> float:
    """Give the 99th percentile of what others wait, in milliseconds."""
    lookups = await prepare_lookups(town, crowd.take_pairs(sizes.others // 2))
    async with attacking(name, town.index.address):
        answers = await _ask_modestly(town.index.address, lookups, sizes)
    verify_answers(town, lookups, answers)
    return round(compute_percentile([one.seconds * 1000 for one in answers], 0.99), 1)


async def _ask_modestly(
    address: Address, lookups: Sequence[Lookup], sizes: Sizes
) -> list[Answer]:
    """Ask each when it is due, over a few connections; its time begins then."""
    every = sizes.attack_seconds / len(lookups)
    started = time.perf_counter()
    answers: dict[int, Answer] = {}

    async def work(places: range) -> None:
        reader, writer = await open_stream(address)
        for place in places:
            due = started + place * every
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            told = await send_one(reader, writer, lookups[place].request)
            taken = time.perf_counter() - due
            answers[place] = Answer(told.status, told.body, taken)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for number in range(OTHERS):
            group.create_task(work(range(number, len(lookups), OTHERS)))
    return [answers[place] for place in range(len(lookups))]
