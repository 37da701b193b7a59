"""What lookups leave behind beside their ledger entries.

Revision 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SPENT_TICKET = (
    sa.Column("jti", sa.Uuid(), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("jti", name="pk_spent_ticket"),
)

_LOOKUP_REPEAT = (
    sa.Column("req", sa.LargeBinary(length=32), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("subject", sa.String(length=255), nullable=False),
    sa.Column("body_digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("req", name="pk_lookup_repeat"),
)

_SEEN_TOKEN = (
    sa.Column("issuer", sa.String(length=200), nullable=False),
    sa.Column("jti", sa.String(length=200), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("issuer", "jti", name="pk_seen_token"),
)

_LOOKUP_OUTCOME = (
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("outcome", sa.String(length=64), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_lookup_outcome_organisation"
    ),
    sa.PrimaryKeyConstraint("entry_id", name="pk_lookup_outcome"),
)

_REVIEW_TASK = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("reason", sa.String(length=64), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_review_task_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_review_task"),
    sa.UniqueConstraint("entry_id", name="uq_review_task_entry_id"),
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table("spent_ticket", *_SPENT_TICKET, sqlite_with_rowid=False)
    op.create_table("lookup_repeat", *_LOOKUP_REPEAT, sqlite_with_rowid=False)
    op.create_table("seen_token", *_SEEN_TOKEN, sqlite_with_rowid=False)
    op.create_table("lookup_outcome", *_LOOKUP_OUTCOME)
    op.create_table("review_task", *_REVIEW_TASK)
    op.create_index("ix_lookup_repeat_until", "lookup_repeat", ["until"])
    op.create_index("ix_seen_token_until", "seen_token", ["until"])
    op.create_index("ix_spent_ticket_until", "spent_ticket", ["until"])


def downgrade() -> None:
    """Drop them, the youngest first."""
    for table in (
        "review_task",
        "lookup_outcome",
        "seen_token",
        "lookup_repeat",
        "spent_ticket",
    ):
        op.drop_table(table)
