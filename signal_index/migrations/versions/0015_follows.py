"""Follows: a generalist's open cases, sealed, each with its last day.

Revision 0015.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TYPES = {
    "sqlite": {"uuid": "CHAR(32)", "bytes": "BLOB", "clustered": "WITHOUT ROWID"},
    "postgresql": {"uuid": "UUID", "bytes": "BYTEA", "clustered": ""},
}
_TABLE = """
CREATE TABLE follow (
  id {uuid} NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL,
  year INTEGER NOT NULL, owner {bytes} NOT NULL, person_row {bytes} NOT NULL,
  sealed {bytes} NOT NULL, until DATE NOT NULL, offer {bytes}, offered_until DATE,
  CONSTRAINT pk_follow PRIMARY KEY (id)
) {clustered}
"""
_INDEXED = ("owner", "person_row", "organisation", "offer", "until")


def upgrade() -> None:
    """Make the table."""
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE.format(**_TYPES[connection.dialect.name]))
    for column in _INDEXED:
        connection.exec_driver_sql(
            f"CREATE INDEX ix_follow_{column} ON follow ({column})"
        )


def downgrade() -> None:
    """Drop it: whoever followed a case looks again."""
    op.drop_table("follow")
