"""What a municipality establishes is a purpose, or an act of the loop.

Revision 0008.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Call the column by what it holds now."""
    op.get_bind().exec_driver_sql(
        "ALTER TABLE establishment RENAME COLUMN purpose TO opens"
    )


def downgrade() -> None:
    """Call it by its old name again; what only the new one knows goes."""
    connection = op.get_bind()
    connection.exec_driver_sql(
        "DELETE FROM establishment WHERE opens IN ('notice-of-lookup', 'match',"
        " 'follow', 'colleague', 'hand-signal')"
    )
    connection.exec_driver_sql(
        "ALTER TABLE establishment RENAME COLUMN opens TO purpose"
    )
