"""Signals, tombstones, evidence and deliveries.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COVERED = (
    "municipality",
    "category",
    "state",
    "source",
    "contact_holder",
    "valid_from",
    "valid_until",
    "ended_on",
    "confirmed_at",
)

_SIGNAL = (
    sa.Column("row_key", sa.LargeBinary(length=16), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
    sa.Column("key_version", sa.Integer(), nullable=False),
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("submitted_by", sa.CHAR(length=20), nullable=False),
    sa.Column("reference", sa.Uuid(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("notice_digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("contact_holder", sa.Uuid(), nullable=False),
    sa.Column("valid_from", sa.Date(), nullable=False),
    sa.Column("valid_until", sa.Date(), nullable=False),
    sa.Column("informed_code", sa.String(length=64), nullable=False),
    sa.Column("informed_on", sa.Date(), nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended_on", sa.Date(), nullable=True),
    sa.CheckConstraint(
        "(state = 'ended') = (ended_on IS NOT NULL)", name="ck_signal_ended_has_day"
    ),
    sa.CheckConstraint(
        "state IN ('active', 'ended', 'restricted')", name="ck_signal_state_known"
    ),
    sa.CheckConstraint("length(row_key) = 16", name="ck_signal_row_key_length"),
    sa.CheckConstraint("length(seal) = 32", name="ck_signal_seal_length"),
    sa.CheckConstraint("version >= 1", name="ck_signal_version_is_positive"),
    sa.ForeignKeyConstraint(
        ["contact_holder"], ["contact_holder.id"], name="fk_signal_contact_holder"
    ),
    sa.ForeignKeyConstraint(["source"], ["source.oin"], name="fk_signal_source"),
    sa.ForeignKeyConstraint(
        ["submitted_by"], ["organisation.oin"], name="fk_signal_submitted_by"
    ),
    sa.PrimaryKeyConstraint(
        "row_key", "id", name="pk_signal", postgresql_include=_COVERED
    ),
    sa.UniqueConstraint("source", "reference", name="uq_signal_source_reference"),
)

_TOMBSTONE = (
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("reference", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("reason", sa.String(length=64), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["source"], ["source.oin"], name="fk_tombstone_source"),
    sa.PrimaryKeyConstraint("source", "reference", name="pk_tombstone"),
)

_EVIDENCE = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("kind", sa.String(length=64), nullable=False),
    sa.Column("submitted_by", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("jws", sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(
        ["submitted_by"], ["organisation.oin"], name="fk_evidence_submitted_by"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_evidence"),
)

_DELIVERY = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("submitted_by", sa.CHAR(length=20), nullable=False),
    sa.Column("kind", sa.String(length=64), nullable=False),
    sa.Column("period_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("period_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("counts", sa.JSON(), nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["source"], ["source.oin"], name="fk_delivery_source"),
    sa.ForeignKeyConstraint(
        ["submitted_by"], ["organisation.oin"], name="fk_delivery_submitted_by"
    ),
    sa.PrimaryKeyConstraint("id", "municipality", "category", name="pk_delivery"),
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table("signal", *_SIGNAL, sqlite_with_rowid=False)
    op.create_table("tombstone", *_TOMBSTONE)
    op.create_table("evidence", *_EVIDENCE)
    op.create_table("delivery", *_DELIVERY)
    op.create_index("ix_evidence_received_at", "evidence", ["received_at"])
    op.create_index("ix_delivery_closed_at", "delivery", ["closed_at"])
    op.create_index("ix_signal_confirmed_at", "signal", ["confirmed_at"])
    op.create_index(
        "ix_signal_ended_on",
        "signal",
        ["ended_on"],
        sqlite_where=sa.text("ended_on IS NOT NULL"),
        postgresql_where=sa.text("ended_on IS NOT NULL"),
    )
    op.create_index("ix_signal_valid_until", "signal", ["valid_until"])
    op.create_index("ix_tombstone_until", "tombstone", ["until"])


def downgrade() -> None:
    """Drop them, the youngest first."""
    for table in (
        "delivery",
        "evidence",
        "tombstone",
        "signal",
    ):
        op.drop_table(table)
