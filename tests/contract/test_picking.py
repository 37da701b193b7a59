"""Which lookups are picked for review, and which are not; on both databases."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.identifiers import new_uuid7
from signal_index.ledger import (
    ENTROPY_BYTES,
    DecisionGroup,
    EntryFacts,
    Kind,
    Outcome,
    RoleGroup,
    WhyGroup,
    build_entry,
)
from signal_index.store.acts import Recorder
from signal_index.store.connect import (
    DatabaseRole,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.daily_runs import DailyJob, note_done
from signal_index.store.ledger import insert_entries
from signal_index.store.outcomes import LookupOutcome, store_outcome
from signal_index.store.picking import SeenLookup
from signal_index.upkeep.picking import Picking
from tests.ledger_builders import a_person, a_shown
from tests.store_builders import (
    DATABASES,
    MUNICIPALITY,
    NOW,
    SOURCE,
    FakeClock,
    a_store,
    database_url,
    register_source,
    some_year_keys,
)

pytestmark = pytest.mark.anyio
KEYS = some_year_keys()
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # eleven o'clock here
THURSDAY, SUNDAY = FRIDAY - timedelta(days=1), datetime(2026, 11, 15, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def nobody_but_the_first(
    among: Sequence[SeenLookup], most: int
) -> Sequence[SeenLookup]:
    return among[:most]


_SAID: dict[bool | None, list[str | None]] = {
    True: ["contact-made"],
    False: [],
    None: ["not-needed", None],
}


@dataclass
class Town:
    """A ledger with lookups, and the upkeep that picks in its own role."""

    owner: AsyncEngine
    picking: Picking
    followed: list[UUID] = field(default_factory=list)

    async def look_up(
        self,
        at: datetime,
        *,
        user: str = "user-1",
        person: int = 1,
        case: str | None = "case-1",
        outcome: Outcome = Outcome.ANSWERED,
        followed: bool | None = True,  # None: said, and taken back
        flags: int = 1,
        repeat: bool = False,
    ) -> UUID:
        facts = EntryFacts(
            entry=new_uuid7(at),
            kind=Kind.LOOKUP,
            recorded_at=at,
            outcome=outcome,
            organisation=SOURCE,
            municipality=MUNICIPALITY,
            activity="lookup-wmo-onderzoek",
            person=a_person(1, person.to_bytes(32)),
            who=user,
            role=RoleGroup(("generalist",)),
            why=WhyGroup("wmo-onderzoek", "wmo-2015-2.3.2", case),
            what=a_shown(flags if outcome is Outcome.ANSWERED else 0),
            decision=DecisionGroup(outcome, repeat=repeat),
        )
        key = KEYS.get_disclosure_key(at.year)
        entropy = secrets.token_bytes(ENTROPY_BYTES)
        async with transaction(self.owner) as conn:
            await insert_entries(conn, [build_entry(facts, entropy=entropy, key=key)])
            for code in _SAID[followed]:
                said = LookupOutcome(facts.entry, 0, MUNICIPALITY, code, uuid4())
                await store_outcome(conn, said, KEYS.disclosures)
        return facts.entry

    async def pick(self) -> dict[UUID, set[str]]:
        await self.picking.run()
        async with reading(self.owner) as conn:
            rows = await conn.execute(
                text(
                    "SELECT entry_id, rule FROM review "
                    "JOIN review_ground ON review_id = review.id"
                )
            )
            found: dict[UUID, set[str]] = {}
            for entry, rule in rows:
                found.setdefault(UUID(str(entry)), set()).add(rule)
        return found

    async def count(self, what: str) -> int:
        async with reading(self.owner) as conn:
            found = await conn.scalar(text(f"SELECT count(*) FROM {what}"))  # noqa: S608 - ours
        return int(found or 0)


@pytest.fixture(params=DATABASES)
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as owner:
        async with transaction(owner) as conn:
            await register_source(conn)
        engine = open_engine(url, DatabaseRole.UPKEEP)
        clock = FakeClock(NOW)
        recorder = Recorder(KEYS, "upkeep", clock)
        yield Town(owner, Picking(engine, recorder, clock, nobody_but_the_first))
        await engine.dispose()


async def test_one_in_a_hundred_is_picked_whatever_it_is(town: Town) -> None:
    entries = [
        await town.look_up(FRIDAY + n * MINUTE, person=n, case=f"case-{n}")
        for n in range(1, 103)
    ]
    picked = await town.pick()
    assert picked == {entries[0]: {"sample"}, entries[1]: {"sample"}}


async def test_a_lookup_in_the_evening_is_picked(town: Town) -> None:
    ordinary = await town.look_up(FRIDAY)
    evening = await town.look_up(FRIDAY + 9 * HOUR, person=2)
    picked = await town.pick()
    assert "off-hours" in picked[evening]
    assert picked[ordinary] == {"sample"}


async def test_a_person_whom_a_colleague_looked_up_is_picked(town: Town) -> None:
    await town.look_up(FRIDAY - timedelta(days=20), user="user-2", case="case-2")
    later = await town.look_up(FRIDAY)
    picked = await town.pick()
    assert "colleague-before" in picked[later]


@pytest.mark.parametrize(
    "earlier",
    [
        {"user": "user-1", "case": "case-2"},
        {"user": "user-2", "case": "case-1"},
        {"user": "user-2", "case": "case-2", "person": 2},
    ],
    ids=["by the same user", "for the same case", "of another person"],
)
async def test_what_is_ordinary_work_is_not_picked_for_that(
    town: Town, earlier: dict[str, object]
) -> None:
    await town.look_up(THURSDAY, **earlier)  # type: ignore[arg-type]  # one of three ways
    later = await town.look_up(FRIDAY)
    picked = await town.pick()
    assert "colleague-before" not in picked[later]


async def test_longer_ago_than_a_month_is_not_picked_for_that(town: Town) -> None:
    await town.look_up(FRIDAY - timedelta(days=32), user="user-2", case="case-2")
    later = await town.look_up(FRIDAY)
    assert "colleague-before" not in (await town.pick())[later]


async def test_allowed_within_an_hour_after_a_refusal_is_picked(town: Town) -> None:
    refused = await town.look_up(FRIDAY, outcome=Outcome.REFUSED, followed=False)
    allowed = await town.look_up(FRIDAY + 5 * MINUTE)
    picked = await town.pick()
    assert "refused-first" in picked[allowed]
    assert refused not in picked


async def test_allowed_two_hours_after_a_refusal_is_not(town: Town) -> None:
    await town.look_up(FRIDAY, outcome=Outcome.REFUSED, followed=False)
    allowed = await town.look_up(FRIDAY + 2 * HOUR)
    assert "refused-first" not in (await town.pick())[allowed]


@pytest.mark.parametrize("followed", [False, None])
async def test_what_nobody_followed_up_in_two_weeks_or_took_back_is_picked(
    town: Town, *, followed: bool | None
) -> None:
    silent = await town.look_up(FRIDAY - timedelta(days=14), followed=followed)
    assert "no-outcome" in (await town.pick())[silent]


async def test_one_flag_of_two_is_enough_to_have_followed_up(town: Town) -> None:
    first = await town.look_up(FRIDAY - timedelta(days=14), flags=2)
    assert "no-outcome" not in (await town.pick()).get(first, set())


async def test_nobody_has_to_say_what_came_of_a_miss(town: Town) -> None:
    miss = await town.look_up(FRIDAY - timedelta(days=14), followed=False, flags=0)
    assert "no-outcome" not in (await town.pick()).get(miss, set())


async def test_what_was_asked_again_is_one_lookup_to_follow_up(town: Town) -> None:
    day = FRIDAY - timedelta(days=14)
    silent, said = day, day + HOUR
    first = await town.look_up(silent, followed=False)
    again = await town.look_up(silent + MINUTE, followed=False, repeat=True)
    followed = await town.look_up(said, case="case-2")
    repeat = await town.look_up(
        said + MINUTE, case="case-2", followed=False, repeat=True
    )
    missed = await town.look_up(said + HOUR, case="case-3", followed=False, flags=0)
    shown = await town.look_up(
        said + HOUR + MINUTE, case="case-3", followed=False, repeat=True
    )
    picked = await town.pick()
    found = {one for one, rules in picked.items() if "no-outcome" in rules}
    assert found == {first, shown}, (again, followed, repeat, missed)


async def test_what_was_looked_up_again_in_its_case_is_one_call(town: Town) -> None:
    day = FRIDAY - timedelta(days=14)
    await town.look_up(day, followed=False)
    await town.look_up(day + timedelta(days=3))
    others = {
        await town.look_up(day + HOUR, person=2, followed=False),
        await town.look_up(day + HOUR, user="user-2", followed=False),
    }
    picked = await town.pick()
    found = {one for one, rules in picked.items() if "no-outcome" in rules}
    assert found == others


async def test_within_two_weeks_there_is_still_time(town: Town) -> None:
    recent = await town.look_up(FRIDAY, followed=False)
    assert "no-outcome" not in (await town.pick())[recent]


async def test_who_asks_far_more_than_the_others_is_looked_at(town: Town) -> None:
    for n in range(45):
        await town.look_up(SUNDAY - 48 * HOUR + n * MINUTE, person=n, user="busy")
    for n, user in enumerate(("user-2", "user-3", "user-4")):
        await town.look_up(SUNDAY - 72 * HOUR, person=90 + n, user=user)
    picked = await town.pick()
    assert sum("volume" in rules for rules in picked.values()) == 3


async def test_no_rule_fills_the_queue(town: Town) -> None:
    for n in range(30):
        await town.look_up(FRIDAY + 9 * HOUR + n * MINUTE, person=n, case=f"case-{n}")
    picked = await town.pick()
    assert sum("off-hours" in rules for rules in picked.values()) == 2


async def test_a_day_is_gone_through_once(town: Town) -> None:
    await town.look_up(FRIDAY)
    first = await town.pick()
    days = await town.count("daily_run")
    assert await town.pick() == first
    assert await town.count("daily_run") == days == 28


async def test_a_clock_that_was_ahead_keeps_no_day_from_being_gone_through(
    town: Town,
) -> None:
    async with transaction(town.owner) as conn:
        for ahead in (NOW, NOW + timedelta(days=20)):
            await note_done(conn, DailyJob.PICK, MUNICIPALITY, ahead.date())
    await town.pick()
    assert await town.count("daily_run") == 28


async def test_today_waits_until_it_is_over(town: Town) -> None:
    entry = await town.look_up(NOW - HOUR)
    assert entry not in await town.pick()
    assert isinstance(town.picking.clock, FakeClock)
    town.picking.clock.move(timedelta(days=1))
    assert entry in await town.pick()


async def test_each_day_is_recorded_whether_anything_was_picked_or_not(
    town: Town,
) -> None:
    await town.look_up(FRIDAY)
    await town.look_up(THURSDAY, person=2)
    await town.pick()
    days = await town.count("daily_run")
    assert await town.count("ledger_entry WHERE kind = 'review'") == days > 2
    one_length = "SELECT count(DISTINCT length(sealed)) FROM ledger_disclosure"
    assert await town.count(f"({one_length}) AS lengths") == 1


async def test_another_municipality_is_not_picked_here(town: Town) -> None:
    async with transaction(town.owner) as conn:
        await conn.execute(
            text(
                "INSERT INTO organisation (oin, name, kind, municipality, "
                "registered_at) VALUES ('00000001000000000099', 'Elders', "
                "'municipality', '9902', '2026-01-01 00:00:00.000000+00')"
            )
        )
    await town.look_up(FRIDAY)
    await town.pick()
    assert await town.count("review WHERE municipality = '9901'") == 1
    assert await town.count("review WHERE municipality = '9902'") == 0
