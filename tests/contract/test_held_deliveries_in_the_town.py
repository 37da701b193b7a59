"""What a generalist sees of a delivery that is held, approved, or made no sense.

The index, the holders and the publisher are real; only the network is not.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.bsn import parse_bsn
from signal_index.wire.deliveries import Hearing
from sources.errors import DeliveryHeld
from sources.profile import Profile
from tests.agency_world import HOME, Town, open_agency
from tests.sources_builders import (
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    approve_held,
)
from tests.sources_builders import write_rows as write

pytestmark = pytest.mark.anyio
COUNT = 12
ABSENT = 40


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        yield town


@pytest.fixture
def profile() -> Profile:
    return a_profile(category='"schuldhulpverlening"', municipalities=f'["{HOME}"]')


def rows(count: int = COUNT) -> list[dict[str, str]]:
    return [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, count + 1)]


async def find_shown(town: Town) -> list[int]:
    """Give of which numbers a generalist sees a flag, asked one by one."""
    return [n for n in range(1, COUNT + 3) if await town.find(a_number(n))]


async def find_source(town: Town) -> dict[str, Any]:
    """Give how fresh the agency's word is, as an answer about a stranger says."""
    (answer,) = await town.world.look_up([parse_bsn(a_number(ABSENT))])
    found: dict[str, Any] = next(
        one
        for one in answer["sources"]
        if one["category"] == "schuldhulpverlening" and one["lastHeard"]
    )
    return found


async def test_a_slipped_column_changes_no_flag_until_somebody_approves(
    town: Town, profile: Profile
) -> None:
    file = town.folder / "week.csv"
    await town.publish(write(file, rows()), profile)
    slipped = [
        each | {"BSN": a_number(n + 2)} for n, each in enumerate(rows(), start=1)
    ]
    with pytest.raises(DeliveryHeld):
        await town.publish(write(file, slipped), profile, approve=False)
    assert await find_shown(town) == [*range(1, COUNT + 1)]
    with town.outbox() as outbox:
        approve_held(outbox)
    await town.publish(file, profile)
    assert await find_shown(town) == [*range(3, COUNT + 3)]


async def test_an_agency_that_delivers_nonsense_becomes_late(
    town: Town, profile: Profile
) -> None:
    file = town.folder / "week.csv"
    await town.publish(write(file, rows(4)), profile)
    heard = await find_source(town)
    assert not heard["stale"]
    for _ in range(3):
        town.world.clock.forward(timedelta(days=6))
        broken = [each | {"BSN": a_wrong_number()} for each in rows(4)]
        done = await town.publish(write(file, broken), profile)
        assert done.hearing is Hearing.UNHEARD
        file.write_text(file.read_text() + "\n")
    late = await find_source(town)
    assert (late["lastHeard"], late["stale"]) == (heard["lastHeard"], True)
    assert await find_shown(town) == [1, 2, 3, 4]
