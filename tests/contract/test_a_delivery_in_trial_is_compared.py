"""What closes a delivery in trial compares both sides, and says who sees its flags."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import text

from signal_index.store.connect import transaction
from sources.cli.comparing import Tried, compare_in_trial, describe_tried
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.standing import keep_registration
from sources.settings import AgencySettings
from tests.agency_world import Town, open_agency
from tests.contract.test_rehearsing_with_the_index import PROFILE_OF_TOWN
from tests.sources_builders import a_number, a_row, write_rows
from tests.trial_builders import go_live, put_in_trial

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as opened:
        await put_in_trial(opened.world, opened.world.debt_help)
        yield opened


async def deliver(town: Town, count: int = 2) -> OpenDelivery:
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(count)]
    return await town.publish(write_rows(town.folder / "f.csv", rows), PROFILE_OF_TOWN)


async def compare(town: Town, *closed: OpenDelivery) -> Tried:
    """As `publish` does, which has just asked how the index knows us."""
    source = town.world.debt_help.oin
    settings = cast("AgencySettings", SimpleNamespace(source=source))
    async with town.at_index() as (outbox, index):
        keep_registration(outbox, await index.fetch_registration(), town.now())
        return await compare_in_trial(outbox, index, town.sender, settings, closed)


async def test_equal_is_said_with_what_going_live_lacks(town: Town) -> None:
    done = await deliver(town)
    tried = await compare(town, done)
    assert tried.is_equal is True
    assert tried.says[0] == "Gelijk: 2 signalen zijn bevestigd, en er is geen ander."
    assert "niemand ziet haar vlaggetjes nog" in tried.says[1]
    assert "nog niet geoefend" in tried.says[1]
    await town.rehearse(lambda _: None)
    tried = await compare(town, done)
    assert "Er mist niets meer. Vraag de beheerder" in tried.says[1]
    assert describe_tried(tried) == {"inTrial": True, "equal": True}


async def test_what_the_index_has_otherwise_is_not_called_equal(town: Town) -> None:
    done = await deliver(town)
    async with transaction(town.world.engine) as conn:
        one = "(SELECT min(reference) FROM signal)"
        await conn.execute(text(f"DELETE FROM signal WHERE reference = {one}"))  # noqa: S608 - ours
    tried = await compare(town, done)
    assert tried.is_equal is False
    assert "Ontbraken bij de index: 1." in tried.says[0]


async def test_where_too_much_would_be_withdrawn_nothing_is_and_that_is_said(
    town: Town,
) -> None:
    done = await deliver(town, 12)
    with town.outbox() as outbox:
        outbox.connection.execute("DELETE FROM signal")
        outbox.connection.execute("DELETE FROM registration")
    tried = await compare(town, done)
    assert tried.is_equal is None
    assert tried.says[0].startswith("Niet vergeleken met de index.")


async def test_of_a_source_that_is_live_nothing_is_said_or_compared(
    town: Town,
) -> None:
    done = await deliver(town)
    await go_live(town.world, town.world.debt_help)
    assert await compare(town, done) == Tried()
