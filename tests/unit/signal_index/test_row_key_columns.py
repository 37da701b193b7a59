"""Every column of bytes is moved with another row key, or says why it is not."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from signal_index.store.row_key_columns import ELSEWHERE, MOVED
from signal_index.store.row_moves import JOBS
from signal_index.tables.metadata import metadata


def _columns_of_bytes() -> set[tuple[str, str]]:
    return {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.c
        if isinstance(column.type, LargeBinary)
    }


def test_no_column_of_bytes_is_forgotten() -> None:
    moved = {(table, column) for table, columns in MOVED.items() for column in columns}
    elsewhere = {
        (table, column) for table, columns in ELSEWHERE.items() for column in columns
    }
    assert moved.isdisjoint(elsewhere)
    assert moved | elsewhere == _columns_of_bytes()


def test_every_table_that_is_moved_is_gone_over_once() -> None:
    assert sorted(job.table for job in JOBS) == sorted(MOVED)
