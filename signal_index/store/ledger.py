"""Writes ledger entries, and raises the number of each person asked about.

- `insert_entries` runs inside the caller's transaction: an entry is durable exactly
  when the act that it records is.
- On PostgreSQL one statement writes any number of entries, so that 64 gathered lookups
  cost one round trip, with what stands beside them (`asked_before`); on SQLite three.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Integer,
    LargeBinary,
    String,
    TextClause,
    Uuid,
    bindparam,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from signal_index.ledger import FIND_KEY_BYTES, Entry
from signal_index.tables.ledger import (
    ledger_disclosure,
    ledger_entry,
    ledger_pending,
)
from signal_index.tables.metadata import Minute

_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "entry_id": Uuid(),
    "year": Integer(),
    "kind": String(),
    "organisation": String(),
    "municipality": String(),
    "recorded_at": Minute(),
    "leaf": LargeBinary(),
    "sealed": LargeBinary(),
    "find_user": LargeBinary(),
    "find_team": LargeBinary(),
    "find_case": LargeBinary(),
    "find_person": LargeBinary(),
    "find_purpose": LargeBinary(),
    "find_outcome": LargeBinary(),
    "find_break_glass": LargeBinary(),
}

_GIVEN = """
    WITH given AS (
      SELECT * FROM unnest(
        :entry_id, :year, :kind, :organisation, :municipality, :recorded_at,
        :leaf, :sealed, :find_user, :find_team, :find_case, :find_person,
        :find_purpose, :find_outcome, :find_break_glass
      ) AS g (
        entry_id, year, kind, organisation, municipality, recorded_at,
        leaf, sealed, find_user, find_team, find_case, find_person,
        find_purpose, find_outcome, find_break_glass
      )
    ), entries AS (
      INSERT INTO ledger_entry
        (entry_id, year, kind, organisation, municipality, recorded_at, leaf)
      SELECT
        entry_id, year, kind, organisation, municipality, recorded_at, leaf
      FROM given
    ), disclosures AS (
      INSERT INTO ledger_disclosure
        (entry_id, year, municipality, sealed,
         find_user, find_team, find_case, find_person,
         find_purpose, find_outcome, find_break_glass)
      SELECT
        entry_id, year, municipality, sealed,
        find_user, find_team, find_case, find_person,
        find_purpose, find_outcome, find_break_glass
      FROM given
    )
    """
INSERT_PENDING: Final = (
    "INSERT INTO ledger_pending (entry_id, year) SELECT entry_id, year FROM given"
)


def make_insertion(last: str = INSERT_PENDING, **more: TypeEngine[Any]) -> TextClause:
    """Give the statement that writes entries and ends so; `more`: arrays of its end."""
    return text(_GIVEN + last).bindparams(
        *(
            bindparam(name, type_=ARRAY(one))
            for name, one in {**_COLUMNS, **more}.items()
        )
    )


_INSERT_ALL = make_insertion()

_RAISE_NUMBERS = text(
    """
    INSERT INTO ledger_person (year, find_person, number)
    SELECT :year, name, times FROM unnest(:names, :times) AS g (name, times)
    ORDER BY name
    ON CONFLICT (year, find_person)
    DO UPDATE SET number = ledger_person.number + excluded.number
    RETURNING find_person, number
    """
).bindparams(
    bindparam("names", type_=ARRAY(LargeBinary())),
    bindparam("times", type_=ARRAY(Integer())),
)

# SQLite knows no arrays: names come as one value of so many bytes each. One text for
# any number of persons is compiled once; a list of VALUES was compiled every time.
_RAISE_NUMBERS_SQLITE = (
    text(
        """
        INSERT INTO ledger_person (year, find_person, number)
        SELECT :year, substr(:names, :length * key + 1, :length), value
        FROM json_each(:times) WHERE true
        ON CONFLICT (year, find_person)
        DO UPDATE SET number = ledger_person.number + excluded.number
        RETURNING find_person, number
        """
    )
    .bindparams(bindparam("names", type_=LargeBinary()), bindparam("times", type_=JSON))
    .columns(find_person=LargeBinary(), number=BigInteger())
)


async def insert_entries(conn: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Write entries with their sealed groups, and queue them for the sequencer.

    Commits nothing: the caller's transaction makes entry and act durable together.
    """
    if not entries:
        return
    if conn.dialect.name == "postgresql":
        await conn.execute(_INSERT_ALL, entry_columns(entries))
        return
    rows = [_row_of(entry) for entry in entries]
    for table in (ledger_entry, ledger_disclosure, ledger_pending):
        names = table.columns.keys() & rows[0].keys()
        await conn.execute(
            insert(table), [{name: row[name] for name in names} for row in rows]
        )


def entry_columns(entries: Sequence[Entry]) -> dict[str, Sequence[Any]]:
    """Give entries as the arrays of `make_insertion`."""
    rows = [_row_of(entry) for entry in entries]
    return {name: [row[name] for row in rows] for name in _COLUMNS}


def _row_of(entry: Entry) -> Mapping[str, Any]:
    return {
        "entry_id": entry.id,
        "year": entry.year,
        "kind": entry.facts.kind.value,
        "organisation": entry.facts.organisation,
        "municipality": entry.facts.municipality,
        "recorded_at": entry.facts.recorded_at,
        "leaf": entry.leaf,
        "sealed": entry.sealed,
        "find_user": entry.find_keys.user,
        "find_team": entry.find_keys.team,
        "find_case": entry.find_keys.case,
        "find_person": entry.find_keys.person,
        "find_purpose": entry.find_keys.purpose,
        "find_outcome": entry.find_keys.outcome,
        "find_break_glass": entry.find_keys.break_glass,
    }


async def raise_person_numbers(
    conn: AsyncConnection, year: int, persons: Sequence[bytes]
) -> Sequence[int]:
    """Give each person asked about the next number of this year, in the given order.

    `persons` are keyed hashes (`ledger.person_find_key`) and may hold one twice. Rows
    are taken in sorted order, so that two gathered groups never wait for each other.
    """
    times = Counter(persons)
    last = await _raise_to(conn, year, sorted(times.items()))
    used = {person: last[person] - count for person, count in times.items()}
    numbers = []
    for person in persons:
        used[person] += 1
        numbers.append(used[person])
    return numbers


async def _raise_to(
    conn: AsyncConnection, year: int, times: Sequence[tuple[bytes, int]]
) -> Mapping[bytes, int]:
    if not times:
        return {}
    if conn.dialect.name == "postgresql":
        columns = {
            "year": year,
            "names": [name for name, _ in times],
            "times": [count for _, count in times],
        }
        rows = await conn.execute(_RAISE_NUMBERS, columns)
    else:
        columns = {
            "year": year,
            "names": b"".join(name for name, _ in times),
            "times": [count for _, count in times],
            "length": FIND_KEY_BYTES,
        }
        rows = await conn.execute(_RAISE_NUMBERS_SQLITE, columns)
    return {row.find_person: row.number for row in rows}
