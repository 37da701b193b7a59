"""A signal knows from which outbox of its source it came; those that are there do not.

Revision 0006. Without one it counts for whichever outbox its source compares.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UUID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}


def upgrade() -> None:
    """Add the column."""
    connection = op.get_bind()
    kind = _UUID[connection.dialect.name]
    connection.exec_driver_sql(f"ALTER TABLE signal ADD COLUMN outbox {kind}")


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql("ALTER TABLE signal DROP COLUMN outbox")
