"""Moving rows to another row key: what holds one, and a pass over each such table.

- Which columns are moved stands in `store.row_key_columns`; a new column of bytes
  cannot be forgotten there.
- All rows of one person in one category move together, with the corrections about them:
  these are joined by their row key. What somebody else has locked is passed over and
  met again: this waits for nobody, and so nobody waits in a circle.
- A table of sealed values is sealed anew whole, covers and all, as long as any of them
  names a person under the former key: which ones were about somebody does not show.
- The order is that of row keys and of random ids: rows of one person in two categories,
  or in two tables, do not come together.

A pass that moved nothing and passed nothing over has counted: nothing stands under the
former key any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    RowMapping,
    Select,
    Table,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from keys.pseudonym import SealedRow
from signal_index.citizens.embargo import ROW
from signal_index.citizens.reported import name_request_row
from signal_index.follows import name_follow_row, open_following, seal_following
from signal_index.keyring import YearKeys
from signal_index.row_keys import RowKeys
from signal_index.signals import name_event_row
from signal_index.store.embargo_stamps import is_our_embargo, stamp_embargo
from signal_index.store.sealed_moves import COLUMNS, SEALED, UNREADABLE, AnyRow
from signal_index.tables.citizen_rights import access_request, correction, embargo
from signal_index.tables.follows import follow
from signal_index.tables.person_events import person_event
from signal_index.tables.signals import signal

BATCH: Final = 400
"""Rows in one transaction: about a twentieth of a second."""

SEALED_BATCH: Final = 200


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """What moving takes: the key that rows move to, the one they leave, the years'."""

    to: RowKeys
    since: RowKeys
    years: YearKeys

    def find_moved(self, row: SealedRow, category: str) -> SealedRow | None:
        """Give a row as it is called from now on; None where it is called so already.

        Raises `InvalidRow` for one that neither key made.
        """
        try:
            self.to.open(row, category)
        except InvalidRow:
            return self.to.seal(self.since.open(row, category), category)
        return None


@dataclass(frozen=True, slots=True)
class Passed:
    """What a part of a pass came to; `last`: after which there is more.

    `stood`: called by the new key when it was met; `waiting`: others had it locked.
    """

    stood: int = 0
    moved: int = 0
    waiting: int = 0
    unreadable: int = 0
    last: Any = None

    def __add__(self, other: Passed) -> Passed:
        return Passed(
            self.stood + other.stood,
            self.moved + other.moved,
            self.waiting + other.waiting,
            self.unreadable + other.unreadable,
            other.last,
        )

    @property
    def is_done(self) -> bool:
        """Tell whether nothing was met that stands under the former key."""
        return self.moved == 0 and self.waiting == 0


MovePart = Callable[[AsyncConnection, Move, Any], Awaitable[Passed]]
"""Moves a part of a table, after where the part before ended."""


