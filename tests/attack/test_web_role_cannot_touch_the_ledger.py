"""Attacker: whoever took over a process, and speaks SQL to PostgreSQL in its role.

What a role is not granted it cannot do, whatever the code around it has become.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.ledger import insert_entries
from tests.ledger_builders import an_entry
from tests.store_builders import (
    a_signal_row,
    insert_contact_holder,
    insert_signals,
    register_source,
)

pytestmark = pytest.mark.anyio

REASONS = ("permission denied", "must be owner")
REFUSED = {
    DatabaseRole.WEB: [
        "UPDATE ledger_entry SET leaf = ''",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_leaf SET leaf_hash = ''",
        "DELETE FROM ledger_leaf",
        "INSERT INTO ledger_leaf SELECT * FROM ledger_leaf",
        "UPDATE ledger_disclosure SET sealed = ''",
        "DELETE FROM ledger_disclosure",
        "DELETE FROM ledger_pending",
        "DELETE FROM ledger_person",
        "UPDATE ledger_tree SET size = 0",
        "INSERT INTO ledger_checkpoint SELECT * FROM ledger_checkpoint",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_witnessed SET witnessed_at = now()",
        "INSERT INTO ledger_witnessed SELECT * FROM ledger_witnessed",
        "INSERT INTO ledger_succession SELECT * FROM ledger_succession",
        "TRUNCATE ledger_entry CASCADE",
        "DROP TABLE ledger_entry CASCADE",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "SELECT seal FROM signal",
        "SELECT * FROM signal",
        "DELETE FROM signal RETURNING seal",
        "SELECT 1 FROM signal WHERE seal > ''",
        "DELETE FROM spent_ticket",
        "UPDATE spent_ticket SET until = now()",
        "INSERT INTO establishment SELECT * FROM establishment",
        "UPDATE organisation SET name = ''",
        "INSERT INTO signer SELECT * FROM signer",
        "DELETE FROM account_suspension",
        "UPDATE coverage SET active = true",
        "DELETE FROM review",
        "UPDATE review SET entry_id = entry_id",
        "DELETE FROM evidence",
        "SELECT * FROM evidence",
        "SELECT * FROM ledger_pending",
        "SELECT * FROM trace_context",
        "UPDATE signal SET row_key = ''",
        "UPDATE lookup_repeat SET until = now()",
        "UPDATE completeness_day SET day = now()",
        "DELETE FROM key_config",
        "SELECT * FROM notice_box",
        "INSERT INTO return_notice SELECT * FROM return_notice",
        "DELETE FROM return_notice",
        "DELETE FROM match_step",
        "SELECT * FROM notice_damping",
        "SET ROLE signal_index_owner",
    ],
    DatabaseRole.SEQUENCER: [
        "SELECT * FROM signal",
        "SELECT * FROM ledger_disclosure",
        "UPDATE ledger_entry SET leaf = ''",
        "UPDATE ledger_leaf SET leaf_hash = ''",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_witnessed",
        "INSERT INTO ledger_succession SELECT * FROM ledger_succession",
    ],
    DatabaseRole.UPKEEP: [
        "UPDATE ledger_witnessed SET witnessed_at = now()",
        "SELECT seal FROM signal",
        "INSERT INTO signal SELECT * FROM signal",
        "UPDATE signal SET row_key = ''",
        "SELECT notice_digest FROM signal",
        "SELECT seal FROM embargo",
        "SELECT row_key FROM correction",
        "INSERT INTO notice_box SELECT * FROM notice_box",
        "UPDATE return_notice SET sealed = ''",
        "SELECT * FROM approval",
        "SELECT * FROM evidence",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_disclosure SET sealed = ''",
        "INSERT INTO ledger_leaf SELECT * FROM ledger_leaf",
    ],
    DatabaseRole.REPORTING: [
        "SELECT row_key FROM signal",
        "SELECT seal FROM signal",
        "SELECT reference FROM signal",
        "SELECT * FROM ledger_disclosure",
        "SELECT * FROM lookup_repeat",
        "SELECT * FROM return_notice",
        "DELETE FROM signal",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry",
    ],
}


@pytest.fixture
async def url(postgres: str) -> str:
    """Give a database with an entry, a signal, and a login that may be any role."""
    engine = open_engine(postgres, None)
    async with transaction(engine) as conn:
        await conn.execute(text("DROP ROLE IF EXISTS app"))
        await conn.execute(text("CREATE ROLE app LOGIN NOINHERIT"))
        for role in DatabaseRole:
            if role is not DatabaseRole.OWNER:
                await conn.execute(text(f"GRANT {role.value} TO app"))
        await insert_entries(conn, [an_entry()])
        await register_source(conn)
        holder = await insert_contact_holder(conn)
        await insert_signals(conn, a_signal_row(holder))
    await engine.dispose()
    return postgres.replace("postgres@", "app@")


async def _run(engine: AsyncEngine, statement: str) -> None:
    async with transaction(engine) as conn:
        await conn.execute(text(statement))


@pytest.mark.parametrize("role", list(REFUSED))
async def test_a_role_cannot_do_what_its_job_does_not_need(
    url: str, role: DatabaseRole
) -> None:
    engine = open_engine(url, role)
    outcomes: set[object] = set()
    for statement in REFUSED[role]:
        try:
            await _run(engine, statement)
        except ProgrammingError as refused:
            outcomes.add(any(reason in str(refused) for reason in REASONS))
        else:
            outcomes.add(statement)
    await engine.dispose()
    assert outcomes == {True}


async def test_the_web_role_can_do_its_own_work(url: str) -> None:
    engine = open_engine(url, DatabaseRole.WEB)
    async with transaction(engine) as conn:
        await insert_entries(conn, [an_entry(2)])
        found = await conn.execute(text("SELECT row_key, category FROM signal"))
        assert len(found.all()) == 1
        holder = await insert_contact_holder(conn)
        await insert_signals(conn, a_signal_row(holder))
        await conn.execute(text("UPDATE coverage SET last_heard = now()"))
        await conn.execute(text("DELETE FROM signal"))
    await engine.dispose()


async def test_a_login_without_the_role_cannot_serve(postgres: str) -> None:
    engine = open_engine(postgres, None)
    await _run(engine, "DROP ROLE IF EXISTS stranger")
    await _run(engine, "CREATE ROLE stranger LOGIN")
    await engine.dispose()
    outside = open_engine(postgres.replace("postgres@", "stranger@"), DatabaseRole.WEB)
    with pytest.raises(Exception, match="permission denied to set role"):
        await _run(outside, "SELECT 1")
    await outside.dispose()
