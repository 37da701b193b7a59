"""Requests of citizens: access, corrections; what stays out of a report for a while.

- A request for access names nobody: its term and how it ended, no more. The person is
  named by the number they bring, each time anew.
- An embargo is found under a person's row of its own (AES-256-SIV, as a signal's row),
  which links to no row of the same person in any category. What became of it is
  added beside it and changes nothing; both count only with the index's own stamp.
- A correction is found under the row of the signal that it is about, so that its state
  still shows in a report when the source has withdrawn that signal, and a restriction
  holds for what the source gives anew.
- No free text: reasons and answers are codes of the catalogue.
"""

from sqlalchemy import (
    CHAR,
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    text,
)

from signal_index.tables.metadata import LABEL, OIN, Minute, metadata, municipality

REFERENCE = CHAR(7)
"""What people say over the phone and write in letters: `7KQ-4TM`."""

access_request = Table(
    "access_request",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("reference", REFERENCE, nullable=False),
    Column("identity_check", LABEL, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("extension", LABEL, nullable=True),  # why the term is two months longer
    Column("reported_at", Minute, nullable=True),  # when a report was last made
    Column("person_key", LargeBinary(16), nullable=True),  # about whom, until it closes
    Column("person_seal", LargeBinary(32), nullable=True),
    Column("closing", LABEL, nullable=True),
    Column("closed_at", Minute, nullable=True),
    CheckConstraint(
        "(closing IS NULL) = (closed_at IS NULL)", name="closed_with_a_reason"
    ),
    CheckConstraint(
        "person_key IS NULL OR (reported_at IS NOT NULL AND closed_at IS NULL)",
        name="person_while_reported_and_open",
    ),
    CheckConstraint("length(person_key) = 16", name="person_key_length"),
    CheckConstraint(
        "(person_key IS NULL) = (person_seal IS NULL)", name="person_with_a_seal"
    ),
    Index(None, "municipality", "id"),
    Index(None, "closed_at"),
)

embargo = Table(
    "embargo",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("reference", REFERENCE, nullable=False),
    Column("row_key", LargeBinary(16), nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("reason", LABEL, nullable=False),
    Column("until", Date, nullable=False),  # the last day on which it holds
    Column("placed_at", Minute, nullable=False),
    Column("approval_id", Uuid, ForeignKey("approval.id"), nullable=False),
    Column("stamp", LargeBinary(32), nullable=False),  # store.embargo_stamps
    CheckConstraint("length(row_key) = 16", name="row_key_length"),
    CheckConstraint("length(seal) = 32", name="seal_length"),
    Index(None, "row_key"),
    Index(None, "municipality", "id"),
    Index(None, "until"),
)

embargo_step = Table(
    "embargo_step",
    metadata,
    Column(
        "embargo",
        Uuid,
        ForeignKey("embargo.id", ondelete="CASCADE"),  # no role erases it otherwise
        primary_key=True,
    ),
    Column("stamp", LargeBinary(32), primary_key=True),  # store.embargo_stamps
    Column("step", LABEL, nullable=False),  # approved, refused, withdrawn, lifted
    Column("reason", LABEL, nullable=True),  # why it was lifted
    Column("at", Minute, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    Column("id", Uuid, primary_key=True),  # random: of one person there may be several
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("reference", REFERENCE, nullable=False),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    # Whose signal it was when the citizen said it: a transfer changes only `source`.
    Column("disputed_source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("signal_reference", Uuid, nullable=False),
    Column("row_key", LargeBinary(16), nullable=False),  # as the signal's was
    # The signal's, put here by a trigger: who enters a correction may not read it.
    Column("seal", LargeBinary(32), nullable=True),
    Column("category", LABEL, nullable=False),
    Column("reason", LABEL, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("restricted_on", Date, nullable=True),  # GDPR art. 18
    Column("released_on", Date, nullable=True),
    Column("answer", LABEL, nullable=True),
    Column("answered_on", Date, nullable=True),
    Column("answers_before", JSON, nullable=False),  # codes, the first first
    Column("told_on", Date, nullable=True),  # when a report first had the answer
    CheckConstraint(
        "(answer IS NULL) = (answered_on IS NULL)", name="answered_with_a_code"
    ),
    CheckConstraint(
        "released_on IS NULL OR (restricted_on IS NOT NULL AND answer IS NOT NULL)",
        name="released_after_the_answer",
    ),
    CheckConstraint(
        "answer IS NOT NULL OR told_on IS NULL",
        name="told_after_the_answer",
    ),
    CheckConstraint("length(row_key) = 16", name="row_key_length"),
    Index(None, "row_key"),
    Index(None, "municipality", "entered_on", "id"),
    Index(None, "source", "entered_on", "id"),
    Index(None, "submitted_by", "entered_on", "id"),
    Index(None, "answered_on"),
)

Index(
    "uq_correction_open",
    correction.c.source,
    correction.c.signal_reference,
    unique=True,
    sqlite_where=text("answer IS NULL"),
    postgresql_where=text("answer IS NULL"),
)
