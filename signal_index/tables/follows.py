"""Follows: an open case of a generalist, sealed, with its own last day.

- `person_row` is a row of its own (`derive_sealed_row` over the organisation): it is no
  signal's, and that of another organisation is another. Without h it names nobody.
- What it looks at stands in the seal alone: no row links two kinds of signals.
- A row changes by its user's own acts only, so that a copy of the database does not
  show that anything happened to anybody.
"""

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Table, Uuid

from signal_index.tables.metadata import OIN, metadata, municipality

follow = Table(
    "follow",
    metadata,
    Column("id", Uuid, primary_key=True),  # random: a UUIDv7 would tell the moment
    municipality(),
    Column("organisation", OIN, nullable=False),
    Column("year", Integer, nullable=False),  # of the key that sealed it
    Column("owner", LargeBinary(16), nullable=False),  # keyed hash of the user
    Column("person_row", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Date, nullable=False),  # the last day
    Column("offer", LargeBinary(16)),  # keyed hash of the code to hand it over by
    Column("offered_until", Date),
    Column("given_by", LargeBinary(16)),  # keyed hash of whose it was before
    Column("given_on", Date),
    Index(None, "owner"),
    Index(None, "person_row"),
    Index(None, "organisation"),
    Index(None, "offer"),
    Index(None, "given_by"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)
