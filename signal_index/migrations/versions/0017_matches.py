"""Matches: boxes for some days, sheets by source and day, steps of both sides.

Revision 0017.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TYPES = {
    "sqlite": {
        "uuid": "CHAR(32)",
        "bytes": "BLOB",
        "instant": "DATETIME",
        "clustered": "WITHOUT ROWID",
    },
    "postgresql": {
        "uuid": "UUID",
        "bytes": "BYTEA",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "clustered": "",
    },
}
_TABLES = (
    """
CREATE TABLE match_box (
  id {uuid} NOT NULL, municipality CHAR(4) NOT NULL, year INTEGER NOT NULL,
  sealed {bytes} NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_match_box PRIMARY KEY (id)
) {clustered}
""",
    """
CREATE TABLE match_sheet (
  id {uuid} NOT NULL, municipality CHAR(4) NOT NULL, source CHAR(20) NOT NULL,
  year INTEGER NOT NULL, sealed {bytes} NOT NULL, made_in {instant} NOT NULL,
  until DATE NOT NULL,
  CONSTRAINT pk_match_sheet PRIMARY KEY (id),
  CONSTRAINT fk_match_sheet_source FOREIGN KEY(source) REFERENCES source (oin)
) {clustered}
""",
    """
CREATE TABLE match_step (
  handle {bytes} NOT NULL, sealed {bytes} NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_match_step PRIMARY KEY (handle)
) {clustered}
""",
)
_INDEXED = (
    ("match_box", "municipality"),
    ("match_box", "until"),
    ("match_sheet", "source"),
    ("match_sheet", "municipality", "made_in"),
    ("match_sheet", "until"),
    ("match_step", "until"),
)


def upgrade() -> None:
    """Make the tables."""
    connection = op.get_bind()
    types = _TYPES[connection.dialect.name]
    for table in _TABLES:
        connection.exec_driver_sql(table.format(**types))
    for table, *columns in _INDEXED:
        name, listed = "_".join(columns), ", ".join(columns)
        connection.exec_driver_sql(
            f"CREATE INDEX ix_{table}_{name} ON {table} ({listed})"
        )


def downgrade() -> None:
    """Drop them: what was matched is found anew from the next publications."""
    for table in ("match_step", "match_sheet", "match_box"):
        op.drop_table(table)
