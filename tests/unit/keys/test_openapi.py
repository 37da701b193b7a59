"""The document of an API, as it is given to whoever asks."""

import asyncio
import threading

import pytest

from keys.openapi import beside


@pytest.mark.anyio
async def test_a_document_is_written_once_while_others_are_served() -> None:
    written, may_end = [], threading.Event()

    def write() -> bytes:
        may_end.wait(10)
        written.append(1)
        return b"{}"

    give = beside(write)
    asking = asyncio.gather(give(), give(), give())
    await asyncio.sleep(0.05)  # others go on: else nobody would let it end
    may_end.set()
    assert list(await asking) == [b"{}"] * 3
    assert await give() == b"{}"
    assert written == [1]
