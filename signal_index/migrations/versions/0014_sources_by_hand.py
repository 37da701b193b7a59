"""A source may have no export: only its people signal. Those that are there have one.

Revision 0014.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_FALSE = {"sqlite": "0", "postgresql": "false"}


def upgrade() -> None:
    """Add the column."""
    connection = op.get_bind()
    no = _FALSE[connection.dialect.name]
    connection.exec_driver_sql(
        f"ALTER TABLE source ADD COLUMN by_hand BOOLEAN DEFAULT {no} NOT NULL"
    )


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql("ALTER TABLE source DROP COLUMN by_hand")
