"""PostgreSQL is killed with -9 while lookups run: what was answered is recorded.

Rows can arrive before their transaction is durable; only an answer to COMMIT means that
it is. So every receipt that a caller got must be in the ledger of the server that comes
back, and every ticket that it finds spent must have its entry.
"""

import asyncio
import base64
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.town.postgres import PostgresServer, PostgresUnusable, running_postgres
from signal_index.store.connect import open_engine, reading
from tests.databases import migrate_database
from tests.holders_builders import a_bsn
from tests.world import World, open_world, register_world

pytestmark = pytest.mark.anyio

CALLERS = 6
KILLED_AFTER = 12
"""Answers, of all callers together, after which the server is killed."""


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder that the system user `postgres` can reach too."""
    with tempfile.TemporaryDirectory(prefix="signal-index-killed-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path / "server"


def _kill(server: PostgresServer) -> None:
    lines = (server.folder / "data" / "postmaster.pid").read_text().splitlines()
    postmaster = int(lines[0])
    children = subprocess.run(  # noqa: S603 - our own fixed program
        ["pgrep", "-P", str(postmaster)],  # noqa: S607 - of every Linux
        capture_output=True,
        text=True,
        check=False,
    )
    for pid in (postmaster, *map(int, children.stdout.split())):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def _keep_looking_up(world: World, caller: int, receipts: list[bytes]) -> None:
    """Look up again and again, until the index cannot answer."""
    for turn in range(100):
        subject = f"user-{caller}-{turn}"
        body = await world.ask([a_bsn(caller + 1)], subject=subject)
        token = world.a_token(sub=subject)
        answer = await world.send("POST", "/lookups", token, body)
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            return
        for part in answer.json()["answers"]:
            leaf = str(part["receipt"]["leaf"])
            receipts.append(base64.urlsafe_b64decode(leaf + "=" * (-len(leaf) % 4)))


async def _kill_under_load(server: PostgresServer, folder: Path) -> list[bytes]:
    receipts: list[bytes] = []
    url = server.create_database("killed")
    await migrate_database(url)
    await register_world(url)
    async with open_world(folder, url) as world:
        callers = [
            asyncio.create_task(_keep_looking_up(world, caller, receipts))
            for caller in range(CALLERS)
        ]
        while len(receipts) < KILLED_AFTER:  # noqa: ASYNC110 - others fill it
            await asyncio.sleep(0.01)
        await asyncio.to_thread(_kill, server)
        await asyncio.gather(*callers)
    return receipts


async def _count(conn: AsyncConnection, table: str, where: str = "true") -> int:
    statement = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - ours
    return int(await conn.scalar(text(statement)) or 0)


async def test_every_receipt_survives_a_killed_server(
    home: Path, tmp_path: Path
) -> None:
    receipts: list[bytes] = []
    # Stopping it afterwards fails: it is dead.
    with suppress(PostgresUnusable), running_postgres(home) as server:
        receipts = await _kill_under_load(server, tmp_path)
    assert len(receipts) >= KILLED_AFTER
    with running_postgres(home) as server:
        engine = open_engine(server.url("killed"), None)
        async with reading(engine) as conn:
            found = await conn.scalars(text("SELECT leaf FROM ledger_entry"))
            leaves = {bytes(leaf) for leaf in found}
            answered = await _count(conn, "ledger_entry", "kind = 'lookup'")
            spent = await _count(conn, "spent_ticket")
        await engine.dispose()
    assert set(receipts) <= leaves
    assert spent == 2 * answered
