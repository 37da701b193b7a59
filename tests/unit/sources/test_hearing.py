"""Hearing what came back: that matches are read says nothing of whether there are any.

The index is a fake; it counts how often its matches are read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from keys.case_seal import new_case_secret
from keys.municipality import MunicipalityCode
from signal_index.wire.matches import MatchCase, Matches
from signal_index.wire.notices import Acknowledgements, ReturnNotice, ReturnNotices
from signal_index.wire.values import Oin
from sources.errors import IndexRefused
from sources.notice_settings import NoticesRow
from sources.notices.hearing import Hearing
from sources.outbox.notices import find_notices
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
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
    """Hands out what waits, and counts how often matches are read."""

    waiting: list[ReturnNotice] = field(default_factory=list)
    reads: int = 0
    refuses: bool = False
    named: dict[UUID, str] = field(default_factory=dict)

    async def fetch_notices(self, cursor: UUID | None) -> ReturnNotices:
        assert cursor is None
        return ReturnNotices(items=self.waiting, next=None, unreadable=0, padding="")

    async def acknowledge(self, said: Acknowledgements) -> None:
        known = {one.id for one in said.notices}
        self.waiting = [one for one in self.waiting if one.id not in known]

    async def fetch_matches(self, cursor: UUID | None) -> Matches:
        assert cursor is None
        self.reads += 1
        if self.refuses:
            raise IndexRefused(503, "server-fault")
        return Matches(items=[], next=None, unreadable=0, closedDays=[], padding="")

    async def name_match(self, match: UUID, said: MatchCase) -> None:
        self.named[match] = said.sealed


@asynccontextmanager
async def a_hearing(folder: Path) -> AsyncIterator[Hearing]:
    key = folder / "case.key"
    key.touch(0o600)
    key.write_bytes(new_case_secret())
    row = NoticesRow(case_key=key)
    with Outbox(folder / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        async with httpx.AsyncClient() as client:
            yield Hearing(outbox, client, row, OIN, lambda: NOW)


async def test_matches_are_read_at_the_start_and_when_anything_came(
    tmp_path: Path,
) -> None:
    index = FakeIndex()
    async with a_hearing(tmp_path) as hearing:
        for _ in range(3):
            await hearing.hear(index)
        assert index.reads == 1
        index.waiting = [a_notice("cover")]
        await hearing.hear(index)
        await hearing.hear(index)
    assert index.reads == 2


async def test_what_failed_is_read_again_and_holds_up_no_notice(
    tmp_path: Path,
) -> None:
    index = FakeIndex([a_notice("match")], refuses=True)
    async with a_hearing(tmp_path) as hearing:
        await hearing.hear(index)
        assert [one.kind for one in find_notices(hearing.outbox)] == ["match"]
        index.refuses = False
        for _ in range(3):
            await hearing.hear(index)
    assert index.reads == 2


async def test_by_hand_it_is_heard_too_unless_an_agent_just_did(tmp_path: Path) -> None:
    """Who delivers by hand has no agent, and asks for what came back itself."""
    index = FakeIndex(waiting=[a_notice("match")])
    async with a_hearing(tmp_path) as hearing:
        assert await hearing.hear_unless_just_done(index)
        assert len(find_notices(hearing.outbox)) == 1
        index.waiting = [a_notice("match")]
        assert await hearing.hear_unless_just_done(index)
        assert len(index.waiting) == 1
