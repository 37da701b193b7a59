"""Second pairs of eyes: what was asked for approval, and who approved.

Revision 0006. The web role may decide an approval and spend it; what it is about, who
asked and until when cannot be changed by it, and no approval is deleted by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_APPROVAL: tuple[sa.schema.SchemaItem, ...] = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("kind", sa.String(length=64), nullable=False),
    sa.Column("title_code", sa.String(length=64), nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("needs_role", sa.String(length=64), nullable=True),
    sa.Column("requested_by", sa.String(length=255), nullable=False),
    sa.Column("requester_has_role", sa.Boolean(), nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.String(length=64), nullable=False),
    sa.Column("decided_by", sa.String(length=255), nullable=True),
    sa.Column("decider_has_role", sa.Boolean(), nullable=True),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(
        "state <> 'approved' OR "
        "(decided_by IS NOT NULL AND decided_by <> requested_by)",
        name="ck_approval_by_another_person",
    ),
    sa.CheckConstraint(
        "state <> 'approved' OR needs_role IS NULL OR requester_has_role "
        "OR (decider_has_role IS NOT NULL AND decider_has_role)",
        name="ck_approval_by_the_role_it_needs",
    ),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_approval_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_approval"),
)
_DECIDED = "state, decided_by, decider_has_role, decided_at, spent_at"


def upgrade() -> None:
    """Make the table, and let the web role ask and decide."""
    op.create_table("approval", *_APPROVAL)
    op.create_index(
        "uq_approval_open",
        "approval",
        ["municipality", "organisation", "kind", "digest"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"GRANT SELECT, INSERT, UPDATE ({_DECIDED}) ON approval TO signal_index_web"
        )
        op.execute("GRANT SELECT, DELETE ON approval TO signal_index_upkeep")


def downgrade() -> None:
    """Drop it; its grants go with it."""
    op.drop_table("approval")
