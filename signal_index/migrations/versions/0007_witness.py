"""Witnesses: what they cosigned last, and ledgers that took another's place.

Revision 0007. The sequencer keeps the newest cosigned checkpoint of each tree; the web
role reads how old it is. That a ledger succeeded another is written by the owner alone,
and never changed (triggers, as for the ledger itself).
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WITNESSED = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("witnessed_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["year"], ["ledger_tree.year"], name="fk_ledger_witnessed_year"
    ),
    sa.PrimaryKeyConstraint("year", name="pk_ledger_witnessed"),
)
_SUCCESSION = (
    sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("origin", sa.Text(), nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["entry_id"], ["ledger_entry.entry_id"], name="fk_ledger_succession_entry_id"
    ),
    sa.PrimaryKeyConstraint("generation", name="pk_ledger_succession"),
    sa.UniqueConstraint("origin", name="uq_ledger_succession_origin"),
)
_GUARDED = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Make both tables, and guard the one that may not change."""
    op.create_table("ledger_witnessed", *_WITNESSED)
    op.create_table("ledger_succession", *_SUCCESSION)
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    else:
        refuse = "EXECUTE FUNCTION refuse_change_of_ledger()"
        _grant()
        op.execute(
            "CREATE TRIGGER refuse_ledger_succession_truncate BEFORE TRUNCATE "
            f"ON ledger_succession {refuse}"
        )
    for verb in _GUARDED:
        op.execute(
            f"CREATE TRIGGER refuse_ledger_succession_{verb.lower()} BEFORE {verb} "
            f"ON ledger_succession {refuse}"
        )


def _grant() -> None:
    both = "ledger_witnessed, ledger_succession"
    for role in ("web", "upkeep", "reporting", "sequencer"):
        op.execute(f"GRANT SELECT ON {both} TO signal_index_{role}")
    op.execute("GRANT INSERT, UPDATE ON ledger_witnessed TO signal_index_sequencer")


def downgrade() -> None:
    """Drop both; triggers and grants go with them."""
    op.drop_table("ledger_succession")
    op.drop_table("ledger_witnessed")
