"""Which outboxes of a source are gone, and which took their place."""

import sqlalchemy as sa
from alembic import op

revision = "20261130.2"
down_revision = "20261130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; no outbox was replaced before it was there."""
    op.create_table(
        "replaced_outbox",
        sa.Column("submitted_by", sa.CHAR(20), nullable=False),
        sa.Column("outbox", sa.Uuid(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "submitted_by", "outbox", name=op.f("pk_replaced_outbox")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"],
            ["organisation.oin"],
            name=op.f("fk_replaced_outbox_submitted_by"),
        ),
    )


def downgrade() -> None:
    """Drop it: a copy of a lost outbox is believed again."""
    op.drop_table("replaced_outbox")
