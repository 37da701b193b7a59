"""Policy bundles: proposed, approved and active.

Revision 0013. Bundles and adoptions are append-only, for whoever is connected: triggers
abort UPDATE and DELETE. The upkeep reads them: the adopted catalogue says how long a
signal may live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BUNDLE = (
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("document", sa.Text(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("digest", name="pk_policy_bundle"),
)
_PROPOSAL = (
    sa.Column("approval", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("base", sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(
        ["approval"], ["approval.id"], name="fk_policy_proposal_approval"
    ),
    sa.ForeignKeyConstraint(
        ["digest"], ["policy_bundle.digest"], name="fk_policy_proposal_digest"
    ),
    sa.PrimaryKeyConstraint("approval", name="pk_policy_proposal"),
)
_ADOPTION = (
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("approval", sa.Uuid(), nullable=False),
    sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("statement", sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(
        ["approval"], ["approval.id"], name="fk_policy_adoption_approval"
    ),
    sa.ForeignKeyConstraint(
        ["digest"], ["policy_bundle.digest"], name="fk_policy_adoption_digest"
    ),
    sa.PrimaryKeyConstraint("municipality", "serial", name="pk_policy_adoption"),
    sa.UniqueConstraint("approval", name="uq_policy_adoption_approval"),
)
_KEPT = ("policy_bundle", "policy_adoption")
_ALL = "policy_bundle, policy_proposal, policy_adoption"


def upgrade() -> None:
    """Make the tables, guard them, and grant what each role needs."""
    op.create_table("policy_bundle", *_BUNDLE)
    op.create_table("policy_proposal", *_PROPOSAL)
    op.create_table("policy_adoption", *_ADOPTION)
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    """Drop them, the youngest first; triggers and grants go with them."""
    for table in ("policy_adoption", "policy_proposal", "policy_bundle"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_policy()")


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'what was adopted stays'); END"
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            name = f"refuse_{table}_{verb.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refuse}")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change_of_policy() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'what was adopted stays'; END $$"
    )
    refuse = "EXECUTE FUNCTION refuse_change_of_policy()"
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            name = f"refuse_{table}_{verb.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refuse}")
    op.execute(f"GRANT SELECT, INSERT ON {_ALL} TO signal_index_web")
    op.execute(
        "GRANT SELECT ON policy_bundle, policy_adoption TO signal_index_upkeep, "
        "signal_index_reporting"
    )
