"""A signal knows that a person gave it by hand; those that are there were delivered.

Revision 0007.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FALSE = {"sqlite": "0", "postgresql": "false"}


def upgrade() -> None:
    """Add the column."""
    connection = op.get_bind()
    no = _FALSE[connection.dialect.name]
    connection.exec_driver_sql(
        f"ALTER TABLE signal ADD COLUMN by_hand BOOLEAN DEFAULT {no} NOT NULL"
    )


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql("ALTER TABLE signal DROP COLUMN by_hand")
