"""Lookups wait for each other only when there is something to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import pytest

from signal_index.api.gather import Gatherer, Limits
from signal_index.errors import CommitUnknown, QueueFull

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Item:
    """Something that waits with others."""

    name: str
    weight: int = 1
    claims: frozenset[Hashable] = frozenset()


@dataclass
class FakeRun:
    """Writes down what ran together; fails where a test says so."""

    groups: list[list[str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    bad: frozenset[str] = frozenset()
    error: Exception = field(default_factory=ValueError)

    async def __call__(self, group: Sequence[Item]) -> Sequence[str]:
        self.groups.append([item.name for item in group])
        await self.gate.wait()
        if any(item.name in self.bad for item in group):
            raise self.error
        return [item.name.upper() for item in group]


async def _join_all(
    run: FakeRun, items: Sequence[Item], limits: Limits
) -> list[str | BaseException]:
    gatherer: Gatherer[Item, str] = Gatherer(run, limits)
    joined = [asyncio.create_task(gatherer.join(item)) for item in items]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    run.gate.set()
    return await asyncio.gather(*joined, return_exceptions=True)


async def test_the_first_is_never_held_up() -> None:
    run = FakeRun()
    await _join_all(run, [Item("a"), Item("b"), Item("c")], Limits(runs=1))
    assert run.groups == [["a"], ["b", "c"]]


async def test_each_gets_its_own_result() -> None:
    items = [Item(name) for name in "abcde"]
    assert await _join_all(FakeRun(), items, Limits(runs=2)) == list("ABCDE")


async def test_a_run_takes_no_more_persons_than_it_may() -> None:
    run = FakeRun()
    items = [Item("a"), Item("b", 3), Item("c", 2), Item("d", 2)]
    await _join_all(run, items, Limits(weight=4, runs=1))
    assert run.groups == [["a"], ["b"], ["c", "d"]]


async def test_two_that_claim_the_same_never_run_together() -> None:
    run = FakeRun()
    same = frozenset({"ticket"})
    items = [Item("a"), Item("b", 1, same), Item("c", 1, same), Item("d")]
    await _join_all(run, items, Limits(runs=1))
    assert run.groups == [["a"], ["b", "d"], ["c"]]


async def test_one_bad_lookup_does_not_sink_its_neighbours() -> None:
    run = FakeRun(bad=frozenset({"c"}))
    results = await _join_all(run, [Item(n) for n in "abcd"], Limits(runs=1))
    assert results[:2] + results[3:] == ["A", "B", "D"]
    assert isinstance(results[2], ValueError)


async def test_after_a_failure_each_runs_once_more_and_alone() -> None:
    run = FakeRun(bad=frozenset({"b"}))
    await _join_all(run, [Item(n) for n in "abc"], Limits(runs=1))
    assert run.groups == [["a"], ["b", "c"], ["b"], ["c"]]


async def test_an_unknown_commit_is_not_run_again() -> None:
    run = FakeRun(bad=frozenset({"b"}), error=CommitUnknown())
    results = await _join_all(run, [Item(n) for n in "abc"], Limits(runs=1))
    assert run.groups == [["a"], ["b", "c"]]
    assert [type(one) for one in results[1:]] == [CommitUnknown, CommitUnknown]


async def test_a_full_queue_refuses_at_the_door() -> None:
    run = FakeRun()
    limits = Limits(runs=1, waiting=1)
    results = await _join_all(run, [Item(n) for n in "abc"], limits)
    assert [isinstance(one, QueueFull) for one in results] == [False, False, True]


async def test_who_leaves_cancels_nothing() -> None:
    run = FakeRun()
    gatherer: Gatherer[Item, str] = Gatherer(run, Limits(runs=1))
    joined = [asyncio.create_task(gatherer.join(Item(name))) for name in "ab"]
    await asyncio.sleep(0)
    joined[1].cancel()
    run.gate.set()
    await asyncio.gather(*joined, return_exceptions=True)
    await gatherer.finish()
    assert run.groups == [["a"], ["b"]]


async def test_an_orderly_stop_waits_for_what_has_joined() -> None:
    run = FakeRun()
    gatherer: Gatherer[Item, str] = Gatherer(run, Limits(runs=1))
    joined = [asyncio.create_task(gatherer.join(Item(name))) for name in "ab"]
    await asyncio.sleep(0)
    run.gate.set()
    await gatherer.finish()
    assert await asyncio.gather(*joined) == ["A", "B"]
