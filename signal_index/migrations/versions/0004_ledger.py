"""Entries, trees, tiles and checkpoints.

Revision 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LEDGER_ENTRY = (
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("kind", sa.String(length=32), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=True),
    sa.Column("municipality", sa.CHAR(length=4), nullable=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("leaf", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("entry_id", name="pk_ledger_entry"),
)

_LEDGER_DISCLOSURE = (
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=True),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.Column("find_user", sa.LargeBinary(), nullable=True),
    sa.Column("find_team", sa.LargeBinary(), nullable=True),
    sa.Column("find_case", sa.LargeBinary(), nullable=True),
    sa.Column("find_person", sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(
        ["entry_id"], ["ledger_entry.entry_id"], name="fk_ledger_disclosure_entry_id"
    ),
    sa.PrimaryKeyConstraint("entry_id", name="pk_ledger_disclosure"),
)

_LEDGER_PENDING = (
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(
        ["entry_id"], ["ledger_entry.entry_id"], name="fk_ledger_pending_entry_id"
    ),
    sa.PrimaryKeyConstraint("entry_id", name="pk_ledger_pending"),
)

_LEDGER_PERSON = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("find_person", sa.LargeBinary(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("year", "find_person", name="pk_ledger_person"),
)

_LEDGER_TREE = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("origin", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.CheckConstraint("size >= 0", name="ck_ledger_tree_size"),
    sa.PrimaryKeyConstraint("year", name="pk_ledger_tree"),
    sa.UniqueConstraint("origin", name="uq_ledger_tree_origin"),
)

_LEDGER_LEAF = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(
        ["entry_id"], ["ledger_entry.entry_id"], name="fk_ledger_leaf_entry_id"
    ),
    sa.ForeignKeyConstraint(["year"], ["ledger_tree.year"], name="fk_ledger_leaf_year"),
    sa.PrimaryKeyConstraint("year", "position", name="pk_ledger_leaf"),
    sa.UniqueConstraint("entry_id", name="uq_ledger_leaf_entry_id"),
)

_LEDGER_TILE = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("hashes", sa.LargeBinary(), nullable=False),
    sa.Column("root", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["year"], ["ledger_tree.year"], name="fk_ledger_tile_year"),
    sa.PrimaryKeyConstraint("year", "level", "position", name="pk_ledger_tile"),
)

_LEDGER_CHECKPOINT = (
    sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["year"], ["ledger_tree.year"], name="fk_ledger_checkpoint_year"
    ),
    sa.PrimaryKeyConstraint("year", "size", name="pk_ledger_checkpoint"),
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table("ledger_entry", *_LEDGER_ENTRY)
    op.create_table("ledger_disclosure", *_LEDGER_DISCLOSURE)
    op.create_table("ledger_pending", *_LEDGER_PENDING)
    op.create_table("ledger_person", *_LEDGER_PERSON)
    op.create_table("ledger_tree", *_LEDGER_TREE)
    op.create_table("ledger_leaf", *_LEDGER_LEAF)
    op.create_table("ledger_tile", *_LEDGER_TILE)
    op.create_table("ledger_checkpoint", *_LEDGER_CHECKPOINT)
    op.create_index(
        "ix_ledger_entry_organisation", "ledger_entry", ["organisation", "entry_id"]
    )
    op.create_index(
        "ix_ledger_disclosure_find_case", "ledger_disclosure", ["find_case", "entry_id"]
    )
    op.create_index(
        "ix_ledger_disclosure_find_person",
        "ledger_disclosure",
        ["find_person", "entry_id"],
    )
    op.create_index(
        "ix_ledger_disclosure_find_user", "ledger_disclosure", ["find_user", "entry_id"]
    )


def downgrade() -> None:
    """Drop them, the youngest first."""
    for table in (
        "ledger_checkpoint",
        "ledger_tile",
        "ledger_leaf",
        "ledger_tree",
        "ledger_person",
        "ledger_pending",
        "ledger_disclosure",
        "ledger_entry",
    ):
        op.drop_table(table)
