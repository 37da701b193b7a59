"""The key configs that hold now: the file is read again when it was replaced.

- What the file offers is verified and remembered as at the start; what is refused
  changes nothing and is logged once: this process goes on with what it had.
- While the database does not answer, the same file is tried again.
- Another key version needs a key of its own (c_v): it is refused until that lies there.
- Who asked under the config before finds its tickets good, as long as `keys.overlap`
  says, counted from the first pair under a newer one: kept in the database, so that no
  restart begins that time anew. And not for more than a week after that newer one was
  accepted.

Proven by tests/contract/test_index_starts.py and tests/attack/test_two_epochs.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.config import KeyConfig
from keys.overlap import Place, find_end
from keys.reminding import Reminder
from keys.security.events import SecurityEvent, SecurityLog, code_of
from keys.ticket import CLOCK_LEEWAY, TICKET_LIFETIME
from keys.watching import LOOK_SECONDS, Watched
from signal_index.errors import CommitUnknown, DatabaseUnavailable, KeyConfigUnusable

PASSING: Final = (DatabaseUnavailable, CommitUnknown)
"""While the database does not answer, the same file is tried again."""

LONGEST_OVERLAP: Final = timedelta(days=7)
"""For how long holders may wait with a config that the index accepted, before lookups
stop; and for how long a former ticket key is worth anything."""

Accept = Callable[[], Awaitable[KeyConfig]]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class FormerConfig:
    """A key config, and when this index accepted the one that follows it."""

    config: KeyConfig
    followed_at: datetime


class KeyConfigView:
    """Gives the key config in use, and those before it whose tickets are taken."""

    def __init__(
        self,
        config: KeyConfig,
        former: Sequence[FormerConfig] = (),
        asked: Mapping[Place, datetime] | None = None,
    ) -> None:
        """Begin with what the database remembers; `asked`: of each first pair."""
        self.current = config
        self._former = list(former)
        self._asked = dict(asked or {})

    def list_accepted(self, now: datetime) -> list[KeyConfig]:
        """Give the configs whose tickets are taken now, the one in use first."""
        former = (one.config for one in self._former if self._is_accepted(one, now))
        return [self.current, *former]

    def has_asked(self, place: Place) -> bool:
        """Tell whether it is known when the first pair came under a sharing."""
        return place in self._asked

    def note_asked(self, asked: Mapping[Place, datetime]) -> None:
        """Know from now on when the first pair came under each sharing, as is kept."""
        self._asked |= asked

    def _is_accepted(self, one: FormerConfig, now: datetime) -> bool:
        if now >= min(one.followed_at + LONGEST_OVERLAP, one.config.valid_until):
            return False
        end = find_end(one.config.place, self._asked.items())
        # Given at the last moment, a ticket lives on.
        return end is None or now < end + TICKET_LIFETIME + CLOCK_LEEWAY

    def _use(self, config: KeyConfig, now: datetime) -> None:
        if config.place != self.current.place:
            self._former.insert(0, FormerConfig(self.current, now))
        self.current = config

    async def take_up(
        self, watched: Watched, accept: Accept, log: SecurityLog, now: datetime
    ) -> None:
        """Use what `accept` gives, if it holds; else it is told, as `Watched` says."""

        def tell(refusal: Exception) -> None:
            reason = code_of(refusal.__cause__ or refusal)
            log.write(SecurityEvent.KEY_CONFIG_REFUSED, reason=reason)

        with watched.reading(tell, KeyConfigUnusable, *PASSING):
            self._use(await accept(), now)
            config = self.current
            log.write(
                SecurityEvent.KEY_CONFIG_TAKEN_UP,
                serial=config.serial,
                epoch=config.epoch,
            )


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
    reminder = Reminder(log, clock)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if watched.has_changed():
            await view.take_up(watched, accept, log, clock())
        reminder.remind(view.current)
