"""An organisation's own number: whom to call when it is late. Nobody gave one yet.

Revision 0011.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(
        "ALTER TABLE organisation ADD COLUMN phone VARCHAR(16)"
    )


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql("ALTER TABLE organisation DROP COLUMN phone")
