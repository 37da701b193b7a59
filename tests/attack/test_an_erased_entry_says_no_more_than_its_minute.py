"""Somebody keeps what others recorded of the same acts, to the second, and joins.

What an entry said is erased; entry, id and place in the tree stay. A key holder's
record has who asked, and the second. Where the index says a minute, and no more, of
several acts of one minute none is singled out: by no id, column or signed tree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import DateTime

from signal_index.identifiers import floor_minute
from signal_index.tables.metadata import Instant, Minute, metadata
from tests.holders_builders import a_bsn
from tests.world import World, open_world

FINER: Final = {
    # of nobody's act: what the index, a witness or a machine of a source did
    "agent_status.reported_at": "a machine of a source reports; it is no entry",
    "ceremony_record.kept_at": "the administrator's command kept it",
    "coverage.last_heard": "a delivery, which its source's machine closed",
    "delivery.closed_at": "a delivery, which its source's machine closed",
    "delivery.period_from": "a source's own words",
    "delivery.period_until": "a source's own words",
    "key_config.accepted_at": "the index took a file that holders signed",
    "ledger_refusal.refused_at": "goes when the ledger is signed again",
    "ledger_succession.succeeded_at": "the administrator's command, once",
    "ledger_witnessed.witnessed_at": "of the newest tree alone",
    "overview_count.counted_at": "the leader counted a day",
    "policy_activation.activated_at": "a process began to decide with it",
    "processing_log.confirmed_at": "of the newest leaf alone",
    "rehearsal.closed_at": "official test persons alone",
    "rehearsal.opened_at": "official test persons alone",
    "replaced_outbox.replaced_at": "a source's machine began anew",
    "row_key_use.since": "the administrator's command",
    "source.live_until": "the administrator's command",
    "watched.until": "until when the leader looked",
    # needed to the second, and gone soon
    "invitation.made_at": "a code that ends; whom it invites is an organisation",
    "invitation.expires_at": "a code that ends",
    "invitation.accepted_at": "a code that was used, by an organisation",
    "lookup_repeat.until": "gone after five minutes",
    "spent_ticket.until": "gone when the ticket has expired, in a quarter of an hour",
    # what has no moment
    "return_notice.made_in": "the hour",
}
"""Columns that say more than a minute, and why that stands beside no erased entry."""


def _columns() -> Iterator[tuple[str, object]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield f"{table.name}.{column.name}", column.type


def test_every_column_of_a_time_says_a_minute_or_why_not() -> None:
    finer = {
        name
        for name, kind in _columns()
        if isinstance(kind, Instant | DateTime) and not isinstance(kind, Minute)
    }
    assert finer == set(FINER)


USERS: Final = ("user-1", "user-2", "user-3")
SECONDS: Final = (7, 23, 41)


@dataclass(frozen=True)
class Evaluated:
    """A line of a holder's own record: who asked, and when, to the microsecond."""

    user: str
    at: datetime


async def _ask_in_one_minute(world: World) -> dict[UUID, Evaluated]:
    """Have three users ask in one minute; give what a holder has of each entry."""
    await world.publish(world.debt_help, [a_bsn(1)])
    minute = floor_minute(world.clock()) + timedelta(minutes=1)
    found = {}
    for user, second in zip(USERS, SECONDS, strict=True):
        at = minute + timedelta(seconds=second, microseconds=123_456)
        world.clock.forward(at - world.clock())
        token = world.a_token(sub=user)
        asked = await world.ask([a_bsn(1)], subject=user)
        answer = await world.send("POST", "/lookups", token, asked)
        (part,) = answer.json()["answers"]
        body = {"outcome": "contact-made", "flag": 0}
        path = f"/lookups/{part['entryId']}/outcome"
        said = await world.send("POST", path, token, body)
        assert said.status_code == 204, said.text
        found[UUID(part["entryId"])] = Evaluated(user, at)
    return found


def _rows(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Read every row that there is, column by column, as SQLite keeps it."""
    with sqlite3.connect(folder / "index.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        for table in metadata.sorted_tables:
            for row in connection.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - our names
                yield table.name, dict(row)


def _read_time(value: object) -> datetime | None:
    """Read the time that a value tells: of a column, or out of an id."""
    if not isinstance(value, str):
        return None
    if len(value) == 32 and value[12] == "7":
        return datetime.fromtimestamp((int(value, 16) >> 80) / 1000, UTC)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return None


@pytest.mark.anyio
async def test_nothing_that_is_kept_of_a_minutes_acts_says_more(tmp_path: Path) -> None:
    """Whatever type a column has: every value that tells a time of that minute."""
    async with open_world(tmp_path) as world:
        asked = await _ask_in_one_minute(world)
        minutes = {floor_minute(one.at) for one in asked.values()}
        told: dict[str, set[datetime]] = {}
        for table, row in _rows(tmp_path):
            for name, value in row.items():
                at = _read_time(value)
                if at is not None and floor_minute(at) in minutes:
                    told.setdefault(f"{table}.{name}", set()).add(at)
    assert {"ledger_entry.entry_id", "ledger_entry.recorded_at"} <= set(told)
    fine = {name for name, times in told.items() if times != minutes}
    assert fine - set(FINER) == set()


@pytest.mark.anyio
async def test_a_holders_record_singles_out_no_entry_of_a_minute(
    tmp_path: Path,
) -> None:
    """The operator takes for each entry whose record lies nearest to what it tells."""
    async with open_world(tmp_path) as world:
        asked = await _ask_in_one_minute(world)
        rows = list(_rows(tmp_path))
    nearest = {entry: _join(entry, rows, list(asked.values())) for entry in asked}
    assert set(nearest.values()) == {nearest[next(iter(asked))]}
    assert len({one.user for one in asked.values()}) == len(USERS), "an exact join has"


def _join(
    entry: UUID, rows: list[tuple[str, dict[str, object]]], record: list[Evaluated]
) -> tuple[str, ...]:
    """Order whom a holder's record has by how near each lies to a row of this entry."""
    times = [
        at
        for table, row in rows
        if entry.hex in row.values() and table not in _GONE
        for at in map(_read_time, row.values())
        if at is not None
    ]
    assert times, "an entry tells a time"
    found = min(record, key=lambda one: min(abs(one.at - at) for at in times))
    return (found.user,)


_GONE: Final = frozenset({"lookup_repeat", "spent_ticket", "trace_context"})
"""What is erased within minutes, long before what the entry says."""
