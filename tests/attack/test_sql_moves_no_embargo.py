"""Attacker: whoever speaks SQL to PostgreSQL by web's or upkeep's own login.

What is kept from a citizen's report, two persons decide: no statement places an
embargo, approves it, ends it or makes it last, whatever the role is granted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from keys.bsn import Bsn
from signal_index.store.connect import DatabaseRole, open_engine
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.store_builders import owning
from tests.world import open_world

pytestmark = pytest.mark.anyio
ENDANGERED, OTHER = a_bsn(1), a_bsn(2)
TWO_WEEKS = timedelta(days=14)

NOT_GRANTED = [
    "UPDATE embargo SET until = '2020-01-01'",
    "UPDATE embargo SET placed_at = '2020-01-01'",
    "UPDATE embargo SET categories = '[]'",
    "UPDATE embargo SET row_key = ''",
    "UPDATE embargo SET approval_id = approval_id",
    "UPDATE embargo SET stamp = ''",
    "DELETE FROM embargo",
    "TRUNCATE embargo CASCADE",
    "UPDATE embargo_step SET step = 'lifted'",
    "DELETE FROM embargo_step",
    "SELECT seal FROM embargo",
    "ALTER TABLE embargo DROP COLUMN stamp",
]
ADDED = (
    "INSERT INTO embargo_step (embargo, stamp, step, reason, at) "
    "SELECT id, sha256('{step}'), '{step}', 'danger-over', placed_at FROM embargo"
)
MOVED = (
    "INSERT INTO embargo_step (embargo, stamp, step, reason, at) "
    "SELECT embargo.id, of.stamp, of.step, of.reason, of.at FROM embargo, "
    "embargo_step of WHERE embargo.id <> of.embargo"
)
DECIDED = (
    "UPDATE approval SET state = '{state}', decided_by = 'bram', "
    "decided_in = organisation, decider_has_role = true, decided_at = requested_at"
)
PLACED = (
    "INSERT INTO embargo (id, municipality, organisation, reference, row_key, seal, "
    "key_version, categories, reason, until, placed_at, approval_id, stamp) "
    "SELECT gen_random_uuid(), municipality, organisation, reference, :row_key, "
    ":seal, key_version, categories, reason, until, placed_at, approval_id, stamp "
    "FROM embargo"
)


@dataclass
class Attacker:
    """Tries statements one by one, and keeps what each came to."""

    url: str
    role: DatabaseRole | None = DatabaseRole.WEB

    async def run(self, *statements: str, **values: object) -> list[str]:
        """Say of each statement: done, or why it was refused."""
        engine = open_engine(self.url, self.role, pool_size=1)
        said = []
        for statement in statements:
            try:
                async with engine.begin() as conn:
                    for one in statement.split("; "):
                        await conn.execute(text(one), values)
            except DBAPIError as refused:
                said.append(str(refused))
            else:
                said.append("done")
        await engine.dispose()
        return said


@pytest.fixture
async def desk(registered_postgres: str, tmp_path: Path) -> AsyncIterator[CitizensDesk]:
    async with open_world(tmp_path, registered_postgres) as world:
        await world.publish(world.debt_help, [ENDANGERED, OTHER])
        await world.publish(world.veilig_thuis, [ENDANGERED, OTHER])
        yield CitizensDesk(world, tmp_path)


@pytest.fixture
async def attacker(registered_postgres: str) -> Attacker:
    return await log_in(registered_postgres, DatabaseRole.WEB)


@pytest.fixture
async def upkeep(registered_postgres: str) -> Attacker:
    return await log_in(registered_postgres, DatabaseRole.UPKEEP)


async def log_in(url: str, role: DatabaseRole) -> Attacker:
    """Give a login that has one role alone."""
    superuser = open_engine(url, None)
    login = f"{role.value}_login"
    async with superuser.begin() as conn:
        for statement in (
            f"DROP ROLE IF EXISTS {login}",
            f"CREATE ROLE {login} LOGIN NOINHERIT",
            f"GRANT {role.value} TO {login}",
        ):
            await conn.execute(text(statement))
    await superuser.dispose()
    return Attacker(url.replace("postgres@", f"{login}@"), role)


async def find_shown(desk: CitizensDesk, number: Bsn) -> set[str]:
    """The categories of the signals that this citizen's report tells."""
    return {one["category"] for one in (await desk.report(number))["signals"]}


async def list_embargoes(desk: CitizensDesk) -> tuple[list[str], int]:
    """Where each embargo stands, and how many rows this index did not write."""
    page = (await desk.send("GET", "/embargoes")).json()
    return sorted(one["state"] for one in page["items"]), page["unreadable"]


async def test_what_was_placed_or_decided_no_statement_changes(
    desk: CitizensDesk, attacker: Attacker
) -> None:
    await desk.decide(await desk.place_embargo(ENDANGERED), "approved")
    said = await attacker.run(*NOT_GRANTED)
    assert [one for one in said if "permission denied" not in one] == [
        one for one in said if "must be owner" in one
    ]
    assert await list_embargoes(desk) == (["in-force"], 0)


