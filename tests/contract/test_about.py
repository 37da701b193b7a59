"""What anybody may know: kinds, laws, since when, how often, who holds and watches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from signal_index.api.about import quarter_before, sum_months
from signal_index.overview.counts import Counts
from tests.holders_builders import LOOKUP_OIN
from tests.report_builders import count_days, october_lookup, record_entries
from tests.trial_builders import take_back
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
NEXT_QUARTER = datetime(2027, 1, 15, 9, tzinfo=UTC)


async def about(world: World) -> dict[str, Any]:
    answer = await world.send("GET", f"/about/{LOOKUP_OIN}", "")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_it_says_what_is_kept_by_whom_for_what_by_which_law_since_when(
    world: World,
) -> None:
    told = await about(world)
    kinds = {one["label"]: one["sources"] for one in told["categories"]}
    assert kinds["Schuldhulpverlening"] == ["Bureau debt-help"]
    assert all(kinds.values())
    (purpose,) = [one for one in told["purposes"] if "Wgs" in one["label"]]
    assert purpose["laws"]
    assert date.fromisoformat(purpose["since"]) <= world.clock().date()
    assert purpose["openedBy"]
    assert told["holders"] == [one.id for one in world.index.key_config.holders]
    assert told["municipality"] == "9901"


async def test_a_source_in_trial_is_not_there(world: World) -> None:
    await take_back(world, world.debt_help)
    kinds = [one["label"] for one in (await about(world))["categories"]]
    assert kinds
    assert "Schuldhulpverlening" not in kinds


async def test_a_quarter_is_told_once_it_is_over_and_counted(world: World) -> None:
    entries = [october_lookup(number) for number in range(30)]
    await record_entries(world, entries)
    world.clock.moment = NEXT_QUARTER
    figures = (await about(world))["figures"]
    assert (figures["first"], figures["last"]) == ("2026-10-01", "2026-12-31")
    assert figures["lookups"] is None  # nobody counted it yet
    await count_days(world)
    world.clock.forward(timedelta(minutes=59))
    assert (await about(world))["figures"] == figures  # opened once an hour
    world.clock.forward(timedelta(minutes=2))
    told = (await about(world))["figures"]
    assert (told["lookups"], told["emergencies"]) == (30, 0)


async def test_a_month_of_few_hides_its_quarter(world: World) -> None:
    await record_entries(world, [october_lookup(number) for number in range(9)])
    world.clock.moment = NEXT_QUARTER
    await count_days(world)
    figures = (await about(world))["figures"]
    named = [figures[one] for one in ("lookups", "emergencies", "refusals")]
    assert named == [None, None, None]


@pytest.mark.parametrize("oin", ["00000001999999999000", "1"])
async def test_an_organisation_that_is_nobody_is_not_repeated(
    world: World, oin: str
) -> None:
    answer = await world.send("GET", f"/about/{oin}", "")
    assert answer.status_code == 400
    assert "organisation" in answer.text
    assert f'"{oin}"' not in answer.text


@pytest.mark.parametrize(
    ("today", "first"),
    [
        ("2027-01-01", "2026-10-01"),
        ("2026-12-31", "2026-07-01"),
        ("2026-04-01", "2026-01-01"),
        ("2026-03-31", "2025-10-01"),
    ],
)
async def test_the_quarter_before_is_the_last_that_is_over(
    today: str, first: str
) -> None:
    assert quarter_before(date.fromisoformat(today)) == date.fromisoformat(first)


async def test_a_quarter_of_nothing_is_nothing() -> None:
    assert sum_months([Counts(), Counts(), Counts()]) == (0, 0, 0)
