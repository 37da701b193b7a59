"""What a population register said about persons, and how agencies' agents are doing.

Revision 0014. The web role writes an event and reads its mark when something is
published; upkeep deletes what is over. Of an agent the newest status is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_GRANTS = (
    ("SELECT, INSERT", "person_event", "web"),
    ("SELECT, DELETE", "person_event", "upkeep"),
    ("SELECT, INSERT, UPDATE", "agent_status", "web"),
)


def upgrade() -> None:
    """Make the tables and say who may do what with it."""
    op.create_table(
        "person_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("municipality", sa.CHAR(length=4), nullable=False),
        sa.Column("source", sa.CHAR(length=20), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(mark) = 16", name="ck_person_event_mark_length"),
        sa.ForeignKeyConstraint(
            ["source"], ["source.oin"], name="fk_person_event_source"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_event"),
    )
    op.create_index("ix_person_event_mark", "person_event", ["mark"])
    op.create_index("ix_person_event_until", "person_event", ["until"])
    op.create_table(
        "agent_status",
        sa.Column("organisation", sa.CHAR(length=20), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("municipality", sa.CHAR(length=4), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.oin"],
            name="fk_agent_status_organisation",
        ),
        sa.PrimaryKeyConstraint("organisation", "agent", name="pk_agent_status"),
    )
    if op.get_context().dialect.name == "postgresql":
        for privileges, table, role in _GRANTS:
            op.execute(f"GRANT {privileges} ON {table} TO signal_index_{role}")


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("agent_status")
    op.drop_table("person_event")
