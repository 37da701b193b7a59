"""Counts per day, the stock of signals, and who may have a report with persons.

- `overview_day` is sealed with the disclosure key of its year: what is counted there,
  entries hide, and with one lookup on a day a count is that lookup.
- `overview_count` and `overview_stock` say nothing that entries and signals do not say
  in the clear.
- `report_request` keeps what was asked for sealed too: it may name an employee.
"""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
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

overview_count = Table(  # which days are counted, how finally, up to when
    "overview_count",
    metadata,
    Column("day", Date, primary_key=True),  # a Dutch calendar day
    Column("stage", Integer, nullable=False),  # overview.days.Stage
    Column("lookups", Integer, nullable=False),
    Column("counted_at", Instant, nullable=False),
)

overview_day = Table(
    "overview_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("municipality", municipality().type, primary_key=True),
    Column("organisation", OIN, primary_key=True),
    Column("year", Integer, nullable=False),  # whose disclosure key opens it
    Column("sealed", LargeBinary, nullable=False),
)

overview_stock = Table(
    "overview_stock",
    metadata,
    Column("day", Date, primary_key=True),
    Column("municipality", municipality().type, primary_key=True),
    Column("source", OIN, primary_key=True),
    Column("category", LABEL, primary_key=True),
    Column("began", JSON, nullable=False),  # how many active ones, by first day
)

account_mandate = Table(  # who may ask for reports with persons, and until when
    "account_mandate",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("subject", String(255), primary_key=True),  # the provider's `sub`
    municipality(),
    Column("until", Date, nullable=False),
    Column("given_at", Minute, nullable=False),
)

report_request = Table(
    "report_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("approval_id", Uuid, ForeignKey("approval.id"), nullable=False),
    Column("year", Integer, nullable=False),  # whose disclosure key opens it
    Column("sealed", LargeBinary, nullable=False),
    Column("requested_at", Minute, nullable=False),
)
