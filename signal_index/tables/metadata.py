"""Metadata, naming convention and the column types that both databases share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CHAR, Column, DateTime, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from signal_index.identifiers import floor_minute

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OIN = CHAR(20)
"""Twenty digits: an organisation of the Dutch government (OIN)."""

LABEL = String(64)
"""An id from the catalogue, or a code from a closed list."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, in UTC on the way in and on the way out.

    SQLite has no zone: it keeps the UTC wall clock as text of fixed width, which sorts
    as time does. A naive datetime is refused, because its zone would be a guess.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's
    ) -> datetime | None:
        """Refuse a naive datetime and convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's
    ) -> datetime | None:
        """Give an aware datetime, whichever database it came from."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


class Minute(Instant):
    """An instant of which the minute is kept: what may stand beside an act for good.

    Whoever holds what is kept here against another's record of the same acts, to the
    second, finds as many as that minute has. Which columns are finer, and why, is
    listed in tests/attack/test_an_erased_entry_says_no_more_than_its_minute.py.
    """

    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Leave out the seconds."""
        instant = super().process_bind_param(value, dialect)
        return None if instant is None else floor_minute(instant)


def municipality() -> Column[Any]:
    """Give the column that every row carries: the CBS code, four digits."""
    return Column("municipality", CHAR(4), nullable=False)
