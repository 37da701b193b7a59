"""From two sources of one person to whom to call: read, named for the desk, answered.

Index, publisher and what the agency runs are real; only the network is not.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from keys.bsn import parse_bsn
from keys.case_seal import CaseKey
from sources.cli import matches as command
from sources.errors import InvalidAgencySettings, MatchRefused
from sources.matches import fetch_matches, name_match, say_of_match
from sources.notices.words import say
from sources.outbox.notices import find_notices
from sources.profile import parse_profile
from tests.agency_world import Town, open_agency
from tests.match_builders import open_matching, read_matches, run_matches
from tests.match_builders import say as say_there
from tests.sources_builders import PROFILE, a_number, a_row, write_rows

pytestmark = pytest.mark.anyio
_TEXT = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
OWN_PROFILE = parse_profile(_TEXT.replace('["9901", "9902"]', '["9901"]'))
KEY = CaseKey(bytes(range(32)))
CASE = "KB-2026-0042"
PERSON = a_number(1)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which debt help and income support know one person."""
    async with open_agency(tmp_path) as opened:
        world = opened.world
        await open_matching(world)
        file = write_rows(tmp_path / "delivery.csv", [a_row(Zaak=CASE, BSN=PERSON)])
        await opened.publish(file, OWN_PROFILE)
        await world.publish(world.income_support, [parse_bsn(PERSON)])
        assert await run_matches(world) == 1
        yield opened


async def test_an_agency_hears_of_it_names_its_case_and_answers(town: Town) -> None:
    world, oin = town.world, town.world.debt_help.oin
    assert await town.hear(KEY) == 1
    async with town.at_index() as (outbox, index):
        (kept,) = find_notices(outbox)
        assert kept.cases == (CASE,)
        assert "Een andere organisatie helpt deze inwoner ook." in say(kept.said)
        (own,) = (await fetch_matches(index, oin)).items
        assert own.case is not None
        assert KEY.open(own.reference, own.case) == CASE
        (theirs,) = await read_matches(world, world.income_support)
        assert theirs["case"] is None
        led = await say_of_match(index, oin, name_match(own), "take-lead")
        assert (led.lead, led.step) == ("own", 1)
        start = str(own.id)[:8]
        for unknown in (start, "ffffffff.1", f"{start}.x", f"{start[:7]}.1", ".1"):
            with pytest.raises(InvalidAgencySettings, match="geen match"):
                await say_of_match(index, oin, unknown, "agreed")


async def test_what_the_other_side_said_since_the_list_was_read_is_not_passed_over(
    town: Town,
) -> None:
    world, oin = town.world, town.world.debt_help.oin
    async with town.at_index() as (_, index):
        (own,) = (await fetch_matches(index, oin)).items
        (theirs,) = await read_matches(world, world.income_support)
        assert (await say_there(world, world.income_support, theirs, "done")).is_success
        with pytest.raises(MatchRefused, match="Er is niets veranderd"):
            await say_of_match(index, oin, name_match(own), "take-lead")
        (own,) = (await fetch_matches(index, oin)).items
        with pytest.raises(MatchRefused, match="klaar"):
            await say_of_match(index, oin, name_match(own), "take-lead")


async def test_a_stolen_outbox_pairs_nobody_with_another_organisation(
    town: Town,
) -> None:
    await town.hear(KEY)
    async with town.at_index() as (outbox, index):
        oin = town.world.debt_help.oin
        (own,) = (await fetch_matches(index, oin)).items
        (kept,) = find_notices(outbox)
        assert own.partner.organisation not in repr(kept.said)
        stored = "\n".join(outbox.connection.iterdump())
    for told in (str(own.id), own.partner.organisation, CASE):
        assert told not in stored
        assert told.encode().hex().upper() not in stored


async def test_the_list_says_whom_to_call_and_what_is_late(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    async with town.at_index() as (_, index):
        (own,) = (await fetch_matches(index, town.world.debt_help.oin)).items
    other = {"reference": uuid4(), "isOverdue": True, "lead": "other", "step": 1}
    late = own.model_copy(update=other)
    over = own.model_copy(update={"stage": "done", "lastStepBy": "other"})
    command._show([(own, CASE), (late, "")], 2, [over])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{str(own.id)[:8]}.0 Zaak: {CASE}" in said
    assert "Helpt ook: Bureau income-support" in said
    assert "niemand neemt nog het voortouw" in said
    assert f"{str(own.id)[:8]}.1 te laat: in tien werkdagen is er niets gezegd" in said
    assert "Bureau income-support neemt het voortouw" in said
    assert f"`signal-source find {late.reference} --file" in said
    assert "want klaar: 1 volgens Bureau income-support. Zie ze met --all." in said
    assert "Matches die de index niet kan openen: 2." in said
    written = json.loads(command._write_json([(own, CASE)], 2))
    assert (written["items"][0]["case"], written["unreadable"]) == (CASE, 2)
