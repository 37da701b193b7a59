"""Second pairs of eyes: what was asked, by whom, and who approved or refused it.

- An approval is about one digest: what was approved cannot become something else.
- Nobody approves what they asked for: the table refuses it too, whatever the code says.
- A row counts only with the index's own signature over it.
- A word for contact holders that was asked for counts once its approval is approved.
- Names an officer's account in the clear, as `account_suspension` does; never a person
  who is looked up.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)

from signal_index.tables.metadata import LABEL, OIN, Minute, metadata, municipality
from signal_index.tables.registry import ending

approval = Table(
    "approval",
    metadata,
    Column("id", Uuid, primary_key=True),
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("kind", LABEL, nullable=False),
    Column("title_code", LABEL, nullable=False),  # which sentence a page shows
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the matter
    Column("needs_role", LABEL, nullable=True),  # one of the two must have it
    Column("requested_by", String(255), nullable=False),  # the provider's `sub`
    Column("requester_has_role", Boolean, nullable=False),
    Column("requested_at", Minute, nullable=False),
    Column("expires_at", Minute, nullable=False),
    Column("state", LABEL, nullable=False),  # store.approvals.State
    Column("decided_by", String(255), nullable=True),
    Column("decided_in", OIN, ForeignKey("organisation.oin"), nullable=True),
    Column("decider_has_role", Boolean, nullable=True),
    Column("decided_at", Minute, nullable=True),
    Column("reason", LABEL, nullable=True),  # why it was refused, where that was said
    Column("signature", LargeBinary(64), nullable=False),  # store.approval_signatures
    CheckConstraint(
        "state <> 'approved' OR "
        "(decided_by IS NOT NULL AND decided_by <> requested_by)",
        name="by_another_person",
    ),
    CheckConstraint(
        "state <> 'approved' OR needs_role IS NULL OR requester_has_role "
        "OR (decider_has_role IS NOT NULL AND decider_has_role)",
        name="by_the_role_it_needs",
    ),
)

Index(
    "uq_approval_open",
    approval.c.municipality,
    approval.c.organisation,
    approval.c.kind,
    approval.c.digest,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

contact_label_request = Table(
    "contact_label_request",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("label", String(60), nullable=False),
    Column("approval_id", Uuid, ForeignKey("approval.id"), nullable=False),
    Column("asked_at", Minute, nullable=False),
    *ending(),
    Index(None, "organisation"),
    Index(None, "municipality", "id"),
)
