"""Matches: boxes for some days, a sheet of each source and day, steps of both sides.

- A box and a sheet are sealed at one length; their ids are random, and no column names
  a signal. A sheet says the day it is kept until, the same for all of one run.
- Each source that takes part gets a sheet on each day, whether it was matched or not.
- A step stands under a name that only the key gives, and links to nothing; a row more
  counts those of a last day.
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

from signal_index.tables.metadata import OIN, metadata, municipality

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
    Column("until", Date, nullable=False),
    Index(None, "source"),
    Index(None, "municipality"),
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
