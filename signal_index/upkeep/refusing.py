"""Tells the key holders whom to refuse: who is suspended here, or ended.

The whole list goes to each holder every fifteen seconds, signed with the key by which
holders know this index; a holder keeps it. One that does not take it is named in the
log, once, until it does. Where they are is read again when the settings are replaced.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from keys.jose import PrivateKey
from keys.refused import sign_refused
from signal_index.events import Event
from signal_index.store.connect import reading
from signal_index.store.endings import find_refused

TELL_SECONDS = 15.0
PATIENCE_SECONDS = 5.0


@dataclass
class Refusing:
    """Where the holders are, and which of them did not take the last list."""

    engine: AsyncEngine
    find_key: Callable[[datetime], PrivateKey]
    find_holders: Callable[[], Mapping[str, str]]
    client: httpx.AsyncClient
    log: EventLog
    clock: Callable[[], datetime]
    silent: set[str] = field(default_factory=set)

    async def tell(self) -> None:
        """Tell every holder, all at once; one that is silent holds up nobody."""
        async with reading(self.engine) as conn:
            accounts = await find_refused(conn)
        now = self.clock()
        statement = sign_refused(self.find_key(now), accounts, now=now)
        holders = self.find_holders()
        self.silent &= holders.keys()
        await asyncio.gather(
            *(self._tell(one, url, statement) for one, url in holders.items())
        )

    async def _tell(self, holder: str, url: str, statement: str) -> None:
        try:
            answer = await self.client.put(
                f"{url}/v1/refused",
                json={"statement": statement},
                timeout=PATIENCE_SECONDS,
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            if holder not in self.silent:
                kind = type(error).__name__
                self.log.write(Event.HOLDER_UNTOLD, holder=holder, kind=kind)
            self.silent.add(holder)
            return
        if holder in self.silent:
            self.log.write(Event.HOLDER_TOLD, holder=holder)
        self.silent.discard(holder)
