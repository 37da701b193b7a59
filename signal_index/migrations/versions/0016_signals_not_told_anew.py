"""A signal that was taken over knows that its new source has not told it itself yet.

Revision 0016. What was taken over before, without an outbox, counts as not told.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_FALSE = {"sqlite": "0", "postgresql": "false"}
_TRUE = {"sqlite": "1", "postgresql": "true"}


def upgrade() -> None:
    """Add the column."""
    connection = op.get_bind()
    no, yes = (one[connection.dialect.name] for one in (_FALSE, _TRUE))
    connection.exec_driver_sql(
        f"ALTER TABLE signal ADD COLUMN untold BOOLEAN DEFAULT {no} NOT NULL"
    )
    connection.exec_driver_sql(
        f"UPDATE signal SET untold = {yes}"  # noqa: S608 - our own constant
        " WHERE taken_over_from IS NOT NULL AND outbox IS NULL"
    )


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql("ALTER TABLE signal DROP COLUMN untold")
