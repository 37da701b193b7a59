"""Measure lookups: complete ones, and how long a hit takes beside a miss."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from deploy.measure.asking import Crowd, prepare_lookups
from deploy.measure.judging import verify_answers, verify_spent
from deploy.measure.load import Block, send_block
from deploy.measure.sizes import WARM_UP
from deploy.measure.statistics import Difference, compare_medians, compute_percentile
from deploy.measure.town import MeasuredIndex, MeasuredTown


@dataclass(frozen=True)
class Rate:
    """How many answers a second, and how long one took."""

    per_second: float
    p50_ms: float
    p99_ms: float


async def warm_up(town: MeasuredTown, index: MeasuredIndex, crowd: Crowd) -> None:
    """Let connections open and permits be remembered, as they are after a minute."""
    await _run(town, index, crowd, count=WARM_UP, connections=16)


async def measure_rate(
    town: MeasuredTown,
    index: MeasuredIndex,
    crowd: Crowd,
    *,
    count: int,
    connections: int,
) -> Rate:
    """Measure lookups over so many connections; half of them are hits."""
    _, block = await _run(town, index, crowd, count=count, connections=connections)
    milliseconds = [answer.seconds * 1000 for answer in block.answers]
    return Rate(
        len(milliseconds) / block.seconds,
        median(milliseconds),
        compute_percentile(milliseconds, 0.99),
    )


async def compare_hit_and_miss(
    town: MeasuredTown, index: MeasuredIndex, crowd: Crowd, *, pairs: int
) -> Difference:
    """Give the median time of a hit minus that of a miss, in milliseconds.

    One connection; each pair is asked one right after the other, in either order.
    """
    known, block = await _run(town, index, crowd, count=2 * pairs, connections=1)
    times = [answer.seconds * 1000 for answer in block.answers]
    hits = [time for is_hit, time in zip(known, times, strict=True) if is_hit]
    misses = [time for is_hit, time in zip(known, times, strict=True) if not is_hit]
    return compare_medians(hits, misses)


async def _run(
    town: MeasuredTown,
    index: MeasuredIndex,
    crowd: Crowd,
    *,
    count: int,
    connections: int,
) -> tuple[Sequence[bool], Block]:
    """Send a block of lookups; give which must hit, and the answers, all judged."""
    lookups = await prepare_lookups(town, crowd.take_pairs(count // 2))
    requests = [lookup.request for lookup in lookups]
    block = await send_block(index.address, requests, connections=connections)
    verify_answers(town, lookups, block.answers)
    await verify_spent(index, lookups)
    return [lookup.known for lookup in lookups], block
