"""What sources in trial tried, and what came of it.

Revision 0003.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TYPES = {
    "sqlite": {"uuid": "CHAR(32)", "instant": "DATETIME"},
    "postgresql": {"uuid": "UUID", "instant": "TIMESTAMPTZ"},
}
_TABLE = """
CREATE TABLE rehearsal (
  id {uuid} NOT NULL, source CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL,
  submitted_by CHAR(20) NOT NULL, opened_at {instant} NOT NULL, tried JSON NOT NULL,
  delivery {uuid} NOT NULL,
  closed_at {instant}, passed BOOLEAN, cases JSON, signers JSON, key_version INTEGER,
  CONSTRAINT pk_rehearsal PRIMARY KEY (id),
  CONSTRAINT uq_rehearsal_delivery UNIQUE (delivery),
  CONSTRAINT fk_rehearsal_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_rehearsal_submitted_by
    FOREIGN KEY (submitted_by) REFERENCES organisation (oin),
  CONSTRAINT ck_rehearsal_closed_is_judged
    CHECK ((closed_at IS NULL) = (passed IS NULL))
)
"""


def upgrade() -> None:
    """Make the table."""
    connection = op.get_bind()
    types = _TYPES[connection.dialect.name]
    connection.exec_driver_sql(_TABLE.format(**types))
    connection.exec_driver_sql("CREATE INDEX ix_rehearsal_source ON rehearsal (source)")


def downgrade() -> None:
    """Drop it: what was tried is to be tried again."""
    op.drop_table("rehearsal")
