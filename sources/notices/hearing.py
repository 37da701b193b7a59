"""Hear what came back: fetched, told, and the cases of matches named for the desk.

None of it may hold up what is delivered: what fails is logged, and done the next time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import httpx

from keys.case_seal import CaseKey
from sources.agency_keys import read_case_key
from sources.errors import SourceError
from sources.events import Event, log_event
from sources.matches import NamingIndex, name_cases
from sources.notice_settings import NoticesRow
from sources.notices.fetching import NoticeIndex, fetch
from sources.notices.telling import Teller
from sources.outbox.notices import find_moment
from sources.outbox.store import Outbox

_MISSED: Final = 3
"""After so many times that an agent would have fetched, there is none."""


class HearingIndex(NoticeIndex, NamingIndex, Protocol):
    """The index, as far as it tells what came back."""


@dataclass(slots=True)
class Hearing:
    """What hearing takes. `owes_names`: cases of matches may still have no name."""

    outbox: Outbox
    client: httpx.AsyncClient
    row: NoticesRow
    source: str
    now: Callable[[], datetime]
    owes_names: bool = True

    async def hear_unless_just_done(self, index: HearingIndex) -> bool:
        """Hear where no agent does it, and give whether we know what there is now.

        What an agent just fetched it also tells: by mail nothing goes twice.
        """
        heard = find_moment(self.outbox, "heard")
        every = timedelta(seconds=self.row.every_seconds)
        if heard is not None and self.now() - heard < _MISSED * every:
            return True
        return await self.hear(index)

    async def hear(self, index: HearingIndex) -> bool:
        """Fetch what came back, tell it, and name the cases of matches.

        Names are given at the start, after a failure, and when anything came: a cover
        too, so that asking for matches says nothing of whether there are any. Gives
        whether the index was heard.
        """
        try:
            case_key = read_case_key(self.row.case_key)
            heard = await fetch(self.outbox, index, self.source, case_key, self.now)
        except SourceError as error:
            log_event(Event.NOTICES_UNHEARD, error=type(error).__name__)
            return False
        self.owes_names = self.owes_names or heard.came > 0
        if heard.new:
            log_event(Event.NOTICES_HEARD, count=heard.new)
        await Teller(self.outbox, self.client, self.row, self.source, self.now).tell()
        if self.owes_names:
            await self._name(index, case_key)
        return True

    async def _name(self, index: HearingIndex, case_key: CaseKey | None) -> None:
        try:
            count = await name_cases(self.outbox, index, self.source, case_key)
        except SourceError as error:
            log_event(Event.MATCHES_UNNAMED, error=type(error).__name__)
            return
        self.owes_names = False
        if count:
            log_event(Event.MATCHES_NAMED, count=count)
