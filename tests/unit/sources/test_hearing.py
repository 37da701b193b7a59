"""Hearing what came back, where no agent does it. The index is a fake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from keys.case_seal import new_case_secret
from keys.municipality import MunicipalityCode
from signal_index.wire.notices import (
    Acknowledgements,
    NoticesAsked,
    ReturnNotice,
    ReturnNotices,
)
from signal_index.wire.values import Oin
from sources.notice_settings import EventsRow, NoticesRow
from sources.notices.hearing import Hearing
from sources.outbox.notices import find_notices
from sources.outbox.store import Outbox, is_in_use
from sources.outbox_key import OutboxKey
from tests.contact_builders import as_it_is
from tests.sources_builders import SECRET

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OIN = Oin("00000001000000000011")


def a_notice(kind: str) -> ReturnNotice:
    """A notice without a signal: a cover, or of a match whose signal is gone."""
    return ReturnNotice(
        id=uuid4(),
        kind=kind,
        source=OIN,
        municipality=MunicipalityCode("9901"),
        madeIn=NOW,
        expires=date(2026, 12, 23),
        acknowledged=False,
        signals=[],
        lookedUp=None,
        outcome=None,
        outcomeLabel=None,
        saidAt=None,
        facts={},
    )


@dataclass
class FakeIndex:
    """Hands out what waits."""

    waiting: list[ReturnNotice] = field(default_factory=list)

    async def fetch_time(self) -> datetime:
        return NOW

    async def fetch_notices(
        self, cursor: UUID | None, state: NoticesAsked = "new"
    ) -> ReturnNotices:
        assert (cursor, state) == (None, "new")
        return ReturnNotices(items=self.waiting, next=None, unreadable=0, padding="")

    async def acknowledge(self, said: Acknowledgements) -> None:
        known = {one.id for one in said.notices}
        self.waiting = [one for one in self.waiting if one.id not in known]


@asynccontextmanager
async def a_hearing(folder: Path) -> AsyncIterator[Hearing]:
    key = folder / "case.key"
    key.touch(0o600)
    key.write_bytes(new_case_secret())
    row = NoticesRow(case_key=key)
    with Outbox(folder / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        async with httpx.AsyncClient() as client:
            yield Hearing(outbox, client, row, OIN, as_it_is, lambda: NOW)


async def test_what_came_a_second_after_the_last_look_is_heard_too(
    tmp_path: Path,
) -> None:
    """A correction that was entered since would be unsaid for a minute."""
    index = FakeIndex(waiting=[a_notice("match")])
    async with a_hearing(tmp_path) as hearing:
        for count in (1, 2):
            assert await hearing.hear(index)
            assert len(find_notices(hearing.outbox)) == count
            index.waiting = [a_notice("match")]


async def test_beside_an_agent_it_is_kept_and_told_by_the_agent_alone(
    tmp_path: Path,
) -> None:
    index = FakeIndex(waiting=[a_notice("match")])
    posted: list[httpx.Request] = []

    def post(request: httpx.Request) -> httpx.Response:
        posted.append(request)
        return httpx.Response(200)

    async with a_hearing(tmp_path) as made:
        client = httpx.AsyncClient(transport=httpx.MockTransport(post))
        row = NoticesRow(events=EventsRow(url="https://own.test/in"))
        hearing = replace(made, client=client, row=row)
        assert is_in_use(tmp_path / "outbox.sqlite")
        assert await hearing.hear(index, beside=True)
        assert (len(find_notices(hearing.outbox)), len(posted)) == (1, 0)
        assert await hearing.hear(index)
        assert len(posted) == 1
    assert not is_in_use(tmp_path / "outbox.sqlite")
