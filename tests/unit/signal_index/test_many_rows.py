"""Whoever works on many rows lets others have their turn."""

import asyncio

import pytest

from signal_index.store.many_rows import AT_ONCE, by_turns

pytestmark = pytest.mark.anyio


async def test_an_answer_that_waits_goes_between_two_parts_of_the_work() -> None:
    done: list[str] = []

    async def answer() -> None:
        done.append("answer")

    waiting = None
    async for part in by_turns(range(2 * AT_ONCE)):
        done.append(f"part of {len(part)}")
        waiting = waiting or asyncio.create_task(answer())
    assert done == [f"part of {AT_ONCE}", "answer", f"part of {AT_ONCE}"]


async def test_nothing_is_left_out_and_nothing_is_given_twice() -> None:
    items = range(2 * AT_ONCE + 1)
    assert [one async for part in by_turns(items) for one in part] == list(items)
