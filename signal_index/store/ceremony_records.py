"""The records of ceremonies that this index checked: kept for good, given to auditors.

A record is kept under SHA-256 of its transcript, which the key config and each entry of
what was done under the ceremony name. Nothing in it is secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.registry import ceremony_record


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """That a record is there: of which kind of ceremony, and since when."""

    kind: str
    kept_at: datetime


async def keep_record(
    conn: AsyncConnection, transcript: bytes, kept: KeptRecord, document: str
) -> bool:
    """Keep a record that was checked; False where one of its ceremony is there."""
    if await find_record(conn, transcript) is not None:
        return False
    row = {
        "transcript": transcript,
        "kind": kept.kind,
        "document": document,
        "kept_at": kept.kept_at,
    }
    await conn.execute(insert(ceremony_record).values(row))
    return True


async def find_record(conn: AsyncConnection, transcript: bytes) -> str | None:
    """Find the record of a ceremony, as it was handed in."""
    columns = ceremony_record.c
    document: str | None = await conn.scalar(
        select(columns.document).where(columns.transcript == transcript)
    )
    return document


async def find_kept(conn: AsyncConnection) -> Mapping[bytes, KeptRecord]:
    """Find which ceremonies have a record here, by the digest of their transcript."""
    columns = ceremony_record.c
    rows = await conn.execute(select(columns.transcript, columns.kind, columns.kept_at))
    return {row.transcript: KeptRecord(row.kind, row.kept_at) for row in rows}
