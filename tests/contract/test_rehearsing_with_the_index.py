"""An agency rehearses against the real index: twenty cases, and nothing is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from signal_index.store.connect import reading, transaction
from signal_index.wire.rehearsals import CaseResult, RehearsalCase
from signal_index.wire.sources import SourceState
from sources.errors import RehearsalRefused
from sources.profile import parse_profile
from sources.rehearsing.persons import TEST_PERSONS
from sources.rehearsing.running import Rehearsed
from tests.agency_world import Town, open_agency
from tests.sources_builders import PROFILE, a_row, write_rows
from tests.trial_builders import go_live, put_in_trial

pytestmark = pytest.mark.anyio
_TEXT = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
PROFILE_OF_TOWN = parse_profile(_TEXT.replace('["9901", "9902"]', '["9901"]'))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as opened:
        await put_in_trial(opened.world, opened.world.debt_help)
        yield opened


async def _rehearse(town: Town) -> Rehearsed:
    return await town.rehearse(lambda _: None)


async def _count(town: Town, table: str) -> int:
    async with reading(town.world.engine) as conn:
        found = await conn.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
        return int(found or 0)


async def test_all_twenty_cases_pass_and_nothing_is_left(town: Town) -> None:
    heard: list[CaseResult] = []
    done = await town.rehearse(heard.append)
    assert [one for one in done.cases if not one.passed] == []
    assert [one.case for one in heard] == list(RehearsalCase)
    assert (done.recorded.passed, done.recorded.ended) == (True, 3)
    assert await _count(town, "signal") == 0


async def test_real_deliveries_and_their_outbox_are_left_alone(town: Town) -> None:
    rows = [a_row(Zaak="Z-1", BSN="100000009"), a_row(Zaak="Z-2", BSN="100000010")]
    file = write_rows(town.folder / "delivery.csv", rows)
    await town.publish(file, PROFILE_OF_TOWN)
    assert (await _rehearse(town)).recorded.passed
    assert await _count(town, "signal") == 2
    assert (await town.reconcile()).equal


async def test_a_test_person_is_shown_to_nobody_while_it_stands(town: Town) -> None:
    shown: list[int] = []

    async def look() -> None:
        answers = await town.world.look_up(TEST_PERSONS)
        shown.append(sum(len(one["flags"]) for one in answers))

    town.world.index.standing.forget()
    await _rehearse(town)
    await look()
    await go_live(town.world, town.world.debt_help)
    await look()
    assert shown == [0, 0]


async def test_a_live_source_is_refused_before_anything_is_sent(town: Town) -> None:
    await go_live(town.world, town.world.debt_help)
    with pytest.raises(RehearsalRefused, match="live"):
        await _rehearse(town)
    assert await _count(town, "evidence") == 0


async def test_what_the_index_does_otherwise_fails_by_name(town: Town) -> None:
    """Somebody at the index makes it forget that a signal was withdrawn."""
    async with transaction(town.world.engine) as conn:
        await conn.execute(
            text(
                "CREATE TRIGGER forgets AFTER INSERT ON tombstone BEGIN "
                "DELETE FROM tombstone WHERE reference = new.reference; END"
            )
        )
    done = await _rehearse(town)
    failed = {one.case: one.seen for one in done.cases if not one.passed}
    assert failed == {RehearsalCase.LATE_COPY: "accepted"}
    assert not done.recorded.passed
    assert await _count(town, "signal") == 0


async def test_a_rehearsal_may_be_done_again(town: Town) -> None:
    first, second = await _rehearse(town), await _rehearse(town)
    assert first.recorded.passed
    assert second.recorded.passed
    assert first.recorded.entryId != second.recorded.entryId


async def test_the_source_sees_how_it_stands(town: Town) -> None:
    await _rehearse(town)
    token = town.world.a_source_token(town.world.debt_help)
    answer = await town.world.send("GET", "/own-registration", token)
    (own,) = answer.json()["sources"]
    assert (own["state"], own["lacks"]) == (SourceState.TRIAL.value, [])
    assert own["lastRehearsal"]["passed"] is True
