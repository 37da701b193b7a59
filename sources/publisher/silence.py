"""Say that a key holder is silent while one waits for it: a run is never dumb."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from keys.client import EVALUATION_SECONDS, Asked, EvaluationTransport, HolderAnswer
from keys.quorum import Watch
from sources.publisher.holder_words import say_waiting

SILENT_SECONDS: Final = 4.0
Given = TypeVar("Given")
Tell = Callable[[str], None]


class ToldTransport:
    """Asks holders through another transport; tells once of each that is silent."""

    def __init__(
        self,
        transport: EvaluationTransport,
        names: Mapping[int, str],
        tell: Tell,
        *,
        after: float = SILENT_SECONDS,
    ) -> None:
        self._transport = transport
        self._names = names
        self._tell = tell
        self._after = after
        self._told: set[int] = set()

    @property
    def watch(self) -> Watch:
        """Give what is remembered of the holders."""
        return self._transport.watch

    @property
    def config_places(self) -> Sequence[int]:
        """Give who serves the key config."""
        return self._transport.config_places

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        """Have points evaluated by one holder."""
        return await tell_while(
            self._transport.evaluate(holder, asked),
            lambda: self._tell_of(holder),
            after=self._after,
        )

    async def key_config(self, place: int) -> bytes:
        """Give the key config as a holder serves it."""
        return await self._transport.key_config(place)

    def _tell_of(self, holder: int) -> None:
        if holder not in self._told:
            self._told.add(holder)
            name = self._names.get(holder, str(holder))
            self._tell(say_waiting(name, EVALUATION_SECONDS))


async def tell_while(
    work: Awaitable[Given], tell: Callable[[], None], *, after: float
) -> Given:
    """Do the work; where it takes longer than so many seconds, tell so once."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=after)
        if not done:
            tell()
        return await task
    finally:
        task.cancel()