async def _move_rows(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - a row key
    return await _move_named(conn, move, signal, after)


async def _move_corrections(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - a row key
    """Move corrections of which no signal stands any more; the others went along."""
    return await _move_named(conn, move, correction, after)


async def _move_named(
    conn: AsyncConnection,
    move: Move,
    table: Table,
    after: bytes | None,
) -> Passed:
    columns = table.c
    query = select(columns.row_key, columns.seal, columns.category)
    if after is not None:
        query = query.where(columns.row_key > after)
    rows = (await conn.execute(query.order_by(columns.row_key).limit(BATCH))).all()
    last = bytes(rows[-1].row_key) if len(rows) == BATCH else None
    named: dict[bytes, SealedRow] = {}
    stood = unreadable = 0
    for row in rows:
        try:
            made = _moved(move, row.row_key, row.seal, row.category)
        except InvalidRow:
            unreadable += 1
            continue
        if made is None:
            stood += 1
        else:
            named[bytes(row.row_key)] = made
    whole = await _lock_whole(conn, named) if named else frozenset()
    if whole:
        for moved in (signal, correction):
            await _rename(conn, moved, {old: named[old] for old in whole})
    return Passed(stood, len(whole), len(named) - len(whole), unreadable, last)


def _moved(
    move: Move, row_key: bytes, seal: bytes | None, category: str
) -> SealedRow | None:
    return move.find_moved(SealedRow(bytes(row_key), bytes(seal or b"")), category)


async def _lock_whole(
    conn: AsyncConnection, named: Collection[bytes]
) -> frozenset[bytes]:
    """Lock all rows of these names, and give the names of which nothing was missed.

    Whoever writes beside a row holds one that stands there (`lock_standing`), so that
    nothing comes to a name that is locked.
    """
    locked = set[tuple[str, UUID]]()
    whole = set(named)
    for table in (signal, correction):
        query = select(table.c.id).where(table.c.row_key.in_(sorted(named)))
        found = await conn.scalars(query.with_for_update(skip_locked=True))
        locked |= {(table.name, id_) for id_ in found}
    for table in (signal, correction):
        query_all = select(table.c.row_key, table.c.id)
        for row in await conn.execute(
            query_all.where(table.c.row_key.in_(sorted(named)))
        ):
            if (table.name, row.id) not in locked:
                whole.discard(bytes(row.row_key))
    return frozenset(whole)


async def _rename(
    conn: AsyncConnection, table: Table, named: Mapping[bytes, SealedRow]
) -> None:
    old = sorted(named)
    if conn.dialect.name == "postgresql":
        await conn.execute(
            _RENAMES[table.name],
            {
                "old": old,
                "new": [named[one].row_key for one in old],
                "seal": [named[one].seal for one in old],
            },
        )
        return
    await conn.execute(
        update(table)
        .where(table.c.row_key == bindparam("old"))
        .values(row_key=bindparam("new"), seal=bindparam("sealed")),
        [
            {"old": one, "new": named[one].row_key, "sealed": named[one].seal}
            for one in old
        ],
    )


_RENAMES: Final = {
    name: text(
        f"UPDATE {name} SET row_key = g.new, seal = g.seal "  # noqa: S608  our own tables
        "FROM unnest(:old, :new, :seal) AS g (old, new, seal) "
        f"WHERE {name}.row_key = g.old"
    ).bindparams(
        *(bindparam(one, type_=ARRAY(LargeBinary)) for one in ("old", "new", "seal"))
    )
    for name in ("signal", "correction")
}


async def _move_embargoes(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
    """Move embargoes, and stamp anew those that this index stamped: no others."""

    def change(row: RowMapping) -> Mapping[str, Any] | None:
        made = _moved(move, row["row_key"], row["seal"], ROW)
        if made is None:
            return None
        named = {"row_key": made.row_key, "seal": made.seal}
        if not is_our_embargo(row, move.years):
            return named
        return {**named, "stamp": stamp_embargo({**row, **named}, move.years)}

    return await _change(conn, embargo, select(embargo), after, change)


async def _move_events(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
    def change(row: RowMapping) -> Mapping[str, Any] | None:
        name = name_event_row(row["municipality"])
        made = _moved(move, row["mark"], row["seal"], name)
        return None if made is None else {"mark": made.row_key, "seal": made.seal}

    columns = person_event.c
    query = select(columns.id, columns.mark, columns.seal, columns.municipality)
    return await _change(conn, person_event, query, after, change)


async def _move_requests(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
    def change(row: RowMapping) -> Mapping[str, Any] | None:
        name = name_request_row(row["id"])
        made = _moved(move, row["person_key"], row["person_seal"], name)
        if made is None:
            return None
        return {"person_key": made.row_key, "person_seal": made.seal}

    columns = access_request.c
    query = select(columns.id, columns.person_key, columns.person_seal)
    query = query.where(columns.person_key.is_not(None))
    return await _change(conn, access_request, query, after, change)


async def _move_follows(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
    """Move follows: the row by which they are found, and the same inside the seal."""

    def change(row: RowMapping) -> Mapping[str, Any] | None:
        key = move.years.get_disclosure_key(row["year"])
        said = open_following(row["id"], bytes(row["sealed"]), key)
        if said.person.row_key != bytes(row["person_row"]):
            raise InvalidRow
        made = move.find_moved(said.person, name_follow_row(row["organisation"]))
        if made is None:
            return None
        sealed = seal_following(row["id"], replace(said, person=made), key)
        return {"person_row": made.row_key, "sealed": sealed}

    columns = follow.c
    query = select(
        *(columns.id, columns.organisation, columns.year),
        *(columns.person_row, columns.sealed),
    )
    return await _change(conn, follow, query, after, change)


async def _change(
    conn: AsyncConnection,
    table: Table,
    query: Select[*tuple[Any, ...]],
    after: UUID | None,
    change: Callable[[RowMapping], Mapping[str, Any] | None],
) -> Passed:
    """Change rows one by one, in the order of their ids: these tables are small."""
    met = await _find_ids(conn, table, after, BATCH)
    locked = query.where(table.c.id.in_(met)).with_for_update(skip_locked=True)
    rows = (await conn.execute(locked)).mappings().all()
    free = await conn.scalars(
        query.with_only_columns(table.c.id).where(table.c.id.in_(met))
    )
    waiting = len(free.all()) - len(rows)
    stood = moved = unreadable = 0
    for row in rows:
        try:
            values = change(row)
        except UNREADABLE:
            unreadable += 1
            continue
        if values is None:
            stood += 1
            continue
        own = table.c.id == row["id"]
        await conn.execute(update(table).where(own).values(**values))
        moved += 1
    last = met[-1] if len(met) == BATCH else None
    return Passed(stood, moved, max(waiting, 0), unreadable, last)


async def _find_ids(
    conn: AsyncConnection, table: Table, after: UUID | None, most: int
) -> Sequence[UUID]:
    ids = select(table.c.id)
    if after is not None:
        ids = ids.where(table.c.id > after)
    return (await conn.scalars(ids.order_by(table.c.id).limit(most))).all()


def _look_at(table: Table) -> MovePart:
    """Count which sealed values name a person under the former key; change none."""

    async def look(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
        met = await _find_ids(conn, table, after, SEALED_BATCH)
        rows = await conn.execute(_sealed(table).where(table.c.id.in_(met)))
        left = stood = unreadable = 0
        for row in rows:
            try:
                _, is_left = _seal_anew(table, row, move)
            except UNREADABLE:
                unreadable += 1
                continue
            left += is_left
            stood += not is_left
        last = met[-1] if len(met) == SEALED_BATCH else None
        return Passed(stood, left, 0, unreadable, last)

    return look


def _seal_all(table: Table) -> MovePart:
    """Seal every value anew, covers too; what others have locked is met again."""

    async def seal(conn: AsyncConnection, move: Move, after: Any) -> Passed:  # noqa: ANN401 - an id
        met = await _find_ids(conn, table, after, SEALED_BATCH)
        these = _sealed(table).where(table.c.id.in_(met))
        rows = await conn.execute(these.with_for_update(skip_locked=True))
        made = []
        for row in rows:
            try:
                sealed, _ = _seal_anew(table, row, move)
            except UNREADABLE:
                continue
            made.append({"own": row.id, "anew": sealed})
        if made:
            own = table.c.id == bindparam("own")
            anew = update(table).where(own).values(sealed=bindparam("anew"))
            await conn.execute(anew, made)
        last = met[-1] if len(met) == SEALED_BATCH else None
        return Passed(moved=len(made), last=last)

    return seal


def _sealed(table: Table) -> Select[*tuple[Any, ...]]:
    return select(*(table.c[name] for name in COLUMNS[table.name]))


def _seal_anew(table: Table, row: AnyRow, move: Move) -> tuple[bytes, bool]:
    """Give a value sealed anew, and whether it named its person by the former key."""
    is_left = False

    def rename(person: SealedRow) -> SealedRow:
        nonlocal is_left
        made = move.find_moved(person, ROW)
        is_left |= made is not None
        return made or person

    key = move.years.get_disclosure_key(row.year)
    return SEALED[table](row, key, rename), is_left


@dataclass(frozen=True, slots=True)
class Job:
    """One table: how a part of it is moved; `look`: whether there is anything to move.

    `is_found`: whether its rows are found by their key, so that one that opens no more
    would be lost unseen.
    """

    table: str
    part: MovePart
    look: MovePart | None = None
    is_found: bool = True


JOBS: Final[Sequence[Job]] = (
    Job("signal", _move_rows),
    Job("correction", _move_corrections),
    Job("embargo", _move_embargoes),
    Job("person_event", _move_events),
    Job("access_request", _move_requests),
    Job("follow", _move_follows),
    *(
        Job(table.name, _seal_all(table), _look_at(table), is_found=False)
        for table in SEALED
    ),
)
"""What a pass goes over, in this order."""
