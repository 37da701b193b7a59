"""From a lookup to the agency's own case number: fetched, kept, shown at its desk.

Index, publisher and fetching are real; only the network is not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desk.agency.notices import list_shown
from keys.bsn import parse_bsn
from keys.case_seal import CaseKey
from signal_index.wire.model import parse_value
from signal_index.wire.notices import ReturnNotices
from sources.notices.words import say, say_whom_to_call
from sources.outbox.notices import find_notices, mark_done
from sources.profile import parse_profile
from tests.agency_world import Town, open_agency
from tests.contact_builders import a_call_back
from tests.notice_builders import lead, switch_on
from tests.source_administrators import an_administrator
from tests.sources_builders import PROFILE, a_number, a_row, write_rows

pytestmark = pytest.mark.anyio
_TEXT = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
OWN_PROFILE = parse_profile(_TEXT.replace('["9901", "9902"]', '["9901"]'))
KEY = CaseKey(bytes(range(32)))
CASE = "KB-2026-0042"
PERSON = a_number(1)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as opened:
        await switch_on(opened.world)
        file = write_rows(tmp_path / "delivery.csv", [a_row(Zaak=CASE, BSN=PERSON)])
        await opened.publish(file, OWN_PROFILE)
        yield opened


async def look_up(town: Town) -> None:
    await town.world.look_up([parse_bsn(PERSON)], callBack=a_call_back())
    await lead(town.world)


async def test_the_agency_reads_its_own_case_and_whom_to_call(town: Town) -> None:
    await look_up(town)
    assert await town.hear(KEY) == 1
    with town.outbox() as outbox:
        (kept,) = find_notices(outbox)
    assert kept.cases == (CASE,)
    assert "Gemeente Voorbeeld heeft gezien dat u betrokken bent" in say(kept.said)
    assert say_whom_to_call(kept.said) == "Wijkteam Oost, 0182 555 100"


async def test_what_was_heard_is_not_heard_again_and_can_be_put_away(
    town: Town,
) -> None:
    await look_up(town)
    await town.hear(KEY)
    assert await town.hear(KEY) == 0
    with town.outbox() as outbox:
        (kept,) = find_notices(outbox)
        assert mark_done(outbox, [kept.id]) == 1
        assert find_notices(outbox) == []
        assert len(find_notices(outbox, is_all=True)) == 1


async def test_the_agencys_desk_shows_the_case_and_the_index_cannot_read_it(
    town: Town,
) -> None:
    await look_up(town)
    await town.hear(KEY)
    world = town.world
    token = an_administrator(world, world.debt_help)
    answer = await world.send("GET", "/notices?state=all", token)
    assert CASE not in answer.text
    page = parse_value(ReturnNotices, answer.json())
    told = [one for one in page.items if one.kind != "cover"]
    (shown,) = list_shown(told, KEY)
    assert [(one.name, one.is_clear) for one in shown.cases] == [(CASE, True)]
    (closed,) = list_shown(told, CaseKey(bytes(32)))
    assert [(one.name, one.is_clear) for one in closed.cases] == [("", False)]


async def test_a_stolen_outbox_tells_no_case_and_nobody_who_looked(town: Town) -> None:
    await look_up(town)
    await town.hear(KEY)
    with sqlite3.connect(town.folder / "outbox.sqlite") as connection:
        rows = connection.execute("SELECT * FROM notice").fetchall()
    said = repr(rows)
    assert rows
    assert CASE not in said
    assert "Voorbeeld" not in said


async def test_covers_are_acknowledged_and_leave_nothing_behind(town: Town) -> None:
    await town.world.look_up([parse_bsn(a_number(9))])
    await lead(town.world)
    assert await town.hear(KEY) == 0
    with town.outbox() as outbox:
        assert find_notices(outbox, is_all=True) == []
    token = town.world.a_source_token(town.world.debt_help)
    answer = await town.world.send("GET", "/notices", token)
    assert answer.json()["items"] == []
