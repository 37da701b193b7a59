"""What a lookup leaves behind beside its ledger entries.

- A spent ticket stays until it would have expired anyway; after that its own expiry
  refuses it.
- A repeat lets a caller whose connection broke ask the same again for five minutes,
  three times.
- What came of a flag is sealed: an open row would say that this lookup showed one.
- `spent_ticket` carries no municipality: a ticket is not given for one.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)

from signal_index.tables.metadata import OIN, Instant, metadata, municipality

spent_ticket = Table(
    "spent_ticket",
    metadata,
    Column("jti", Uuid, primary_key=True),
    Column("until", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

lookup_repeat = Table(
    "lookup_repeat",
    metadata,
    Column("req", LargeBinary(32), primary_key=True),
    municipality(),
    Column("organisation", OIN, nullable=False),
    Column("subject", String(255), nullable=False),  # the caller's `sub`
    Column("body_digest", LargeBinary(32), nullable=False),  # SHA-256 of the body
    Column("until", Instant, nullable=False, index=True),
    Column("repeats", Integer, server_default=text("0"), nullable=False),
    CheckConstraint("repeats <= 3", name="three_at_most"),
    sqlite_with_rowid=False,
)

lookup_outcome = Table(  # sealed: `signal_index.ledger.outcomes`
    "lookup_outcome",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),  # keyed hash of entry and place
    municipality(),
    Column("year", Integer, nullable=False),  # whose disclosure key opens it
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
