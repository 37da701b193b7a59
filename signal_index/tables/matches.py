"""Matches: boxes for some days, a sheet of each source and day, steps of both sides.

- A box and a sheet are sealed at one length; their ids are random, and no column names
  a signal. `made_in` is the hour of a daily run, the same for all that it makes.
- Each source that takes part gets a sheet on each day, whether it was matched or not.
- A step stands under a name that only the key gives, and links to nothing.
"""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Uuid,
)

from signal_index.tables.metadata import OIN, Instant, metadata, municipality

match_box = Table(
    "match_box",
    metadata,
    Column("id", Uuid, primary_key=True),  # random: a UUIDv7 would tell the moment
    municipality(),
    Column("year", Integer, nullable=False),  # of the key that sealed it
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Date, nullable=False),
    Index(None, "municipality"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

match_sheet = Table(
    "match_sheet",
    metadata,
    Column("id", Uuid, primary_key=True),  # random
    municipality(),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_in", Instant, nullable=False),  # the hour
    Column("until", Date, nullable=False),
    Index(None, "source"),
    Index(None, "municipality", "made_in"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

match_step = Table(
    "match_step",
    metadata,
    Column("handle", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)
