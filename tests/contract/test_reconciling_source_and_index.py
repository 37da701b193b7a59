"""Both sides of a reconciliation, over the real API: what differs is found and mended.

What differs is made with SQL in either database, as a lost backup would.
"""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from keys.bsn import WEIGHTS
from signal_index.store.connect import transaction
from signal_index.store.reconciling import read_standing_signals
from signal_index.wire.reconciling import MarkedSignal, ReconcilingScope
from sources.errors import IndexUnreachable, TooManyUnknown
from sources.profile import parse_profile
from tests.agency_world import HOME, SALT, Town, open_agency
from tests.sources_builders import PROFILE, a_row, write_rows

pytestmark = pytest.mark.anyio
_TEXT = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
PROFILE_OF_TOWN = parse_profile(_TEXT.replace('["9901", "9902"]', '["9901"]'))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        yield town


async def deliver(town: Town, persons: int) -> None:
    rows = [a_row(Zaak=f"Z-{n}", BSN=number(n)) for n in range(persons)]
    file = write_rows(town.folder / "delivery.csv", rows)
    await town.publish(file, PROFILE_OF_TOWN)


def number(n: int) -> str:
    """The n-th nine digits that pass the 11-proof, from 100000000 on."""
    found, at = -1, 100_000_000
    while found < n:
        at += 1
        digits = [int(x) for x in str(at)]
        found += sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11 == 0
    return str(at)


def change_outbox(town: Town, statement: str) -> None:
    with sqlite3.connect(town.folder / "outbox.sqlite") as connection:
        connection.execute(statement)


async def change_index(town: Town, statement: str) -> None:
    async with transaction(town.world.engine) as conn:
        await conn.execute(text(statement))


async def count_standing(town: Town) -> int:
    async with transaction(town.world.engine) as conn:
        return int(await conn.scalar(text("SELECT count(*) FROM signal")) or 0)


async def find_last_heard(town: Town) -> list[str]:
    async with transaction(town.world.engine) as conn:
        query = "SELECT last_heard FROM coverage WHERE last_heard IS NOT NULL"
        return [str(row[0]) for row in await conn.execute(text(query))]


async def test_equal_sides_confirm_every_signal_and_are_no_delivery(
    town: Town,
) -> None:
    """Both hold what was delivered: whether a file can be read, neither knows."""
    await deliver(town, 12)
    heard = await find_last_heard(town)
    town.world.clock.forward(timedelta(days=3))
    done = await town.reconcile()
    assert (done.equal, done.compared) == (True, 12)
    now = town.world.clock()
    async with transaction(town.world.engine) as conn:
        rows = await conn.execute(text("SELECT DISTINCT confirmed_on FROM signal"))
        (confirmed,) = [str(row[0]) for row in rows]
        kinds = await conn.scalars(
            text("SELECT kind FROM ledger_entry WHERE kind = 'reconciliation'")
        )
        assert list(kinds) == ["reconciliation"]
    assert confirmed.startswith(now.strftime("%Y-%m-%d"))
    assert (len(heard) > 0, await find_last_heard(town)) == (True, heard)