@pytest.mark.parametrize("decided", [False, True])
async def test_no_statement_ends_an_embargo(
    desk: CitizensDesk, attacker: Attacker, *, decided: bool
) -> None:
    """Neither lifts, refuses, withdraws nor lets it run out, before and after."""
    embargo = await desk.place_embargo(ENDANGERED)
    lifted = await desk.place_embargo(OTHER)
    path = f"/embargoes/{lifted['id']}/lifting"
    assert (await desk.send("POST", path, {"reason": "danger-over"})).status_code == 204
    if decided:
        await desk.decide(embargo, "approved")
    said = await attacker.run(
        MOVED,
        *(ADDED.format(step=one) for one in ("lifted", "refused", "withdrawn")),
        *(DECIDED.format(state=one) for one in ("expired", "refused")),
        "UPDATE approval SET signature = ''",
    )
    assert said[:4] == ["done"] * 4
    states, unreadable = await list_embargoes(desk)
    assert states == ["in-force" if decided else "awaiting", "lifted"]
    assert unreadable >= 7
    assert "veilig-thuis" not in await find_shown(desk, ENDANGERED)
    desk.world.clock.moment += TWO_WEEKS - timedelta(hours=1)
    assert "veilig-thuis" not in await find_shown(desk, ENDANGERED)


async def test_no_statement_makes_an_embargo_last_that_nobody_approved(
    desk: CitizensDesk, attacker: Attacker
) -> None:
    await desk.place_embargo(ENDANGERED)
    said = await attacker.run(
        ADDED.format(step="approved"), DECIDED.format(state="approved")
    )
    assert said == ["done", "done"]
    desk.world.clock.moment += TWO_WEEKS
    assert await list_embargoes(desk) == (["refused"], 1)
    assert "veilig-thuis" in await find_shown(desk, ENDANGERED)


async def test_no_statement_places_an_embargo(
    desk: CitizensDesk, attacker: Attacker
) -> None:
    """One that somebody placed, copied to another citizen's row, keeps back nothing."""
    await desk.place_embargo(ENDANGERED)
    await desk.place_embargo(OTHER, until=desk.world.clock().date().isoformat())
    async with owning(desk.world.engine) as conn:
        rows = text("SELECT row_key FROM embargo ORDER BY until DESC")
        _, other = (await conn.scalars(rows)).all()
    said = await attacker.run(PLACED, row_key=other, seal=bytes(32))
    assert said == ["done"]
    desk.world.clock.moment += timedelta(days=1)
    assert await list_embargoes(desk) == (["awaiting", "expired"], 2)
    assert "veilig-thuis" in await find_shown(desk, OTHER)


async def test_what_was_added_by_sql_stands_in_nobodys_way(
    desk: CitizensDesk, attacker: Attacker
) -> None:
    embargo = await desk.place_embargo(ENDANGERED)
    await attacker.run(*(ADDED.format(step=one) for one in ("lifted", "approved")))
    assert (await desk.decide(embargo, "approved")).status_code == 200
    path = f"/embargoes/{embargo['id']}/lifting"
    lifted = await desk.send("POST", path, {"reason": "danger-over"})
    assert lifted.status_code == 204
    states, _ = await list_embargoes(desk)
    assert states == ["lifted"]
    assert "veilig-thuis" in await find_shown(desk, ENDANGERED)


async def test_what_goes_on_is_erased_by_nobody_who_erases(
    desk: CitizensDesk, upkeep: Attacker
) -> None:
    """Not its last decision either: without that it would run out in two weeks."""
    await desk.decide(await desk.place_embargo(ENDANGERED), "approved")
    for signal in (await desk.report(OTHER))["signals"]:
        await desk.enter_correction(signal)
    said = await upkeep.run(
        "DELETE FROM embargo",
        "SET TimeZone = 'Pacific/Kiritimati'; DELETE FROM embargo",
        "DELETE FROM embargo_step",
        "TRUNCATE embargo CASCADE",
        "UPDATE embargo SET until = '2020-01-01'",
        "DELETE FROM correction",
        "DELETE FROM access_request",
        "CREATE TEMP TABLE embargo_step (embargo uuid); DELETE FROM embargo",
    )
    assert "done" not in said
    assert sum("only what has ended is erased" in one for one in said) >= 3
    desk.world.clock.moment += TWO_WEEKS
    assert await list_embargoes(desk) == (["in-force"], 0)
    assert "veilig-thuis" not in await find_shown(desk, ENDANGERED)


async def test_not_even_the_owner_empties_out_what_goes_on(
    desk: CitizensDesk, registered_postgres: str
) -> None:
    """Nor a superuser who says to replicate, nor a later day, nor the steps alone."""
    await desk.decide(await desk.place_embargo(ENDANGERED), "approved")
    for signal in (await desk.report(OTHER))["signals"]:
        await desk.enter_correction(signal)
    owner = Attacker(registered_postgres, DatabaseRole.OWNER)
    alone = Attacker(registered_postgres, None)
    tried = (
        "TRUNCATE embargo CASCADE",
        "TRUNCATE embargo_step",
        "TRUNCATE correction CASCADE",
        "TRUNCATE access_request CASCADE",
        "TRUNCATE organisation CASCADE",
        "UPDATE embargo SET until = '2020-01-01'; DELETE FROM embargo",
        "UPDATE embargo SET categories = '[]'",
        "UPDATE embargo_step SET step = 'lifted'",
        "DELETE FROM embargo_step",
        "DELETE FROM embargo",
        "DELETE FROM correction",
    )
    said = await owner.run(*tried)
    replica = "SET session_replication_role = replica"
    said += await alone.run(*(f"{replica}; {one}" for one in tried))
    assert [one for one in said if "only what has ended is erased" not in one] == []
    assert await list_embargoes(desk) == (["in-force"], 0)


async def test_what_ended_is_erased_with_all_that_became_of_it(
    desk: CitizensDesk, upkeep: Attacker
) -> None:
    await desk.decide(await desk.place_embargo(ENDANGERED), "approved")
    await desk.end_embargoes("2020-01-01")
    assert await upkeep.run("DELETE FROM embargo") == ["done"]
    async with owning(desk.world.engine) as conn:
        left = await conn.scalar(text("SELECT count(*) FROM embargo_step"))
    assert left == 0
