"""Counts per day, the stock of signals, mandates, and reports that were asked for.

Revision 0010. The upkeep counts: for that it may read what users said came of their
lookups. The web role reads counts and keeps reports that were asked for; it can give
nobody a mandate.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COUNT = (
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("stage", sa.Integer(), nullable=False),
    sa.Column("lookups", sa.Integer(), nullable=False),
    sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("day", name="pk_overview_count"),
)
_DAY = (
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint(
        "day", "municipality", "organisation", name="pk_overview_day"
    ),
)
_STOCK = (
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("began", sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint(
        "day", "municipality", "source", "category", name="pk_overview_stock"
    ),
)
_MANDATE = (
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("subject", sa.String(length=255), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("until", sa.Date(), nullable=False),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_account_mandate_organisation"
    ),
    sa.PrimaryKeyConstraint("organisation", "subject", name="pk_account_mandate"),
)
_REQUEST = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("approval_id", sa.Uuid(), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["approval_id"], ["approval.id"], name="fk_report_request_approval_id"
    ),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_report_request_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_report_request"),
)
_TABLES = {
    "overview_count": _COUNT,
    "overview_day": _DAY,
    "overview_stock": _STOCK,
    "account_mandate": _MANDATE,
    "report_request": _REQUEST,
}
_COUNTS = "overview_count, overview_day, overview_stock"
_GRANTS = (
    f"GRANT SELECT ON {_COUNTS}, account_mandate TO signal_index_web",
    "GRANT SELECT, INSERT ON report_request TO signal_index_web",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {_COUNTS} TO signal_index_upkeep",
    "GRANT SELECT, DELETE ON report_request TO signal_index_upkeep",
    "GRANT SELECT ON lookup_outcome TO signal_index_upkeep",
    "GRANT SELECT ON overview_count, overview_stock TO signal_index_reporting",
)


def upgrade() -> None:
    """Make the tables."""
    for name, columns in _TABLES.items():
        op.create_table(name, *columns)
    if op.get_bind().dialect.name == "postgresql":
        for grant in _GRANTS:
            op.execute(grant)


def downgrade() -> None:
    """Drop them; what the upkeep might read beside them goes back too."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("REVOKE SELECT ON lookup_outcome FROM signal_index_upkeep")
