"""What a lookup leaves behind beside its ledger entries.

- A spent ticket stays until it would have expired anyway; after that its own expiry
  refuses it.
- A repeat lets a caller whose connection broke ask the same again for five minutes.
- `person_counter` gives each person a number per ledger name, so that a gap is visible.
- `spent_ticket`, `seen_token` and `person_counter` carry no municipality: a ticket is
  not given for one, and a person's number counts over all of them.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
)

from signal_index.tables.metadata import LABEL, OIN, Instant, metadata, municipality

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
    sqlite_with_rowid=False,
)

person_counter = Table(
    "person_counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("name", LargeBinary(32), primary_key=True),  # the ledger's name
    Column("entries", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

seen_token = Table(  # one-time assertions (proof of possession), until they expire
    "seen_token",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("jti", String(200), primary_key=True),
    Column("until", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

lookup_outcome = Table(
    "lookup_outcome",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("outcome", LABEL, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

review_task = Table(  # each break-glass lookup is looked at afterwards
    "review_task",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry_id", Uuid, nullable=False, unique=True),
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("reason", LABEL, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("reviewed_at", Instant, nullable=True),
)
