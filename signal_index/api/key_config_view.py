"""The key config that holds now: the file is read again when it was replaced.

- What the file offers is verified and remembered as at the start; what is refused
  changes nothing and is logged once: this process goes on with what it had.
- While the database does not answer, the same file is tried again.
- Another key version needs a key of its own (c_v) and so a restart: it is refused here.

Proven by tests/contract/test_index_starts.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

from keys.config import KeyConfig
from keys.reminding import Reminder
from keys.security.events import SecurityEvent, SecurityLog, code_of
from keys.watching import Watched
from signal_index.errors import CommitUnknown, DatabaseUnavailable, KeyConfigUnusable

LOOK_SECONDS: Final = 1.0

Accept = Callable[[], Awaitable[KeyConfig]]
Clock = Callable[[], datetime]


class KeyConfigView:
    """Gives the key config in use."""

    def __init__(self, config: KeyConfig) -> None:
        self.current = config

    async def take_up(self, accept: Accept, log: SecurityLog) -> bool:
        """Use what `accept` gives, if it holds; False when it must be tried again."""
        try:
            self.current = await accept()
        except (DatabaseUnavailable, CommitUnknown):
            return False
        except KeyConfigUnusable as refusal:
            reason = code_of(refusal.__cause__ or refusal)
            log.write(SecurityEvent.KEY_CONFIG_REFUSED, reason=reason)
            return True
        config = self.current
        log.write(
            SecurityEvent.KEY_CONFIG_TAKEN_UP, serial=config.serial, epoch=config.epoch
        )
        return True


@asynccontextmanager
async def following(
    view: KeyConfigView,
    watched: Watched,
    accept: Accept,
    log: SecurityLog,
    clock: Clock,
) -> AsyncIterator[None]:
    """Look every second whether the file was replaced, until the block ends.

    It says too when the config in use comes to its end.
    """
    following = asyncio.create_task(_follow(view, watched, accept, log, clock))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _follow(
    view: KeyConfigView,
    watched: Watched,
    accept: Accept,
    log: SecurityLog,
    clock: Clock,
) -> None:
    is_due, reminder = False, Reminder(log, clock)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        is_due = watched.has_changed() or is_due
        if is_due:
            is_due = not await view.take_up(accept, log)
        reminder.remind(view.current)
