"""What comes back to sources: boxes for a moment, notices until they expire.

- A box has no time and no reference outside its seal; a row of `return_notice` has the
  hour, not the moment, and an id that is random: neither order links two of them.
- For each box every source that takes part gets a row of the same length. Which of them
  say something is in the seals alone.
- `notice_damping` has a row for each source that hears of an outcome, of any kind, of
  one length; when it goes depends on its month alone.
"""

from sqlalchemy import (
    Boolean,
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

notice_box = Table(
    "notice_box",
    metadata,
    Column("id", Uuid, primary_key=True),  # random: a UUIDv7 would tell the moment
    Column("year", Integer, nullable=False),  # of the key that sealed it
    municipality(),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

return_notice = Table(
    "return_notice",
    metadata,
    Column("id", Uuid, primary_key=True),  # random, or a keyed hash
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    municipality(),
    Column("year", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_in", Instant, nullable=False),  # the hour
    Column("expires", Date, nullable=False),
    Column("names_case", Boolean, nullable=False),  # made by a run or a transfer
    Column("told", Boolean, nullable=False),  # handed to somebody: it stays so
    Column("acknowledged", Boolean, nullable=False),
    Index(None, "source", "made_in", "id", "acknowledged"),
    sqlite_with_rowid=False,
)

notice_damping = Table(
    "notice_damping",
    metadata,
    Column("handle", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)
