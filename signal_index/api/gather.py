"""Gather what waits, so that many lookups share one transaction.

- At once when nobody else waits: the first to come is never held up for others.
- At most `limits.weight` at a time (persons), never two that claim the same thing (a
  ticket) in one go: whichever came first has it, the other is judged after.
- If a gathered run fails, each member runs once more alone, so that one bad lookup
  never sinks its neighbours. An unknown outcome of COMMIT is passed on, never run
  again.
- Who stops waiting cancels nothing: what has joined is carried out.
- A full queue refuses at the door, before anything is spent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from signal_index.errors import CommitUnknown, QueueFull


class Gathered(Protocol):
    """Something that can wait with others."""

    @property
    def weight(self) -> int:
        """How much of a run it takes."""

    @property
    def claims(self) -> frozenset[Hashable]:
        """What no two in one run may both have."""


Item = TypeVar("Item", bound=Gathered)
Result = TypeVar("Result")
Run = Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]
OnFailure = Callable[[Exception, int], None]
"""Told of a run that failed: what it raised, and how many were in it."""


def _say_nothing(_error: Exception, _count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run takes, how many runs at once, and how many may wait."""

    weight: int = 64
    runs: int = 2
    waiting: int = 512


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    answer: asyncio.Future[Result]


class Gatherer(Generic[Item, Result]):
    """Runs what joins it, together with what else is waiting."""

    def __init__(
        self,
        run: Run[Item, Result],
        limits: Limits,
        on_failure: OnFailure = _say_nothing,
    ) -> None:
        self._run = run
        self._limits = limits
        self._on_failure = on_failure
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._runs: set[asyncio.Task[None]] = set()

    async def join(self, item: Item) -> Result:
        """Wait for the item's result, or raise what its run raised."""
        if len(self._waiting) >= self._limits.waiting:
            raise QueueFull
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        # Who leaves never asks for the answer; that is no mistake to report.
        answer.add_done_callback(_look_at)
        self._waiting.append(_Waiting(item, answer))
        self._start_runs()
        return await asyncio.shield(answer)

    async def finish(self) -> None:
        """Wait until nothing waits and nothing runs, for an orderly stop."""
        while self._runs:
            await asyncio.wait(self._runs)

    def _start_runs(self) -> None:
        while self._waiting and len(self._runs) < self._limits.runs:
            task = asyncio.get_running_loop().create_task(self._work(self._take()))
            self._runs.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._runs.discard(task)
        self._start_runs()

    def _take(self) -> list[_Waiting[Item, Result]]:
        taken: list[_Waiting[Item, Result]] = []
        passed: list[_Waiting[Item, Result]] = []
        weight, claimed = 0, set[Hashable]()
        while self._waiting:
            one = self._waiting[0]
            if taken and weight + one.item.weight > self._limits.weight:
                break
            self._waiting.popleft()
            if claimed.isdisjoint(one.item.claims):
                taken.append(one)
                weight += one.item.weight
            else:
                passed.append(one)
            claimed |= one.item.claims
        self._waiting.extendleft(reversed(passed))
        return taken

    async def _work(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = await self._run([one.item for one in group])
        except CommitUnknown as error:
            self._on_failure(error, len(group))
            for one in group:
                one.answer.set_exception(error)
        except Exception as error:  # noqa: BLE001 - it must not sink the rest
            self._on_failure(error, len(group))
            await self._work_alone(group)
        else:
            for one, result in zip(group, results, strict=True):
                one.answer.set_result(result)

    async def _work_alone(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        for one in group:
            try:
                (result,) = await self._run([one.item])
            except Exception as error:  # noqa: BLE001 - goes to whoever waits for it
                one.answer.set_exception(error)
            else:
                one.answer.set_result(result)


def _look_at(answer: asyncio.Future[Result]) -> None:
    if not answer.cancelled():
        answer.exception()
