"""Who takes part is read at most ten seconds old, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from signal_index.api.standing import StandingView
from signal_index.store.standing import Standing
from tests.holders_builders import NOON

pytestmark = pytest.mark.anyio


@dataclass
class FakeRead:
    """Gives an empty standing; `down` fails like a database that is gone."""

    times: int = 0
    down: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, now: datetime) -> Standing:
        self.times += 1
        await self.gate.wait()
        if self.down:
            raise OSError
        return Standing(now, {}, {}, frozenset(), {}, {}, {}, frozenset(), ())


def _view() -> tuple[StandingView, FakeRead]:
    read = FakeRead()
    read.gate.set()
    return StandingView(read), read


def _later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [0, 1, 4.9])
async def test_a_fresh_copy_is_used(seconds: float) -> None:
    view, read = _view()
    await view.get(NOON)
    await view.get(_later(seconds))
    assert read.times == 1


@pytest.mark.parametrize("seconds", [5, 9, 3600])
async def test_an_old_copy_is_read_anew(seconds: float) -> None:
    view, _ = _view()
    await view.get(NOON)
    assert (await view.get(_later(seconds))).read_at == _later(seconds)


async def test_a_clock_that_jumps_back_has_it_read_anew() -> None:
    view, read = _view()
    await view.get(NOON)
    await view.get(_later(-60))
    assert read.times == 2


async def test_a_clock_that_is_set_back_again_and_again_keeps_no_copy() -> None:
    """Set back as fast as time goes, it would say for ever that the copy is new."""
    seconds, read = [100.0], FakeRead()
    read.gate.set()
    view = StandingView(read, lambda: seconds[0])
    for passed in (0.0, 4.9, 5.0):
        seconds[0] = 100 + passed
        await view.get(NOON)
    assert read.times == 2


async def test_when_the_database_is_gone_nobody_gets_in_on_an_old_copy() -> None:
    view, read = _view()
    await view.get(NOON)
    read.down = True
    with pytest.raises(OSError):  # noqa: PT011 - the fake's own
        await view.get(_later(5))


async def test_many_at_once_read_it_once() -> None:
    view, read = _view()
    await asyncio.gather(*(view.get(NOON) for _ in range(10)))
    assert read.times == 1


async def test_while_it_is_read_the_copy_serves_for_ten_seconds_at_most() -> None:
    view, read = _view()
    await view.get(NOON)
    read.gate.clear()
    reading = asyncio.create_task(view.get(_later(6)))
    await asyncio.sleep(0)
    assert (await view.get(_later(9))).read_at == NOON
    waiting = asyncio.create_task(view.get(_later(10)))
    await asyncio.sleep(0)
    assert not waiting.done()
    read.gate.set()
    await asyncio.gather(reading, waiting)


async def test_a_forgotten_copy_is_not_used_again() -> None:
    view, read = _view()
    await view.get(NOON)
    view.forget()
    await view.get(NOON)
    assert read.times == 2
