"""Measure what it costs everybody when the key changes: refreshed, replaced, rotated.

The commands are those of holders and index, in processes of their own; no service is
restarted. People look up and an agency delivers all the while, and what came of that is
counted (`working`). Memory is what index and a holder have before, and with two
sharings or two keys.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from deploy.measure.asking import Crowd
from deploy.measure.memory import read_memory_mib
from deploy.measure.row_keys import add_rows, measure_moving
from deploy.measure.sizes import Sizes
from deploy.measure.town import MeasuredTown
from deploy.measure.working import working
from deploy.town.renewing import LOSES_SHARE, change_key, change_shares

_TAKEN_UP_SECONDS = 3


async def measure_key_changes(
    town: MeasuredTown, crowd: Crowd, sizes: Sizes, say: Callable[[str], None]
) -> dict[str, object]:
    """Have every act of a key done once; give the figures of each."""
    places = town.places
    acts: dict[str, Callable[[], Awaitable[None]]] = {
        "refresh": lambda: change_shares(places, "refresh"),
        "replace": lambda: change_shares(places, "replace", lost=LOSES_SHARE),
        "rotate": lambda: change_key(places, lambda: asyncio.sleep(0)),
    }
    figures: dict[str, object] = {"memoryBeforeMiB": _read_memory(town)}
    for name, act in acts.items():
        say(f"keys: {name}, at work")
        began = time.monotonic()
        async with working(town, crowd, sizes) as work:
            await act()
            await asyncio.sleep(_TAKEN_UP_SECONDS)
        seconds = round(time.monotonic() - began, 1)
        memory = _read_memory(town)
        said = {"seconds": seconds} | work.encode() | {"memoryMiB": memory}
        say(f"keys: {name}: {said}")
        figures[name] = said
    say(f"keys: {sizes.moved} rows move to another row key, at work")
    await add_rows(town, sizes.moved)
    async with working(town, crowd, sizes) as work:
        moving = await measure_moving(town, crowd, sizes)
    figures["rowKey"] = moving.encode() | work.encode()
    return figures


def _read_memory(town: MeasuredTown) -> dict[str, object]:
    running = town.processes.running
    return {
        name: round(read_memory_mib(running[party].pid, "VmRSS"), 1)
        for name, party in (("index", "index"), ("holder", "holder-1"))
    }
