"""What an agency's administrator answered about deliveries that its agent holds.

Revision 0005.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: nothing was answered yet."""
    op.get_bind().exec_driver_sql(
        "ALTER TABLE agent_status ADD COLUMN answers JSON DEFAULT '[]' NOT NULL"
    )


def downgrade() -> None:
    """Drop it: what was answered and not fetched is to be answered again."""
    op.get_bind().exec_driver_sql("ALTER TABLE agent_status DROP COLUMN answers")
