"""One request to a holder: with an end in time and in bytes, whatever it sends."""

import asyncio
import json
from typing import Final

import httpx

from keys.errors import HolderUnavailable

MOST_BYTES: Final = 1024 * 1024
"""Of an answer: 4,096 points, and the statement of a day, are well below."""
_OF_TRANSFER: Final = frozenset({"content-encoding", "content-length"})


async def send(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    seconds: float,
    most: int = MOST_BYTES,
) -> httpx.Response:
    """Send a request and read the whole answer, or raise `HolderUnavailable`.

    `seconds` are in all, also for one that sends a byte a second. A name with bad
    certificates, what is no HTTP and what has no end are all one to who asks.
    """
    try:
        async with asyncio.timeout(seconds):
            answer = await client.send(request, stream=True)
            try:
                body = await _read(answer, most)
            finally:
                await answer.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        raise HolderUnavailable from None
    headers = [
        (name, value)
        for name, value in answer.headers.multi_items()
        if name.lower() not in _OF_TRANSFER
    ]
    return httpx.Response(
        answer.status_code, headers=headers, content=body, request=request
    )


async def _read(answer: httpx.Response, most: int) -> bytes:
    parts: list[bytes] = []
    count = 0
    async for part in answer.aiter_bytes():
        count += len(part)
        if count > most:
            raise HolderUnavailable
        parts.append(part)
    return b"".join(parts)


def read_slug(problem: bytes) -> str:
    """Give a problem's name when it is one: a short word, never free text."""
    try:
        kind = json.loads(problem)["type"]
    except (ValueError, KeyError, TypeError):
        return "unknown"
    slug = str(kind).rpartition("/")[2]
    fits = slug.isascii() and slug.replace("-", "").isalnum() and len(slug) <= 64
    return slug if fits else "unknown"
