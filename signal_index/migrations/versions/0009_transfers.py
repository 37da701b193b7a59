"""Signals pass from one source to another, by two persons.

Revision 0009. A signal says from whom it was taken over; a tombstone, by whom.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TYPES = {
    "sqlite": {"UUID": "CHAR(32)", "TIMESTAMPTZ": "DATETIME", "BYTEA": "BLOB"},
    "postgresql": {},
}
_UPGRADE = (
    "ALTER TABLE signal ADD COLUMN taken_over_from CHAR(20)",
    "ALTER TABLE signal ADD COLUMN taken_over_on DATE",
    "ALTER TABLE tombstone ADD COLUMN successor CHAR(20)",
    """CREATE TABLE signal_transfer (
      id UUID NOT NULL,
      municipality CHAR(4) NOT NULL,
      approval_id UUID NOT NULL,
      source CHAR(20) NOT NULL,
      successor CHAR(20) NOT NULL,
      categories JSON NOT NULL,
      contacts JSON,
      contact_holder UUID,
      asked_at TIMESTAMPTZ NOT NULL,
      carried_out_at TIMESTAMPTZ,
      signals INTEGER,
      references_digest BYTEA,
      CONSTRAINT pk_signal_transfer PRIMARY KEY (id),
      CONSTRAINT fk_signal_transfer_approval_id
        FOREIGN KEY (approval_id) REFERENCES approval (id),
      CONSTRAINT fk_signal_transfer_source
        FOREIGN KEY (source) REFERENCES source (oin),
      CONSTRAINT fk_signal_transfer_successor
        FOREIGN KEY (successor) REFERENCES source (oin),
      CONSTRAINT fk_signal_transfer_contact_holder
        FOREIGN KEY (contact_holder) REFERENCES contact_holder (id),
      CONSTRAINT uq_signal_transfer_approval_id UNIQUE (approval_id),
      CONSTRAINT ck_signal_transfer_to_another CHECK (source <> successor),
      CONSTRAINT ck_signal_transfer_carried_out_with_count
        CHECK ((carried_out_at IS NULL) = (signals IS NULL))
    )""",
    "CREATE INDEX ix_signal_transfer_municipality_id"
    " ON signal_transfer (municipality, id)",
)


def upgrade() -> None:
    """Add what a transfer needs."""
    for statement in _UPGRADE:
        _run(statement)


def downgrade() -> None:
    """Drop it: what was taken over stays with who has it."""
    _run("DROP TABLE signal_transfer")
    _run("ALTER TABLE tombstone DROP COLUMN successor")
    _run("ALTER TABLE signal DROP COLUMN taken_over_on")
    _run("ALTER TABLE signal DROP COLUMN taken_over_from")


def _run(statement: str) -> None:
    connection = op.get_bind()
    for name, own in _TYPES[connection.dialect.name].items():
        statement = statement.replace(name, own)
    connection.exec_driver_sql(statement)
