"""Finding entries again: what an officer may search by.

Revision 0009. Keyed hashes beside the sealed groups, as those of user, team, case and
person are: purpose, and the outcomes and emergencies that are few. An index on each
ends in the entry's id, which sorts by time: a search reads one of them backwards and
stops. Nothing is granted: who may read the rows may read these columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLE = "ledger_disclosure"
_COLUMNS = ("find_purpose", "find_outcome", "find_break_glass")
_INDEXED = ("find_team", "find_purpose")
_RARE = ("find_outcome", "find_break_glass")


def upgrade() -> None:
    """Add the columns and the indexes by which entries are searched."""
    for name in _COLUMNS:
        op.add_column(_TABLE, sa.Column(name, sa.LargeBinary))
    for name in _INDEXED:
        op.create_index(f"ix_{_TABLE}_{name}", _TABLE, [name, "entry_id"])
    for name in _RARE:
        only = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_{_TABLE}_{name}",
            _TABLE,
            [name, "entry_id"],
            postgresql_where=only,
            sqlite_where=only,
        )
    op.create_index(
        "ix_ledger_entry_municipality", "ledger_entry", ["municipality", "entry_id"]
    )


def downgrade() -> None:
    """Take the indexes and the columns away."""
    op.drop_index("ix_ledger_entry_municipality", "ledger_entry")
    for name in (*_INDEXED, *_RARE):
        op.drop_index(f"ix_{_TABLE}_{name}", _TABLE)
    for name in _COLUMNS:
        op.drop_column(_TABLE, name)
