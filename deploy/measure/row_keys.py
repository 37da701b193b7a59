"""Measure moving every row to another row key, with lookups before it and during it.

The commands are the administrator's own; the index is not restarted. Every answer is
judged: one that misses a flag, or has one too many, ends the measurement.
"""

import asyncio
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from uuid import uuid4

import asyncpg

from deploy.measure.asking import Crowd
from deploy.measure.lookups import Rate, measure_rate
from deploy.measure.sizes import Sizes
from deploy.measure.town import MeasuredTown
from deploy.town.found import program
from keys.pseudonym import StoredPoint
from signal_index.key_files import load_keys

CONNECTIONS = 16
PART = 20_000
_LOOK_SECONDS = 0.2
_TAKEN_UP_SECONDS = 11


class MovingFailed(Exception):
    """A command of the rotation was refused; says what it said."""


@dataclass(frozen=True)
class Moving:
    """How fast rows moved, and lookups beside that."""

    rows: int
    seconds: float
    before: Sequence[Rate]
    during: Sequence[Rate]

    def encode(self) -> dict[str, object]:
        """Give the figures under the names of the project's targets."""
        before = median(one.per_second for one in self.before)
        during = median(one.per_second for one in self.during)
        return {
            "rows": self.rows,
            "seconds": round(self.seconds, 1),
            "rowsPerSecond": round(self.rows / self.seconds, 1),
            "lookupsBeforePerSecond": round(before, 1),
            "lookupsDuringPerSecond": round(during, 1),
            "lookupsRatio": round(during / before, 2),
            "lookupsBeforeP99Ms": round(median(one.p99_ms for one in self.before), 1),
            "lookupsDuringP99Ms": round(median(one.p99_ms for one in self.during), 1),
        }


async def measure_moving(town: MeasuredTown, crowd: Crowd, sizes: Sizes) -> Moving:
    """Move all rows while lookups go on, from the first one that moves to the last.

    Then the former key is closed, counted empty and destroyed, at work too.
    """
    await _command(town, "begin")
    before = [
        await _measure(town, crowd, sizes.moving_lookups)
        for _ in range(sizes.moving_blocks)
    ]
    # As `run` requires it; nobody here waits for a minute and a half, in which all that
    # asks has taken it up after eleven seconds.
    town.server.run_sql(
        "UPDATE row_key_use SET state = 'required',"
        " since = since - interval '2 minutes' WHERE state = 'announced'",
        "measured",
    )
    await asyncio.sleep(_TAKEN_UP_SECONDS)
    running = asyncio.create_task(_command(town, "run", typed="2"))
    await _wait_for_moving(town, running)
    started = time.monotonic()
    during = await _measure_until(running, town, crowd, sizes)
    await running
    seconds = time.monotonic() - started
    town.server.run_sql(
        "UPDATE row_key_use SET since = since - interval '2 minutes'", "measured"
    )
    await _command(town, "finish")
    await _command(town, "destroy", "1", typed="1")
    rows = town.server.run_sql("SELECT count(*) FROM signal", "measured")
    return Moving(int(rows), seconds, before, during)


async def _measure_until(
    running: asyncio.Task[None], town: MeasuredTown, crowd: Crowd, sizes: Sizes
) -> list[Rate]:
    """Measure a block after each rest, from the first row that moves to the last."""
    during: list[Rate] = []
    while not running.done():
        if len(during) == sizes.most_moving_blocks:
            raise MovingFailed("count more blocks beside it in sizes.py")
        during.append(await _measure(town, crowd, sizes.moving_lookups))
        await asyncio.wait([running], timeout=sizes.moving_rest)
    return during


async def _measure(town: MeasuredTown, crowd: Crowd, count: int) -> Rate:
    return await measure_rate(
        town, town.index, crowd, count=count, connections=CONNECTIONS
    )


async def _command(town: MeasuredTown, verb: str, *given: str, typed: str = "") -> None:
    settings = (*given, "--settings", "index.toml")
    process = await asyncio.create_subprocess_exec(
        program("signal-index"),
        *("keys", "row-key", verb, *settings),
        cwd=town.places.index,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(f"{typed}\n".encode())
    if process.returncode:
        raise MovingFailed(f"{verb}: {said.decode()}")


async def _wait_for_moving(town: MeasuredTown, running: asyncio.Task[None]) -> None:
    leaving = "SELECT count(*) FROM row_key_use WHERE state = 'leaving'"
    while not running.done():
        if town.server.run_sql(leaving, "measured").strip() == "1":
            return
        await asyncio.sleep(_LOOK_SECONDS)
    await running


async def add_rows(town: MeasuredTown, wanted: int) -> None:
    """Add rows about nobody, sealed as the index seals, until there are so many.

    Every core seals, and what is sealed is copied meanwhile.
    """
    url = town.index.database_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    keys = town.places.index / "keys"
    forking = get_context("spawn")  # threads run here
    try:
        have = await connection.fetchval("SELECT count(*) FROM signal")
        (like,) = await connection.fetch("SELECT * FROM signal LIMIT 1")
        parts = [min(PART, wanted - at) for at in range(have, wanted, PART)]
        with ProcessPoolExecutor(mp_context=forking) as pool:
            loop = asyncio.get_running_loop()
            seal = partial(_seal_part, keys, like["category"])
            sealed = [loop.run_in_executor(pool, seal, count) for count in parts]
            for part in sealed:
                rows = [tuple({**like, **own}.values()) for own in await part]
                await connection.copy_records_to_table(
                    "signal", records=rows, columns=list(like.keys())
                )
        await connection.execute("VACUUM ANALYZE signal")
    finally:
        await connection.close()


def _seal_part(keys: Path, category: str, count: int) -> list[dict[str, object]]:
    """Give what is a row's own, of so many rows about nobody."""
    row_keys = load_keys(keys).row_keys
    made: list[dict[str, object]] = []
    for _ in range(count):
        sealed = row_keys.seal(StoredPoint(secrets.token_bytes(32)), category)
        own = {"row_key": sealed.row_key, "seal": sealed.seal}
        made.append({**own, "id": uuid4(), "reference": uuid4()})
    return made
