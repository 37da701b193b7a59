"""What comes back to sources: boxes, notices, and what the same two know already.

Revision 0012.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TYPES = {
    "sqlite": {
        "uuid": "CHAR(32)",
        "instant": "DATETIME",
        "bytes": "BLOB",
        "clustered": "WITHOUT ROWID",
    },
    "postgresql": {
        "uuid": "UUID",
        "instant": "TIMESTAMPTZ",
        "bytes": "BYTEA",
        "clustered": "",
    },
}
_TABLES = (
    """
CREATE TABLE notice_box (
  id {uuid} NOT NULL, year INTEGER NOT NULL, municipality CHAR(4) NOT NULL,
  sealed {bytes} NOT NULL,
  CONSTRAINT pk_notice_box PRIMARY KEY (id)
) {clustered}
""",
    """
CREATE TABLE return_notice (
  id {uuid} NOT NULL, source CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL,
  year INTEGER NOT NULL, handle {bytes} NOT NULL, sealed {bytes} NOT NULL,
  made_in {instant} NOT NULL, expires DATE NOT NULL, acknowledged BOOLEAN NOT NULL,
  CONSTRAINT pk_return_notice PRIMARY KEY (id),
  CONSTRAINT fk_return_notice_source FOREIGN KEY (source) REFERENCES source (oin)
) {clustered}
""",
    """
CREATE TABLE notice_damping (
  handle {bytes} NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_notice_damping PRIMARY KEY (handle)
) {clustered}
""",
    """
CREATE INDEX ix_return_notice_source_acknowledged_id
  ON return_notice (source, acknowledged, id)
""",
    "CREATE INDEX ix_return_notice_handle ON return_notice (handle)",
    "CREATE INDEX ix_return_notice_expires ON return_notice (expires)",
    "CREATE INDEX ix_notice_damping_until ON notice_damping (until)",
)


def upgrade() -> None:
    """Make the tables."""
    connection = op.get_bind()
    types = _TYPES[connection.dialect.name]
    for statement in _TABLES:
        connection.exec_driver_sql(statement.format(**types))


def downgrade() -> None:
    """Drop them: what was not fetched is not told."""
    for table in ("notice_damping", "return_notice", "notice_box"):
        op.drop_table(table)
