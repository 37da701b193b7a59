"""Completeness: findings of a reconciliation, and what the processing log needs.

Revision 0008. The web role closes a finding, once written it changes nothing else of
it; upkeep forgets findings with the entries that they are about, and moves the place up
to which the processing log has confirmed its records.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DAY = (
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("entries", sa.Integer(), nullable=False),
    sa.Column("requests", sa.Integer(), nullable=False),
    sa.Column("receipts", sa.Integer(), nullable=False),
    sa.Column("still_open", sa.Integer(), nullable=False),
    sa.Column("alarms", sa.Integer(), nullable=False),
    sa.Column("findings", sa.Integer(), nullable=False),
    sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("taken_by", sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint("municipality", "day", name="pk_completeness_day"),
)
_FINDING = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("code", sa.String(length=64), nullable=False),
    sa.Column("weight", sa.String(length=64), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=True),
    sa.Column("subject", sa.String(length=255), nullable=True),
    sa.Column("entry_id", sa.Uuid(), nullable=True),
    sa.Column("req", sa.String(length=64), nullable=True),
    sa.Column("counted", sa.Integer(), nullable=True),
    sa.Column("total", sa.Integer(), nullable=True),
    sa.Column("reported", sa.Integer(), nullable=True),
    sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closed_by", sa.String(length=255), nullable=True),
    sa.Column("closing_reason", sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_completeness_finding"),
    sa.UniqueConstraint(
        "municipality", "digest", name="uq_completeness_finding_municipality_digest"
    ),
)
_TRACE = (
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("trace_id", sa.LargeBinary(length=16), nullable=False),
    sa.Column("span_id", sa.LargeBinary(length=8), nullable=False),
    sa.PrimaryKeyConstraint("entry_id", name="pk_trace_context"),
)
_PLACE = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("year", name="pk_processing_log"),
)
_CLOSED = "closed_at, closed_by, closing_reason"
_GRANTS = (
    ("SELECT, INSERT, UPDATE", "completeness_day", "web"),
    (f"SELECT, INSERT, UPDATE ({_CLOSED})", "completeness_finding", "web"),
    ("SELECT, DELETE", "completeness_day, completeness_finding", "upkeep"),
    ("SELECT, INSERT", "trace_context", "web"),
    ("SELECT, DELETE", "trace_context", "upkeep"),
    ("SELECT, INSERT, UPDATE", "processing_log", "upkeep"),
    ("SELECT", "processing_log, completeness_day", "reporting"),
)


def upgrade() -> None:
    """Make the tables, and give each role what its job needs."""
    op.create_table("completeness_day", *_DAY)
    op.create_table("completeness_finding", *_FINDING)
    op.create_index(
        "ix_completeness_finding_municipality_day",
        "completeness_finding",
        ["municipality", "day", "id"],
    )
    op.create_table("trace_context", *_TRACE)
    op.create_table("processing_log", *_PLACE)
    if op.get_bind().dialect.name == "postgresql":
        for privileges, tables, role in _GRANTS:
            op.execute(f"GRANT {privileges} ON {tables} TO signal_index_{role}")


def downgrade() -> None:
    """Drop them; their grants go with them."""
    for table in (
        "processing_log",
        "trace_context",
        "completeness_finding",
        "completeness_day",
    ):
        op.drop_table(table)
