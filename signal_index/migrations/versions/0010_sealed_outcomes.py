"""What came of a flag is kept sealed, per flag; days are counted anew with it.

Revision 0010. What was said before stood in the clear per lookup, and is not carried
over: the ledger keeps that it was said.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}
_SEALED = """
CREATE TABLE lookup_outcome (
  id {bytes} NOT NULL, municipality CHAR(4) NOT NULL, year INTEGER NOT NULL,
  sealed {bytes} NOT NULL,
  CONSTRAINT pk_lookup_outcome PRIMARY KEY (id)
){without}
"""
_TYPES = {
    "sqlite": {"uuid": "CHAR(32)", "instant": "DATETIME"},
    "postgresql": {"uuid": "UUID", "instant": "TIMESTAMPTZ"},
}
_OPEN = """
CREATE TABLE lookup_outcome (
  entry_id {uuid} NOT NULL, municipality CHAR(4) NOT NULL,
  organisation CHAR(20) NOT NULL, outcome VARCHAR(64) NOT NULL,
  recorded_at {instant} NOT NULL,
  CONSTRAINT pk_lookup_outcome PRIMARY KEY (entry_id),
  CONSTRAINT fk_lookup_outcome_organisation
    FOREIGN KEY (organisation) REFERENCES organisation (oin)
)
"""


def upgrade() -> None:
    """Make the table anew, and forget the counts that are of the form before."""
    connection = op.get_bind()
    kind = connection.dialect.name
    op.drop_table("lookup_outcome")
    without = " WITHOUT ROWID" if kind == "sqlite" else ""
    connection.exec_driver_sql(_SEALED.format(bytes=_BYTES[kind], without=without))
    _forget_counts()


def downgrade() -> None:
    """Make it as it was: what was said is to be said again."""
    connection = op.get_bind()
    op.drop_table("lookup_outcome")
    connection.exec_driver_sql(_OPEN.format(**_TYPES[connection.dialect.name]))
    _forget_counts()


def _forget_counts() -> None:
    connection = op.get_bind()
    for table in ("overview_day", "overview_count"):
        connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - ours
