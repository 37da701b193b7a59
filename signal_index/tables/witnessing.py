"""What witnesses cosigned last, and that a ledger took the place of another.

- `ledger_witnessed`: per tree the newest checkpoint that enough witnesses cosigned,
  with their lines, and when. Replaced as time goes on: it is read, never relied on; the
  cosignatures speak for themselves.
- `ledger_hour`: per tree the first such checkpoint of each hour, for ever: between two
  of them lies when the entries were made. Append-only.
- `ledger_refusal`: why the sequencer signs nothing now, since when; one row, or none.
- `ledger_succession`: a row for each time that the ledger had to begin anew under
  another name, because what was signed could not be gone on with. Append-only.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    Uuid,
)

from signal_index.tables.metadata import Instant, metadata

ledger_witnessed = Table(
    "ledger_witnessed",
    metadata,
    Column(
        "year",
        Integer,
        ForeignKey("ledger_tree.year"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("witnessed_at", Instant, nullable=False),
)

ledger_hour = Table(
    "ledger_hour",
    metadata,
    Column(
        "year",
        Integer,
        ForeignKey("ledger_tree.year"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970, UTC
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)

ledger_refusal = Table(
    "ledger_refusal",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("refused_at", Instant, nullable=False),
)

ledger_succession = Table(
    "ledger_succession",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False, unique=True),
    Column("entry_id", Uuid, ForeignKey("ledger_entry.entry_id"), nullable=False),
    Column("succeeded_at", Instant, nullable=False),
)
