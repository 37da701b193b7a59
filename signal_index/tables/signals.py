"""Signals, what remains after one is withdrawn, and what sources handed in.

- The primary key of a signal starts with the 16-byte row key; on PostgreSQL it covers
  the columns that a lookup reads, on SQLite the table itself is clustered by it.
- The seal (32 bytes) only serves re-keying; the web role may write but never read it.
- No moment stands in a row and no order tells one: of one person there may be others,
  written in the same act. Days, random ids, rows written in the order of their keys.
- No column names a person: the row key is a keyed value outside this database's reach.
"""

from sqlalchemy import (
    CHAR,
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Subquery,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    select,
    text,
)

from signal_index.tables.metadata import (
    LABEL,
    OIN,
    Instant,
    Minute,
    metadata,
    municipality,
)
from signal_index.tables.registry import source
from signal_index.wire.sources import SourceState

COVERED = (
    "municipality",
    "category",
    "state",
    "source",
    "contact_holder",
    "valid_from",
    "valid_until",
    "ended_on",
    "confirmed_on",
    "reference",
)
"""The columns that a lookup reads, beside the key."""

signal = Table(
    "signal",
    metadata,
    Column("row_key", LargeBinary(16), nullable=False),
    Column("id", Uuid, nullable=False),  # random: a UUIDv7 would tell the moment
    Column("seal", LargeBinary(32), nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("reference", Uuid, nullable=False),  # the source's own random UUID
    Column("version", Integer, nullable=False),
    Column("notice_digest", LargeBinary(32), nullable=False),
    Column("category", LABEL, nullable=False),
    municipality(),
    Column("contact_holder", Uuid, ForeignKey("contact_holder.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("informed_code", LABEL, nullable=False),
    Column("informed_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("ended_on", Date, nullable=True),
    Column("outbox", Uuid, nullable=True),  # which of the source's outboxes told it
    # A person gave it at a desk: no delivery knows it, and none may take it back.
    Column("by_hand", Boolean, server_default=false(), nullable=False),
    Column("taken_over_from", OIN, nullable=True),
    Column("taken_over_on", Date, nullable=True),
    # Taken over, and not told by its source itself since: no delivery knows it.
    Column("untold", Boolean, server_default=false(), nullable=False),
    PrimaryKeyConstraint("row_key", "id", postgresql_include=COVERED),
    UniqueConstraint("source", "reference"),
    CheckConstraint("state IN ('active', 'ended', 'restricted')", name="state_known"),
    CheckConstraint("version >= 1", name="version_is_positive"),
    CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended_has_day"),
    CheckConstraint("length(row_key) = 16", name="row_key_length"),
    CheckConstraint("length(seal) = 32", name="seal_length"),
    Index(None, "valid_until"),
    Index(None, "confirmed_on"),
    Index(
        None,
        "ended_on",
        sqlite_where=text("ended_on IS NOT NULL"),
        postgresql_where=text("ended_on IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

replaced_outbox = Table(
    "replaced_outbox",
    metadata,
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("outbox", Uuid, nullable=False),  # lost, says who submits for it
    Column("replaced_by", Uuid, nullable=False),
    Column("replaced_at", Instant, nullable=False),
    PrimaryKeyConstraint("submitted_by", "outbox"),
)
"""Outboxes of which nothing is taken any more: a copy that comes back would publish
what another outbox published anew, and every citizen would have two flags."""


def shown_signals(*names: str) -> Subquery:
    """Give these columns of the signals of live sources, and of no other.

    All that anybody but their source may read: whoever shows signals reads these, never
    the table. Only named columns, for a role may not read them all. Which modules may
    read the table: tests/attack/test_a_source_in_trial_shows_nowhere.py has the list.
    """
    return (
        select(*(signal.c[name] for name in names))
        .join(source, source.c.oin == signal.c.source)
        .where(source.c.state == SourceState.LIVE.value)
        .subquery("shown_signal")
    )


tombstone = Table(  # 90 days: a late or repeated lower version never brings it back
    # What another source took over: two years, in which no version brings it back.
    "tombstone",
    metadata,
    Column("source", OIN, ForeignKey("source.oin"), primary_key=True),
    Column("reference", Uuid, primary_key=True),
    municipality(),
    Column("version", Integer, nullable=False),
    Column("year", Integer, nullable=False),  # of the key that sealed it
    Column("sealed", LargeBinary, nullable=False),  # of which kind, why, since when
    Column("until", Date, nullable=False, index=True),  # spread: no day of its end
    Column("transfer", Uuid, ForeignKey("signal_transfer.id"), nullable=True),
    sqlite_with_rowid=False,
)

evidence = Table(  # what a source signed; names nobody (subject = SHA-256(salt || N))
    "evidence",
    metadata,
    Column("id", Uuid, primary_key=True),  # the batch's uuid, or a UUIDv7
    Column("kind", LABEL, nullable=False),  # notice | batch | withdrawal
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    municipality(),  # of the organisation that submits; a batch may span several
    Column("entry_id", Uuid, nullable=False),
    Column("received_at", Minute, nullable=False, index=True),
    Column("jws", Text, nullable=False),
)

delivery = Table(  # closed deliveries; coverage.last_heard follows from the newest
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("municipality", CHAR(4), primary_key=True),
    Column("category", LABEL, primary_key=True),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("kind", LABEL, nullable=False),  # full | delta
    Column("period_from", Instant, nullable=False),
    Column("period_until", Instant, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("closed_at", Instant, nullable=False, index=True),
)
