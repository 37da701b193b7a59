"""An agency and the real index: what was refused, mistimed or lost is mended."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from signal_index.notice import Batch, sign_batch
from signal_index.wire.signals import BatchBody
from signal_index.wire.values import Oin
from sources.errors import (
    ClockDiffers,
    IndexRefused,
    NotRegistered,
    OutboxElsewhere,
    OutboxOutdated,
    OutboxReplaced,
    OutboxUnsure,
    SourceError,
)
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.renaming import rename_profile
from sources.profile import Profile, parse_profile
from sources.publisher.admission import live_beside
from tests.agency_world import Town, open_agency
from tests.sources_builders import PROFILE, a_number, a_row, write_rows

pytestmark = pytest.mark.anyio
COUNT = 6


def a_town_profile(name: str = "test") -> Profile:
    text = PROFILE.replace('"9901", "9902"', '"9901"').replace('"test"', f'"{name}"')
    return parse_profile(text.replace('"bijstand"', '"schuldhulpverlening"'))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        yield town


async def deliver(
    town: Town, profile: Profile, *, persons: range = range(1, COUNT + 1)
) -> OpenDelivery:
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in persons]
    return await town.publish(write_rows(town.folder / "file.csv", rows), profile)


async def count_flags(town: Town, persons: range = range(1, COUNT + 1)) -> list[int]:
    return [len(await town.find(a_number(n))) for n in persons]


@pytest.mark.parametrize(
    ("category", "municipality", "refused", "says"),
    [
        ("leerplicht", "9901", NotRegistered, "leerplicht in gemeente 9901"),
        ("schuldhulpverlening", "9902", IndexRefused, "gemeente uit het profiel"),
    ],
)
async def test_a_wrong_profile_is_mended_and_goes_through(
    town: Town,
    category: str,
    municipality: str,
    refused: type[SourceError],
    says: str,
) -> None:
    text = PROFILE.replace('"9901", "9902"', f'"{municipality}"')
    wrong = parse_profile(text.replace('"bijstand"', f'"{category}"'))
    with pytest.raises(refused, match=says):
        await deliver(town, wrong)
    done = await deliver(town, a_town_profile())
    assert done.counts.accepted == COUNT
    assert await count_flags(town) == [1] * COUNT


@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=30), timedelta(days=3), timedelta(days=400)]
)
async def test_a_clock_ahead_for_one_run_loses_and_orphans_nothing(
    town: Town, ahead: timedelta
) -> None:
    await deliver(town, a_town_profile())
    town.ahead = ahead
    with pytest.raises(ClockDiffers):
        await deliver(town, a_town_profile(), persons=range(2, COUNT + 2))
    with pytest.raises(ClockDiffers):
        await town.reconcile(confirmed=True)
    town.ahead = timedelta()
    assert (await town.reconcile()).equal
    done = await deliver(town, a_town_profile(), persons=range(2, COUNT + 2))
    assert (done.counts.accepted, done.counts.withdrawn) == (1, 1)
    assert await count_flags(town, range(1, COUNT + 2)) == [0, *[1] * COUNT]


async def test_a_renamed_profile_takes_its_signals_over(town: Town) -> None:
    await deliver(town, a_town_profile())
    with town.outbox() as outbox:
        rename_profile(outbox, "test", "nieuw")
    done = await deliver(town, a_town_profile("nieuw"))
    assert done.counts.unchanged == COUNT
    assert await count_flags(town) == [1] * COUNT


async def test_two_outboxes_compare_and_withdraw_only_their_own(town: Town) -> None:
    await deliver(town, a_town_profile())
    town.outbox_name = "second.sqlite"
    with pytest.raises(OutboxElsewhere):
        await deliver(town, a_town_profile())
    with town.outbox() as outbox:
        live_beside(outbox)
    both = range(1, COUNT + 4)
    await deliver(town, a_town_profile(), persons=range(COUNT + 1, COUNT + 4))
    second = await town.reconcile(confirmed=True)
    assert (second.equal, second.compared) == (True, 3)
    town.outbox_name = "outbox.sqlite"
    first = await town.reconcile(confirmed=True)
    assert (first.equal, first.compared) == (True, COUNT)
    assert await count_flags(town, both) == [1] * len(both)


async def test_an_outbox_begun_anew_doubles_no_flag_and_knows_its_own(
    town: Town,
) -> None:
    await deliver(town, a_town_profile())
    with town.outbox() as outbox:
        lost = outbox.id
    town.outbox_name = "anew.sqlite"
    assert await town.take_over(lost) == COUNT
    done = await deliver(town, a_town_profile(), persons=range(2, COUNT + 2))
    assert (done.counts.accepted, done.counts.withdrawn) == (COUNT, COUNT)
    assert await count_flags(town, range(1, COUNT + 2)) == [0, *[1] * COUNT]
    assert (await town.reconcile()).equal
    town.outbox_name = "outbox.sqlite"  # it turns up after all
    with pytest.raises(OutboxReplaced):
        await deliver(town, a_town_profile())
    async with town.at_index() as (outbox, index):
        batch = Batch(uuid4(), outbox=outbox.id, replaces=(uuid4(),))
        sender = town.sender
        token = sign_batch(sender.key, batch, iss=sender.submitter, now=town.now())
        with pytest.raises(IndexRefused, match="outbox-replaced"):
            await index.send_batch(BatchBody(batch=token, subjects=[]))


async def test_nobody_replaces_the_outbox_of_another_organisation(town: Town) -> None:
    await deliver(town, a_town_profile())
    with town.outbox() as outbox:
        batch = Batch(uuid4(), outbox=uuid4(), replaces=(outbox.id,))
    other = town.world.income_support
    token = sign_batch(other.key, batch, iss=Oin(other.oin), now=town.now())
    async with town.world.http() as client:
        answer = await client.post(
            "http://index.test/v1/signal-batches",
            json={"batch": token, "subjects": []},
            headers={"Authorization": f"Bearer {town.world.a_source_token(other)}"},
        )
    assert answer.status_code == 200
    await deliver(town, a_town_profile(), persons=range(1, COUNT + 2))
    assert await count_flags(town, range(1, COUNT + 2)) == [1] * (COUNT + 1)


async def test_an_outbox_begun_anew_takes_nothing_of_one_that_is_in_use(
    town: Town,
) -> None:
    """Its people would have no flag until the other outbox compares at night."""
    await deliver(town, a_town_profile())
    town.outbox_name = "second.sqlite"
    with town.outbox() as outbox:
        live_beside(outbox)
    others, both = range(COUNT + 1, COUNT + 4), range(1, COUNT + 4)
    await deliver(town, a_town_profile(), persons=others)
    with town.outbox() as outbox:
        in_use = outbox.id
    town.outbox_name = "anew.sqlite"
    with pytest.raises(OutboxUnsure, match=str(in_use)) as refused:
        await town.take_over()
    with pytest.raises(OutboxUnsure):
        await town.take_over(uuid4())
    (lost,) = set(refused.value.told) - {in_use}
    assert await town.take_over(lost) == COUNT
    done = await deliver(town, a_town_profile())
    assert (done.counts.accepted, done.counts.withdrawn) == (COUNT, COUNT)
    assert await count_flags(town, both) == [1] * len(both)


async def test_a_backup_of_an_outbox_sends_nothing_until_it_is_compared(
    town: Town,
) -> None:
    await deliver(town, a_town_profile())
    at = town.folder / town.outbox_name
    backup = shutil.copy(at, town.folder / "backup.sqlite")
    later = range(3, COUNT + 3)
    town.world.clock.forward(timedelta(minutes=1))
    await deliver(town, a_town_profile(), persons=later)
    shutil.copy(backup, at)
    with pytest.raises(OutboxOutdated):
        await deliver(town, a_town_profile())
    assert not (await town.reconcile()).equal
    await deliver(town, a_town_profile(), persons=later)
    everybody = range(1, COUNT + 3)
    assert await count_flags(town, everybody) == [0, 0, *[1] * COUNT]
    assert (await town.reconcile()).equal
