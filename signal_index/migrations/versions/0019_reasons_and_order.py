"""Why signals pass on, why a request was refused; notices in the order of time.

Revision 0019. What was asked before has no reason.
"""

from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

_UP = (
    "ALTER TABLE signal_transfer ADD COLUMN reason VARCHAR(64)",
    "ALTER TABLE approval ADD COLUMN reason VARCHAR(64)",
    "DROP INDEX ix_return_notice_source_acknowledged_id",
    "CREATE INDEX ix_return_notice_source_acknowledged_made_in_id"
    " ON return_notice (source, acknowledged, made_in, id)",
    "CREATE INDEX ix_return_notice_source_made_in_id"
    " ON return_notice (source, made_in, id)",
)
_DOWN = (
    "DROP INDEX ix_return_notice_source_made_in_id",
    "DROP INDEX ix_return_notice_source_acknowledged_made_in_id",
    "CREATE INDEX ix_return_notice_source_acknowledged_id"
    " ON return_notice (source, acknowledged, id)",
    "ALTER TABLE approval DROP COLUMN reason",
    "ALTER TABLE signal_transfer DROP COLUMN reason",
)


def upgrade() -> None:
    """Add columns and indexes."""
    for statement in _UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in _DOWN:
        op.get_bind().exec_driver_sql(statement)
