"""A view in a database of the registration: read only, page by page.

- Nothing but SELECT is sent, on one connection whose transaction is read-only where
  the database has such, and is always rolled back. Give the login nothing more either.
- Pages are found by key (`WHERE key > last`), never by counting rows: a row that comes
  or goes while we read moves no other row to a page that was read already.
- The key must be unique and never empty. Both are checked while reading: a row that
  is passed over in a full delivery would be withdrawn.
- `changed` gives a delta: rows changed since the last time, and some before, for rows
  that were committed late. A row that was deleted shows only in a full delivery.

Names are identifiers of the profile, quoted by SQLAlchemy; values are parameters.
Proven by tests/contract/test_sql_view.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from sources.connectors.cases import read_case
from sources.connectors.fields import Dialect, RawCase, Role
from sources.connectors.mapped import (
    find_names,
    make_dialect,
    make_field,
    write_cell,
)
from sources.errors import UnreadableFile
from sources.layouts import ISO_DAYS, SqlLayout
from sources.profile import Profile
from sources.values import Place, Reading

PAGE: Final = 500
Marker = int | date | str
"""A row version, a time or day, or a text that sorts as one; a datetime is a date."""
_READ_ONLY: Final = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


@dataclass(slots=True)
class ChangeMarker:
    """The highest change marker seen so far; one of the future is not believed.

    Otherwise a mistyped year would hide every change until then.
    """

    until: date
    marker: Marker | None = None

    def hear(self, value: object) -> None:
        """Hear of the marker of a row."""
        if isinstance(value, bool) or not isinstance(value, int | date | str):
            return
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and day > self.until:
            return
        known = self.marker
        if known is None or type(known) is not type(value) or known < value:  # type: ignore[operator]  # of one type
            self.marker = value


def read_view(
    engine: Engine,
    profile: Profile,
    since: Marker | None,
    progress: ChangeMarker,
    *,
    today: date,
) -> Iterator[Reading]:
    """Give the readings of a view, all of it or what changed; raises `UnreadableFile`.

    `progress` hears of the change markers; it is for the caller to keep the last one.
    """
    layout = profile.sql
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen database.")
    dialect = make_dialect(layout, typed=ISO_DAYS)
    names = find_names(layout.columns)
    try:
        with engine.connect() as connection:
            _make_read_only(connection)
            rows = _walk(connection, _View(layout, names), since)
            for count, row in enumerate(rows, start=1):
                progress.hear(row.get(layout.changed or ""))
                raw = _make_raw(row, names, (count, dialect))
                yield read_case(raw, profile, today=today)
            connection.rollback()
            if dialect.proof:
                dialect.proof.verify()
    except (SQLAlchemyError, UnicodeDecodeError):
        # Its message may hold values of rows: it is not shown.
        raise UnreadableFile(
            "De database antwoordt niet, of heeft deze view of kolommen niet."
        ) from None


class _View:
    """The SELECTs on one view."""

    def __init__(self, layout: SqlLayout, names: Mapping[Role, str]) -> None:
        wanted = dict.fromkeys((*layout.key, *names.values()))
        if layout.changed:
            wanted[layout.changed] = None
        columns: list[ColumnClause[Any]] = [column(name) for name in wanted]
        self._table = table(layout.view, *columns, schema=layout.db_schema)
        self.changed = layout.changed
        self.overlap = layout.overlap
        self.key = layout.key

    def page(self, since: Marker | None, last: Sequence[Any]) -> Select[Any]:
        """Give the rows from the last one on, that one included."""
        found = select(self._table)
        order = [self._table.c[name] for name in self._order(since)]
        if since is not None and self.changed:
            found = found.where(self._table.c[self.changed] >= since)
        if last:
            found = found.where(_from(order, last))
        return found.order_by(*order).limit(PAGE + 1)

    def empty_keys(self) -> Select[Any]:
        """Give a row of which a part of the key is empty."""
        empty = [self._table.c[name].is_(None) for name in self.key]
        return select(self._table.c[self.key[0]]).where(or_(*empty)).limit(1)

    def position(self, row: RowMapping, since: Marker | None) -> tuple[Any, ...]:
        """Give where a row stands in the order."""
        return tuple(row[name] for name in self._order(since))

    def _order(self, since: Marker | None) -> tuple[str, ...]:
        if since is not None and self.changed:
            return (self.changed, *(name for name in self.key if name != self.changed))
        return self.key


def _from(order: Sequence[ColumnElement[Any]], last: Sequence[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's own type
    """Give `(a, b) >= (x, y)` in words that every database knows."""
    found: ColumnElement[bool] = order[-1] >= last[-1]
    for each, value in zip(reversed(order[:-1]), reversed(last[:-1]), strict=True):
        found = or_(each > value, and_(each == value, found))
    return found


def _walk(
    connection: Connection, view: _View, since: Marker | None
) -> Iterator[RowMapping]:
    if connection.execute(view.empty_keys()).first() is not None:
        raise UnreadableFile("De sleutel van de view is soms leeg.")
    begin = _go_back(since, view.overlap)
    last: tuple[Any, ...] = ()
    while True:
        found = connection.execute(view.page(begin, last)).mappings().all()
        fresh = [row for row in found if view.position(row, begin) != last]
        if len(found) - len(fresh) > 1 or _repeats(view, begin, fresh):
            raise UnreadableFile("De sleutel van de view is niet uniek.")
        yield from fresh
        if len(found) <= PAGE:
            return
        last = view.position(found[-1], begin)


def _repeats(view: _View, begin: Marker | None, rows: Sequence[RowMapping]) -> bool:
    positions = [view.position(row, begin) for row in rows]
    return any(one == two for one, two in pairwise(positions))


def _make_read_only(connection: Connection) -> None:
    statement = _READ_ONLY.get(connection.dialect.name)
    if statement:
        connection.execute(text(statement))


def _go_back(since: Marker | None, overlap: int) -> Marker | None:
    """Give where a delta begins: some time, or versions, before the last one seen."""
    match since:
        case datetime():
            return since - timedelta(seconds=overlap)
        case date():
            return since - timedelta(days=-(-overlap // 86_400))
        case int():
            return since - overlap
        case _:
            return since


def _make_raw(
    row: RowMapping,
    names: Mapping[Role, str],
    at: tuple[int, Dialect],
) -> RawCase:
    count, dialect = at
    fields = {
        role: make_field(name, write_cell(row[name])) for role, name in names.items()
    }
    return RawCase(Place(None, f"rij {count}"), fields, dialect)
