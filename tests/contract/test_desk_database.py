"""The desk makes its tables once, and refuses those of another version."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from desk.database import Database
from desk.errors import DatabaseRefused
from desk.tables import VERSION, estimate_secrets, metadata

MADE = {
    1: "5fa47310436b3414b805d24484c994ecbf39a536f170d35e73b37c77b0391035",
    4: "cac852359e0e10b3a33e702846405b0a7b3fe9bee6a5a61b03578477c2f99a2c",
    5: "4aee30f0f74118d1731323b53260aa94a591fa1db56a769be820d645b0b0ab9a",
    6: "03701ec77258be616f1bec9822c8cfd48175b2f773afe6bbedeca7dfb89a9a37",
    7: "45acf4bde1a2162c4532c1995b5440be7525fd04c06184f8d26fcd204afcb380",
    9: "c1810db7944b11f0774a4613d48384fe1040b2ff6048b028ea5bddcd0c3c6090",
    10: "4a59b0f212b0ce184d2072344b02d3f3104dfa1b7d7919cae251e3fb10543693",
    11: "f479c8b74ebb11fb704ca17f83ce4f3f06abb7c07553d0fc7cdb68822db3c6f7",
    12: "cfacaf63ae220d982be8a9abe579ff23645409f07af68888713cf40d0b89f315",
}
"""SHA-256 of the tables by version. A line that is here stays: count up, add one."""


def _digest() -> str:
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made += [str(CreateIndex(one)) for one in indexes]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


def test_a_change_of_the_tables_counts_the_version_up() -> None:
    assert max(MADE) == VERSION
    assert MADE[VERSION] == _digest()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path}/desk.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.mark.anyio
async def test_what_was_kept_is_there_after_a_restart(database: Database) -> None:
    await database.prepare()
    async with database.transaction() as connection:
        row = {"hour": 1, "secret": bytes(32)}
        await connection.execute(insert(estimate_secrets), row)
    await database.prepare()
    async with database.transaction() as connection:
        assert len((await connection.execute(estimate_secrets.select())).all()) == 1


OTHERS = [
    "UPDATE schema_version SET version = version + 1",
    "DELETE FROM schema_version",
    "DROP TABLE schema_version",
]


@pytest.mark.anyio
@pytest.mark.parametrize("made_otherwise", OTHERS)
async def test_a_database_of_another_version_is_refused_and_left_alone(
    database: Database, made_otherwise: str
) -> None:
    await database.prepare()
    async with database.transaction() as connection:
        await connection.execute(text("DROP TABLE receipts"))
        await connection.execute(text(made_otherwise))
    with pytest.raises(DatabaseRefused):
        await database.prepare()
    async with database.transaction() as connection:
        with pytest.raises(Exception, match="receipts"):
            await connection.execute(text("SELECT * FROM receipts"))
