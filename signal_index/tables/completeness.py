"""Days that were reconciled, what was found, and what the processing log needs.

- A finding names an account, as `account_suspension` does; never a person who was asked
  about, nor anything by which one is found. Nor which decoy it was: those name nobody.
- `alarm_window` and `watched` are what a leader has told and seen, so that another one
  says nothing twice and leaves out no moment.
- `trace_context` holds what a caller said of its own trace (W3C Trace Context), until
  the processing log has confirmed the record of that entry.
- `processing_log` holds, for each year's tree, up to which leaf records are confirmed.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from signal_index.tables.metadata import (
    LABEL,
    OIN,
    Instant,
    Minute,
    metadata,
    municipality,
)

completeness_day = Table(
    "completeness_day",
    metadata,
    Column("municipality", municipality().type, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the report
    Column("entries", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("receipts", Integer, nullable=False),
    Column("still_open", Integer, nullable=False),
    Column("alarms", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("taken_at", Minute, nullable=False),
    Column("taken_by", String(255), nullable=False),
)

completeness_finding = Table(
    "completeness_finding",
    metadata,
    Column("id", Uuid, primary_key=True),
    municipality(),
    Column("day", Date, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # of what was found on that day
    Column("code", LABEL, nullable=False),
    Column("weight", LABEL, nullable=False),
    Column("organisation", OIN),
    Column("subject", String(255)),  # the provider's `sub`
    Column("entry_id", Uuid),
    Column("req", LABEL),
    Column("counted", Integer),
    Column("total", Integer),
    Column("reported", Integer),
    Column("gap", JSON(none_as_null=True)),  # of a key holder's record
    Column("found_at", Minute, nullable=False),
    Column("closed_at", Minute),
    Column("closed_by", String(255)),
    Column("closed_in", OIN),  # its organisation
    Column("closing_reason", LABEL),
    UniqueConstraint("municipality", "digest"),
    Index("ix_completeness_finding_municipality_day", "municipality", "day", "id"),
)

alarm_window = Table(  # what was told of an account in one window of a rule
    "alarm_window",
    metadata,
    Column("municipality", municipality().type, primary_key=True),
    Column("rule", LABEL, primary_key=True),
    Column("organisation", OIN, primary_key=True),
    Column("account", LargeBinary, primary_key=True),  # as the ledger finds it
    Column("begins", Minute, primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("finding", ForeignKey("completeness_finding.id"), nullable=False),
)

watched = Table(  # until when the ledger was held against a set of rules
    "watched",
    metadata,
    Column("what", LABEL, primary_key=True),
    Column("until", Instant, nullable=False),
)

decoy = Table(  # numbers that were never issued, as the ledger of a year knows persons
    "decoy",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("find_person", LargeBinary, primary_key=True),
)

trace_context = Table(
    "trace_context",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    municipality(),
    Column("trace_id", LargeBinary(16), nullable=False),
    Column("span_id", LargeBinary(8), nullable=False),
)

processing_log = Table(
    "processing_log",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
)
