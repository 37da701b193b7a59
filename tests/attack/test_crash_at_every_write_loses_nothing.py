"""The process is killed at a write, each in turn; then it starts again.

Nothing that was acknowledged may be lost, and nothing may have been revealed that is
not recorded: spent tickets, entry and answer come together or not at all. The same
request sent again after the restart must then succeed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from signal_index.notice import (
    Batch,
    sign_batch,
)
from signal_index.wire.signals import BatchBody
from signal_index.wire.values import Oin
from tests.builders import a_notice, a_withdrawal, about
from tests.holders_builders import SOURCE_OIN, a_bsn
from tests.store_builders import owning
from tests.world import World, open_world, restarted

ONE = a_bsn(1)
COMMIT, ANSWER = "COMMIT", "the answer"
ENTRY = (
    "INSERT INTO ledger_entry",
    "INSERT INTO ledger_disclosure",
    "INSERT INTO ledger_pending",
)
POINTS = {
    ("sqlite", "lookup"): (
        "INSERT INTO spent_ticket",
        "INSERT INTO lookup_repeat",
        "INSERT INTO ledger_person",
        *ENTRY,
        COMMIT,
        ANSWER,
    ),
    ("sqlite", "publish"): (
        "DELETE FROM signal",
        "DELETE FROM tombstone",
        "INSERT INTO signal",
        *ENTRY,
        "INSERT INTO evidence",
        COMMIT,
        ANSWER,
    ),
    ("sqlite", "withdraw"): (
        "DELETE FROM signal",
        "INSERT INTO tombstone",
        *ENTRY,
        "INSERT INTO evidence",
        COMMIT,
        ANSWER,
    ),
    ("sqlite", "refusal"): ("INSERT INTO ledger_person", *ENTRY, COMMIT, ANSWER),
    ("postgresql", "lookup"): ("WITH ticket", "WITH given", COMMIT, ANSWER),
    ("postgresql", "publish"): ("INSERT INTO signal", "WITH given", COMMIT, ANSWER),
    ("postgresql", "withdraw"): ("DELETE FROM signal", "WITH given", COMMIT, ANSWER),
    ("postgresql", "refusal"): ("WITH given", COMMIT, ANSWER),
}
TABLE = [(*key, point) for key, points in POINTS.items() for point in points]
COUNTED = {
    "tickets": "spent_ticket",
    "repeats": "lookup_repeat",
    "signals": "signal",
    "tombstones": "tombstone",
    "evidence": "evidence",
    "pending": "ledger_pending",
}
KINDS = ("lookup", "publication", "withdrawal")


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent, and sent again."""

    path: str
    token: str
    body: object
    status: int


async def _prepare(folder: Path, url: str | None, act: str) -> tuple[World, Request]:
    async with open_world(folder, url) as world:
        notice = a_notice(world.debt_help.contact)
        if act == "lookup":
            return world, await _lookup(world, 200)
        if act == "refusal":
            return world, await _lookup(world, 403, caseReference=None)
        (n,) = (await world.holders.prepare_publication([ONE])).pseudonyms
        bound, proof = about(notice, n)
        publish = _batch(world, Batch(uuid.uuid4(), (bound,)), [proof])
        if act == "publish":
            return world, publish
        await world.send("POST", publish.path, publish.token, publish.body)
        return world, _batch(world, Batch(uuid.uuid4(), (), (a_withdrawal(bound),)), [])


async def _lookup(world: World, status: int, **changed: object) -> Request:
    body = await world.ask([ONE], **changed)
    return Request("/lookups", world.a_token(), body, status)


def _batch(world: World, batch: Batch, proofs: list[Any]) -> Request:
    key, us = world.debt_help.key, Oin(SOURCE_OIN)
    token = sign_batch(key, batch, iss=us, now=world.clock())
    body = BatchBody(keyVersion=1, batch=token, subjects=proofs).model_dump(mode="json")
    bearer = world.a_source_token(world.debt_help)
    return Request("/signal-batches", bearer, body, 200)


async def _die(world: World, request: Request, point: str) -> None:
    """Send the request in a process that is killed just before this write."""
    async with restarted(world) as again:
        engine = again.engine.sync_engine

        def at_statement(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
            if statement.strip().startswith(point):
                os.kill(os.getpid(), signal.SIGKILL)

        def at_commit(_connection: object) -> None:
            if point == COMMIT:
                os.kill(os.getpid(), signal.SIGKILL)

        await again.index.standing.get(again.clock())
        event.listen(engine, "before_cursor_execute", at_statement)
        event.listen(engine, "commit", at_commit)
        await again.send("POST", request.path, request.token, request.body)
        if point == ANSWER:
            os.kill(os.getpid(), signal.SIGKILL)


async def _count(world: World) -> Mapping[str, int]:
    count = "SELECT count(*) FROM"
    async with owning(world.engine) as conn:
        found = {
            name: int(await conn.scalar(text(f"{count} {table}")) or 0)
            for name, table in COUNTED.items()
        }
        for kind in KINDS:
            query = text(f"{count} ledger_entry WHERE kind = :kind")
            found[kind] = int(await conn.scalar(query, {"kind": kind}) or 0)
        numbers = text("SELECT coalesce(sum(number), 0) FROM ledger_person")
        found["numbers"] = int(await conn.scalar(numbers) or 0)
        return found


async def _send_again(world: World, request: Request) -> None:
    async with restarted(world) as again:
        answer = await again.send("POST", request.path, request.token, request.body)
    assert answer.status_code == request.status, answer.text


def _killed(world: World, request: Request, point: str) -> None:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(_die(world, request, point))
        finally:
            os._exit(7)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the write of this point never came"


@pytest.mark.parametrize(("database", "act", "point"), TABLE)
def test_a_crash_leaves_all_or_nothing(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    database: str,
    act: str,
    point: str,
) -> None:
    is_sqlite = database == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("registered_postgres"))
    world, asked = asyncio.run(_prepare(tmp_path, url, act))
    before = asyncio.run(_count(world))
    _killed(world, asked, point)
    after = asyncio.run(_count(world))
    assert after == (_expected(before, act) if point == ANSWER else before)
    asyncio.run(_send_again(world, asked))
    last = asyncio.run(_count(world))
    once = _expected(before, act)
    assert last == (_repeated(once, act) if point == ANSWER else once)


def _expected(before: Mapping[str, int], act: str) -> Mapping[str, int]:
    """What one such request changes, all of it together."""
    changes = {
        "lookup": {"tickets": 2, "repeats": 1, "lookup": 1, "numbers": 1},
        "refusal": {"lookup": 1, "numbers": 1},
        "publish": {"signals": 1, "evidence": 1, "publication": 1},
        "withdraw": {"signals": -1, "tombstones": 1, "evidence": 1, "withdrawal": 1},
    }[act]
    return _plus(before, {**changes, "pending": 1})


def _repeated(once: Mapping[str, int], act: str) -> Mapping[str, int]:
    """What sending it once more changes after it was done: it is recorded, no more."""
    changes = {
        "lookup": {"lookup": 1, "numbers": 1},
        "refusal": {"lookup": 1, "numbers": 1},
        "publish": {"publication": 1},
        "withdraw": {"withdrawal": 1},
    }[act]
    return _plus(once, {**changes, "pending": 1})


def _plus(counts: Mapping[str, int], changes: Mapping[str, int]) -> Mapping[str, int]:
    return {name: count + changes.get(name, 0) for name, count in counts.items()}
