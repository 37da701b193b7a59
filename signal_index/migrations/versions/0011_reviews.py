"""Reviews: what was picked, by which rules, how each stands.

Revision 0011. `review` takes the place of `review_task`, which knew of broken glass
alone; what stood there goes along. The web role moves a review from state to state and
never deletes one; upkeep adds what the rules pick, and deletes with the ledger's year.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TERM = timedelta(days=14)
_MUNICIPALITY = sa.CHAR(length=4)
_OIN = sa.CHAR(length=20)
_LABEL = sa.String(length=64)
_INSTANT = sa.DateTime(timezone=True)

_REVIEW = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", _MUNICIPALITY, nullable=False),
    sa.Column("organisation", _OIN, nullable=False),
    sa.Column("picked_at", _INSTANT, nullable=False),
    sa.Column("due_at", _INSTANT, nullable=False),
    sa.Column("state", _LABEL, nullable=False),
    sa.Column("verdict", _LABEL, nullable=True),
    sa.Column("answer_by", _INSTANT, nullable=True),
    sa.Column("judged_by", sa.LargeBinary(), nullable=True),
    sa.Column("closed_at", _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(
        ["entry_id"], ["ledger_entry.entry_id"], name="fk_review_entry_id"
    ),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_review_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_review"),
    sa.UniqueConstraint("entry_id", name="uq_review_entry_id"),
)
_GROUND = (
    sa.Column("review_id", sa.Uuid(), nullable=False),
    sa.Column("rule", _LABEL, nullable=False),
    sa.Column("municipality", _MUNICIPALITY, nullable=False),
    sa.ForeignKeyConstraint(
        ["review_id"], ["review.id"], name="fk_review_ground_review_id"
    ),
    sa.PrimaryKeyConstraint("review_id", "rule", name="pk_review_ground"),
)
_ACT = (
    sa.Column("act_id", sa.Uuid(), nullable=False),
    sa.Column("review_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", _MUNICIPALITY, nullable=False),
    sa.ForeignKeyConstraint(
        ["act_id"], ["ledger_entry.entry_id"], name="fk_review_act_act_id"
    ),
    sa.ForeignKeyConstraint(
        ["review_id"], ["review.id"], name="fk_review_act_review_id"
    ),
    sa.PrimaryKeyConstraint("act_id", name="pk_review_act"),
)
_DAY = (
    sa.Column("municipality", _MUNICIPALITY, nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint("municipality", "day", name="pk_review_day"),
)
_TASK = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("entry_id", sa.Uuid(), nullable=False),
    sa.Column("municipality", _MUNICIPALITY, nullable=False),
    sa.Column("organisation", _OIN, nullable=False),
    sa.Column("reason", _LABEL, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("reviewed_at", _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_review_task_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_review_task"),
    sa.UniqueConstraint("entry_id", name="uq_review_task_entry_id"),
)
_TABLES = "review, review_ground, review_act, review_day"
_MOVED = "state, verdict, due_at, answer_by, judged_by, closed_at"
_OFFICERS = (
    "kind IN ('search', 'report', 'review', 'approval', 'policy', 'correction', "
    "'embargo', 'completeness')"
)
_GRANTS = (
    f"GRANT SELECT, INSERT, UPDATE ({_MOVED}) ON review TO signal_index_web",
    "GRANT SELECT, INSERT ON review_ground, review_act TO signal_index_web",
    "GRANT SELECT, INSERT, DELETE ON review, review_ground, review_day "
    "TO signal_index_upkeep",
    "GRANT SELECT, DELETE ON review_act TO signal_index_upkeep",
    "GRANT SELECT ON ledger_entry, ledger_disclosure, lookup_outcome "
    "TO signal_index_upkeep",
    "GRANT SELECT ON review, review_ground TO signal_index_reporting",
)


def upgrade() -> None:
    """Make the tables, move what there was, and grant."""
    review = op.create_table("review", *_REVIEW)
    ground = op.create_table("review_ground", *_GROUND)
    op.create_table("review_act", *_ACT)
    op.create_table("review_day", *_DAY)
    op.create_index("ix_review_queue", "review", ["municipality", "state", "due_at"])
    op.create_index("ix_review_act_review_id", "review_act", ["review_id"])
    op.create_index(
        "ix_ledger_entry_officers",
        "ledger_entry",
        ["municipality", "entry_id"],
        sqlite_where=sa.text(_OFFICERS),
        postgresql_where=sa.text(_OFFICERS),
    )
    _move_tasks(review, ground)
    op.drop_table("review_task")
    if op.get_bind().dialect.name == "postgresql":
        for grant in _GRANTS:
            op.execute(grant)


def downgrade() -> None:
    """Make the table of broken glass again; what it did not know of is lost."""
    op.drop_index("ix_ledger_entry_officers", "ledger_entry")
    task = op.create_table("review_task", *_TASK)
    bind = op.get_bind()
    review = sa.Table("review", sa.MetaData(), autoload_with=bind)
    for row in bind.execute(sa.select(review)).mappings().all():
        kept = {name: row[name] for name in ("id", "entry_id", *_SHARED)}
        moved = {"reason": "unknown", "created_at": row["picked_at"]}
        bind.execute(sa.insert(task), {**kept, **moved})
    for table in ("review_day", "review_act", "review_ground", "review"):
        op.drop_table(table)
    if bind.dialect.name == "postgresql":
        op.execute("GRANT SELECT, INSERT ON review_task TO signal_index_web")
        op.execute("GRANT SELECT ON review_task TO signal_index_reporting")


_SHARED = ("municipality", "organisation")


def _move_tasks(review: sa.Table, ground: sa.Table) -> None:
    bind = op.get_bind()
    task = sa.table("review_task", *(sa.column(c.name, c.type) for c in _TASK[:7]))
    for row in bind.execute(sa.select(task)).mappings().all():
        kept = {name: row[name] for name in ("id", "entry_id", *_SHARED)}
        picked = {"picked_at": row["created_at"], "due_at": row["created_at"] + _TERM}
        bind.execute(sa.insert(review), {**kept, **picked, "state": "open"})
        named = {"review_id": row["id"], "rule": "break-glass"}
        bind.execute(sa.insert(ground), {**named, "municipality": row["municipality"]})
