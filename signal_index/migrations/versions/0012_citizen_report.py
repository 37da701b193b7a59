"""Requests for access, embargoes, corrections and objections.

Revision 0012. The web role may close a request, lift an embargo, answer a correction
and release a signal; who it is about, why and until when cannot be changed by it. The
seal of an embargo can be written by it but not read, as a signal's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ACCESS_REQUEST = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("reference", sa.CHAR(length=7), nullable=False),
    sa.Column("identity_check", sa.String(length=64), nullable=False),
    sa.Column("received_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("extension", sa.String(length=64), nullable=True),
    sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closing", sa.String(length=64), nullable=True),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(
        "(closing IS NULL) = (closed_at IS NULL)",
        name="ck_access_request_closed_with_a_reason",
    ),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_access_request_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_access_request"),
)

_EMBARGO = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("reference", sa.CHAR(length=7), nullable=False),
    sa.Column("row_key", sa.LargeBinary(length=16), nullable=False),
    sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
    sa.Column("key_version", sa.Integer(), nullable=False),
    sa.Column("categories", sa.JSON(), nullable=False),
    sa.Column("reason", sa.String(length=64), nullable=False),
    sa.Column("until", sa.Date(), nullable=False),
    sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("approval_id", sa.Uuid(), nullable=False),
    sa.Column("lifting", sa.String(length=64), nullable=True),
    sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(
        "(lifting IS NULL) = (lifted_at IS NULL)", name="ck_embargo_lifted_by_reason"
    ),
    sa.CheckConstraint("length(row_key) = 16", name="ck_embargo_row_key_length"),
    sa.CheckConstraint("length(seal) = 32", name="ck_embargo_seal_length"),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_embargo_organisation"
    ),
    sa.ForeignKeyConstraint(
        ["approval_id"], ["approval.id"], name="fk_embargo_approval_id"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_embargo"),
)

_CORRECTION = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("reference", sa.CHAR(length=7), nullable=False),
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("submitted_by", sa.CHAR(length=20), nullable=False),
    sa.Column("signal_reference", sa.Uuid(), nullable=False),
    sa.Column("row_key", sa.LargeBinary(length=16), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("reason", sa.String(length=64), nullable=False),
    sa.Column("received_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("answer", sa.String(length=64), nullable=True),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(
        "(answer IS NULL) = (answered_at IS NULL)",
        name="ck_correction_answered_with_a_code",
    ),
    sa.CheckConstraint(
        "released_at IS NULL OR (restricted_at IS NOT NULL AND answer IS NOT NULL)",
        name="ck_correction_released_after_the_answer",
    ),
    sa.CheckConstraint("length(row_key) = 16", name="ck_correction_row_key_length"),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_correction_organisation"
    ),
    sa.ForeignKeyConstraint(["source"], ["source.oin"], name="fk_correction_source"),
    sa.ForeignKeyConstraint(
        ["submitted_by"], ["organisation.oin"], name="fk_correction_submitted_by"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_correction"),
)

_INDEXES = {
    "access_request": (("municipality", "id"), ("closed_at",)),
    "embargo": (("row_key",), ("municipality", "id"), ("until",)),
    "correction": (
        ("row_key",),
        ("municipality", "id"),
        ("source", "id"),
        ("submitted_by", "id"),
        ("answered_at",),
    ),
}
_EMBARGO_BUT_SEAL = (
    "id, municipality, organisation, reference, row_key, key_version, categories, "
    "reason, until, placed_at, approval_id, lifting, lifted_at"
)
_REQUEST_CHANGES = "due_on, extension, reported_at, closing, closed_at"
_GRANTS = {
    "web": (
        (f"SELECT, INSERT, UPDATE ({_REQUEST_CHANGES})", "access_request"),
        (
            f"SELECT ({_EMBARGO_BUT_SEAL}), INSERT, UPDATE (lifting, lifted_at)",
            "embargo",
        ),
        (
            "SELECT, INSERT, UPDATE (released_at, answer, answered_at)",
            "correction",
        ),
    ),
    "upkeep": (
        ("SELECT, DELETE", "access_request, correction"),
        (f"SELECT ({_EMBARGO_BUT_SEAL}), DELETE", "embargo"),
    ),
}


def upgrade() -> None:
    """Make the tables, their indexes and what each role may do."""
    op.create_table("access_request", *_ACCESS_REQUEST)
    op.create_table("embargo", *_EMBARGO)
    op.create_table("correction", *_CORRECTION)
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    op.create_index(
        "uq_correction_open",
        "correction",
        ["source", "signal_reference"],
        unique=True,
        sqlite_where=sa.text("answer IS NULL"),
        postgresql_where=sa.text("answer IS NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for role, grants in _GRANTS.items():
            for privileges, tables in grants:
                op.execute(f"GRANT {privileges} ON {tables} TO signal_index_{role}")


def downgrade() -> None:
    """Drop them; their grants go with them."""
    for table in ("correction", "embargo", "access_request"):
        op.drop_table(table)
