"""Organisations, clients, signers, sources; and what municipalities recorded.

Revision 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ORGANISATION = (
    sa.Column("oin", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("name", sa.String(length=200), nullable=False),
    sa.Column("kind", sa.String(length=64), nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("oin", name="pk_organisation"),
)

_CLIENT = (
    sa.Column("client_id", sa.String(length=200), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_client_organisation"
    ),
    sa.PrimaryKeyConstraint("client_id", name="pk_client"),
)

_SIGNER = (
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("kid", sa.String(length=128), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("jwk", sa.Text(), nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_signer_organisation"
    ),
    sa.PrimaryKeyConstraint("organisation", "kid", name="pk_signer"),
)

_SOURCE: tuple[sa.schema.SchemaItem, ...] = (
    sa.Column("oin", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("kind", sa.String(length=64), nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["oin"], ["organisation.oin"], name="fk_source_oin"),
    sa.PrimaryKeyConstraint("oin", name="pk_source"),
)

_SOURCE_SUBMITTER = (
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("submitter", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.ForeignKeyConstraint(
        ["source"], ["source.oin"], name="fk_source_submitter_source"
    ),
    sa.ForeignKeyConstraint(
        ["submitter"], ["organisation.oin"], name="fk_source_submitter_submitter"
    ),
    sa.PrimaryKeyConstraint("source", "submitter", name="pk_source_submitter"),
)

_COVERAGE: tuple[sa.schema.SchemaItem, ...] = (
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("category", sa.String(length=64), nullable=False),
    sa.Column("source", sa.CHAR(length=20), nullable=False),
    sa.Column("rhythm_days", sa.Integer(), nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("last_heard", sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("rhythm_days > 0", name="ck_coverage_rhythm_is_positive"),
    sa.ForeignKeyConstraint(["source"], ["source.oin"], name="fk_coverage_source"),
    sa.PrimaryKeyConstraint("municipality", "category", "source", name="pk_coverage"),
)

_CONTACT_HOLDER = (
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("details", sa.JSON(), nullable=False),
    sa.Column("last_verified", sa.Date(), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"], ["organisation.oin"], name="fk_contact_holder_organisation"
    ),
    sa.PrimaryKeyConstraint("id", name="pk_contact_holder"),
    sa.UniqueConstraint("organisation", "id", name="uq_contact_holder_organisation_id"),
)

_ESTABLISHMENT = (
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("purpose", sa.String(length=64), nullable=False),
    sa.Column("established_on", sa.Date(), nullable=False),
    sa.Column("by_role", sa.String(length=200), nullable=False),
    sa.Column("staatsblad", sa.String(length=64), nullable=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint(
        "municipality", "purpose", "established_on", name="pk_establishment"
    ),
)

_ACCOUNT_SUSPENSION = (
    sa.Column("organisation", sa.CHAR(length=20), nullable=False),
    sa.Column("subject", sa.String(length=255), nullable=False),
    sa.Column("municipality", sa.CHAR(length=4), nullable=False),
    sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["organisation"],
        ["organisation.oin"],
        name="fk_account_suspension_organisation",
    ),
    sa.PrimaryKeyConstraint("organisation", "subject", name="pk_account_suspension"),
)

_KEY_CONFIG = (
    sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("key_version", sa.Integer(), nullable=False),
    sa.Column("epoch", sa.Integer(), nullable=False),
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("document", sa.Text(), nullable=False),
    sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("serial", name="pk_key_config"),
)

_POLICY_ACTIVATION = (
    sa.Column("digest", sa.String(length=64), nullable=False),
    sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("digest", name="pk_policy_activation"),
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table("organisation", *_ORGANISATION)
    op.create_table("client", *_CLIENT)
    op.create_table("signer", *_SIGNER)
    op.create_table("source", *_SOURCE)
    op.create_table("source_submitter", *_SOURCE_SUBMITTER)
    op.create_table("coverage", *_COVERAGE)
    op.create_table("contact_holder", *_CONTACT_HOLDER)
    op.create_table("establishment", *_ESTABLISHMENT)
    op.create_table("account_suspension", *_ACCOUNT_SUSPENSION)
    op.create_table("key_config", *_KEY_CONFIG)
    op.create_table("policy_activation", *_POLICY_ACTIVATION)


def downgrade() -> None:
    """Drop them, the youngest first."""
    for table in (
        "policy_activation",
        "key_config",
        "account_suspension",
        "establishment",
        "contact_holder",
        "coverage",
        "source_submitter",
        "source",
        "signer",
        "client",
        "organisation",
    ):
        op.drop_table(table)