async def test_what_came_while_it_was_compared_is_never_confirmed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One signal stands beside what is compared, and comes into it a moment later."""
    await deliver(town, 12)
    await change_index(
        town,
        "UPDATE signal SET by_hand = true"
        " WHERE reference = (SELECT min(reference) FROM signal)",
    )
    change_outbox(
        town,
        "DELETE FROM signal WHERE reference = (SELECT min(reference) FROM signal)",
    )
    town.world.clock.forward(timedelta(days=3))

    async def read_and_change(
        conn: AsyncConnection, scope: ReconcilingScope
    ) -> AsyncIterator[Sequence[MarkedSignal]]:
        async for part in read_standing_signals(conn, scope):
            yield part
        await conn.execute(text("UPDATE signal SET by_hand = false"))

    place = "signal_index.api.reconciling.read_standing_signals"
    monkeypatch.setattr(place, read_and_change)
    with pytest.raises(IndexUnreachable):
        await town.reconcile()
    assert len(await ask(town, "SELECT id FROM signal WHERE by_hand")) == 1
    assert len(set(await ask(town, "SELECT confirmed_on FROM signal"))) == 1
    assert "reconciliation" not in await ask(town, "SELECT kind FROM ledger_entry")
    monkeypatch.undo()
    assert (await town.reconcile()).compared == 11


async def ask(town: Town, question: str) -> list[str]:
    async with transaction(town.world.engine) as conn:
        return [str(row[0]) for row in await conn.execute(text(question))]


async def test_what_the_index_lost_is_told_again_by_the_next_delivery(
    town: Town,
) -> None:
    await deliver(town, 30)
    await change_index(
        town,
        "DELETE FROM signal WHERE reference IN"
        " (SELECT reference FROM signal ORDER BY reference LIMIT 2)",
    )
    done = await town.reconcile()
    assert len(done.differences.lacking) == 2
    assert (done.equal, done.needs_delivery) == (False, True)
    await deliver(town, 30)
    assert await count_standing(town) == 30
    assert (await town.reconcile()).equal


async def test_what_the_agency_does_not_know_is_withdrawn(town: Town) -> None:
    await deliver(town, 15)
    change_outbox(
        town,
        "DELETE FROM signal WHERE case_key IN (SELECT case_key FROM signal LIMIT 3)",
    )
    done = await town.reconcile()
    assert len(done.differences.unknown) == 3
    assert (done.equal, done.needs_delivery) == (True, True)
    assert await count_standing(town) == 12


async def test_many_unknown_signals_are_asked_about_before_anything_is_withdrawn(
    town: Town,
) -> None:
    await deliver(town, 14)
    change_outbox(town, "DELETE FROM signal")
    with pytest.raises(TooManyUnknown, match="14 signalen"):
        await town.reconcile()
    assert await count_standing(town) == 14
    assert (await town.reconcile(confirmed=True)).equal
    assert await count_standing(town) == 0


async def test_an_outbox_from_an_old_backup_catches_up_with_the_versions(
    town: Town,
) -> None:
    await deliver(town, 5)
    await change_index(town, "UPDATE signal SET version = 4")
    done = await town.reconcile()
    assert len(done.differences.differing) == 5
    await deliver(town, 5)
    async with transaction(town.world.engine) as conn:
        versions = set(await conn.scalars(text("SELECT version FROM signal")))
    assert versions == {5}
    assert (await town.reconcile()).equal


async def test_another_organisation_cannot_compare_with_our_signals(
    town: Town,
) -> None:
    await deliver(town, 2)
    world = town.world
    with town.outbox() as outbox:
        told_by = str(outbox.id)
    body = {
        "outbox": told_by,
        "source": world.debt_help.oin,
        "categories": ["schuldhulpverlening"],
        "municipalities": [HOME],
        "on": world.clock().date().isoformat(),
        "salt": encode_b64u(SALT),
        "bits": 1,
        "buckets": [0, 1],
    }
    stranger = world.a_source_token(world.income_support)
    path = "/reconciliations/buckets"
    refused = await world.send("POST", path, stranger, body)
    own = await world.send("POST", path, world.a_source_token(world.debt_help), body)
    assert refused.status_code == 403
    assert len(own.json()["signals"]) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("salt", "AAAA"),
        ("on", "2020-01-01"),
        ("categories", []),
        ("buckets", [2]),
        ("bits", 13),
    ],
)
async def test_junk_is_refused_with_its_field_and_not_repeated(
    town: Town, field: str, value: object
) -> None:
    world = town.world
    body = {
        "source": world.debt_help.oin,
        "categories": ["schuldhulpverlening"],
        "municipalities": [HOME],
        "on": world.clock().date().isoformat(),
        "salt": encode_b64u(SALT),
        "bits": 1,
        "buckets": [0],
        field: value,
    }
    token = world.a_source_token(world.debt_help)
    answer = await world.send("POST", "/reconciliations/buckets", token, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
