"""A lean load generator: keep-alive connections, request bytes made beforehand.

It shares its cores with what it measures, so that it does nothing but write, read and
look at the clock. What it read is judged when the clock has stopped.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PATIENCE_SECONDS = 60.0
BUFFER_BYTES = 2**20


class LoadFailed(Exception):
    """A server broke off or said something that is not HTTP."""


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and after how long."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Block:
    """The answers to a block of requests, in their order, and how long all took."""

    answers: tuple[Answer, ...]
    seconds: float


def build_post(path: str, body: bytes, *, token: str | None = None) -> bytes:
    """Give the bytes of one POST of JSON."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


async def send_block(
    address: Address, requests: Sequence[bytes], *, connections: int
) -> Block:
    """Send every request once, over so many connections at a time.

    Each connection sends its next request when it has its answer. Raises `LoadFailed`.
    """
    streams = [await open_stream(address) for _ in range(connections)]
    answers: dict[int, Answer] = {}
    queue = iter(enumerate(requests))
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            for reader, writer in streams:
                group.create_task(_work(reader, writer, queue, answers))
    except* (OSError, TimeoutError, asyncio.IncompleteReadError) as errors:
        raise LoadFailed(f"after {len(answers)} answers: {errors}") from errors
    seconds = time.perf_counter() - started
    for _, writer in streams:
        writer.close()
    return Block(tuple(answers[place] for place in range(len(requests))), seconds)


async def _work(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    queue: Iterator[tuple[int, bytes]],
    answers: dict[int, Answer],
) -> None:
    for place, request in queue:
        answers[place] = await send_one(reader, writer, request)


async def open_stream(
    address: Address, source: str | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection, perhaps from an address of its own; raises `OSError`."""
    return await asyncio.open_connection(
        address.host,
        address.port,
        limit=BUFFER_BYTES,
        local_addr=(source, 0) if source else None,
    )


async def send_one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> Answer:
    """Send one request over an open connection, and wait for its answer."""
    started = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = _read_head(head)
    body = await reader.readexactly(length)
    return Answer(status, body, time.perf_counter() - started)


def _read_head(head: bytes) -> tuple[int, int]:
    lines = head.split(b"\r\n")
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(lines[0][9:12]), int(value)
    raise LoadFailed("an answer without a length")
