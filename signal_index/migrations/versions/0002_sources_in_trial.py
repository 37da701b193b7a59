"""A source is in trial or live; those that are there already stay live.

Revision 0002. The column's own default is "trial": a row that says nothing is shown to
nobody.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMPTZ"}


def upgrade() -> None:
    """Add the two columns, and let who published before go on being shown."""
    connection = op.get_bind()
    for column in (
        "state VARCHAR(64) DEFAULT 'trial' NOT NULL "
        "CONSTRAINT ck_source_state_known CHECK (state IN ('trial', 'live'))",
        f"live_until {_INSTANT[connection.dialect.name]}",
    ):
        connection.exec_driver_sql(f"ALTER TABLE source ADD COLUMN {column}")
    connection.exec_driver_sql("UPDATE source SET state = 'live'")


def downgrade() -> None:
    """Drop both, and first the signals that nobody could see: they would be shown."""
    connection = op.get_bind()
    connection.exec_driver_sql(
        "DELETE FROM signal WHERE source IN "
        "(SELECT oin FROM source WHERE state = 'trial')"
    )
    for column in ("state", "live_until"):
        connection.exec_driver_sql(f"ALTER TABLE source DROP COLUMN {column}")
