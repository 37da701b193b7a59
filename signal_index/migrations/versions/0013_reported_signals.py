"""Statistics read a view, in which no signal of a source in trial stands.

Revision 0013. On PostgreSQL, where the role `reporting` is; SQLite knows no roles. The
view reads by the rights of its owner: who may read it needs none on the table.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VIEW = """
CREATE VIEW reported_signal AS
SELECT signal.key_version, signal.source, signal.submitted_by, signal.category,
  signal.municipality, signal.valid_from, signal.valid_until, signal.informed_code,
  signal.state, signal.confirmed_at, signal.ended_on, signal.taken_over_from,
  signal.taken_over_on
FROM signal JOIN source ON source.oin = signal.source
WHERE source.state = 'live'
"""


def upgrade() -> None:
    """Make the view; `signal-index migrate` grants it in the place of the table."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_VIEW)


def downgrade() -> None:
    """Drop the view."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP VIEW reported_signal")
