"""The notice keys on which holders agree: all are asked at once, two suffice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from keys.config import KeyConfig
from keys.errors import HolderUnavailable, InvalidToken
from keys.jose import PublicKey
from keys.notice_keys import KeyName, StatedKey, agree, verify_notice_keys

PATIENCE: Final = 2.0
"""Seconds for all together: a lookup may wait for it."""


async def fetch_agreed(
    asking: Mapping[str, Callable[[], Awaitable[bytes]]],
    config: KeyConfig,
    *,
    now: datetime,
    patience: float = PATIENCE,
) -> Mapping[KeyName, PublicKey]:
    """Ask holders, by their id, and give the keys that enough of them state.

    One that is silent, or states what does not hold, states nothing. Raises
    `HolderUnavailable` where too few are left: that tells of no key that it is unknown.
    """

    async def ask(
        holder: str, fetch: Callable[[], Awaitable[bytes]]
    ) -> set[StatedKey] | None:
        try:
            async with asyncio.timeout(patience):
                token = (await fetch()).decode("ascii")
            return set(verify_notice_keys(token, config, holder, now=now))
        except (HolderUnavailable, InvalidToken, TimeoutError, UnicodeDecodeError):
            return None

    answers = await asyncio.gather(*(ask(id_, one) for id_, one in asking.items()))
    stated = [frozenset(one) for one in answers if one is not None]
    if len(stated) < config.threshold:
        raise HolderUnavailable
    return agree(stated, config.threshold)
